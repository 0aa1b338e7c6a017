"""The way to the company's identity provider and back, and its word that somebody signed out."""

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from admin.signing_in.sign_in import SignIn, SignInStep
from admin.single_sign_on.company_sign_in import DENIED, CompanySignIn
from admin.single_sign_on.values import Came, Completed, Purpose
from core.errors import (
    AccessDenied,
    ConfirmationNeeded,
    IdentityProviderUnavailable,
    SandboxError,
    SignInFailed,
    TooManyAttempts,
)
from web.cookies import Cookies
from web.forms import Forms
from web.lobby import Lobby
from web.origins import is_same_origin
from web.paths import COMPANY_PATH, safe_target, second_factor_address

BACK_PATH = f"{COMPANY_PATH}/callback"
LOGOUT_PATH = f"{COMPANY_PATH}/logout"
PURPOSES = {"connect": Purpose.CONNECT, "confirm": Purpose.CONFIRM}
THREADS, WAITING = 16, 128
"""Sign-ins that ask the provider at once, and that wait; other requests keep their own threads."""

MAX_NOTICE_BYTES = 16_384
MAX_TARGET = 1000
NOT_BEGUN = "This sign-in was not begun in this browser, or it has expired. Try again."
FOREIGN = "This was asked for by another site, so nothing was done."


class CompanyPages:
    """Serves what begins with /sign-in/company; without a provider, none of it exists."""

    def __init__(
        self, company: CompanySignIn | None, sign_in: SignIn, *, forms: Forms, cookies: Cookies
    ) -> None:
        self._company = company
        self._sign_in = sign_in
        self._forms = forms
        self._cookies = cookies
        self._lobby = Lobby(THREADS, WAITING)

    def routes(self) -> list[Route]:
        return [
            Route(COMPANY_PATH, self.leave, methods=["GET"]),
            Route(BACK_PATH, self.come_back, methods=["GET"]),
            Route(LOGOUT_PATH, self.end_by_provider, methods=["POST"]),
        ]

    async def leave(self, request: Request) -> Response:
        """Send the browser to the provider."""
        if self._company is None:
            return _not_found()
        purpose = PURPOSES.get(request.query_params.get("for", ""), Purpose.SIGN_IN)
        if purpose is not Purpose.SIGN_IN and not is_same_origin(request):
            return self._failed(request, FOREIGN, 403)
        try:
            begun = await self._lobby.run(
                partial(
                    self._company.begin,
                    f"{own_address(request)}{BACK_PATH}",
                    purpose=purpose,
                    target=_short(safe_target(request.query_params.get("next", "/"))),
                    session_token=self._cookies.session_token(request),
                )
            )
        except SandboxError as error:
            return self._failed(request, str(error), _status(error))
        response = RedirectResponse(begun.address, status_code=303)
        self._cookies.keep_flow(response, begun.kept)
        return response

    async def come_back(self, request: Request) -> Response:
        """Check what the browser brings from the provider, and let the person in."""
        if self._company is None:
            return _not_found()
        came = self._came(request)
        if came.error and not came.state:  # some providers send no state with a refusal
            return self._failed(request, DENIED, 401)
        if not came.kept or not came.state:
            # Nothing is looked up or kept for what no browser of ours began.
            return self._failed(request, NOT_BEGUN, 400)
        try:
            done = await self._lobby.run(partial(self._company.complete, came))
        except SandboxError as error:
            response = self._failed(request, str(error), _status(error))
        else:
            response = await self._completed(request, done)
        self._cookies.forget_flow(response)
        return response

    async def end_by_provider(self, request: Request) -> Response:
        """End the sessions that a logout token names (Back-Channel Logout 1.0, 2.5)."""
        if self._company is None:
            return _not_found()
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > MAX_NOTICE_BYTES:
            return PlainTextResponse("", status_code=413)
        form = await request.form(max_files=0, max_fields=4)
        token = form.get("logout_token", "")
        try:
            await self._lobby.run(partial(self._company.end_by_provider, str(token)))
        except (SignInFailed, TooManyAttempts):
            return PlainTextResponse("The logout token was refused.", status_code=400)
        except IdentityProviderUnavailable:
            return PlainTextResponse("The logout token cannot be checked now.", status_code=503)
        return PlainTextResponse("")

    def _came(self, request: Request) -> Came:
        asked = request.query_params
        return Came(
            self._cookies.flow(request),
            state=asked.get("state", ""),
            code=asked.get("code", ""),
            issuer=asked.get("iss", ""),
            session_token=self._cookies.session_token(request),
            error=asked.get("error", ""),
            address=request.client.host if request.client else "",
            browser=request.headers.get("user-agent", ""),
        )

    async def _completed(self, request: Request, done: Completed) -> Response:
        match done.purpose:
            case Purpose.CONFIRM:
                return self._forms.show(request, "company_confirmed.html")
            case Purpose.CONNECT:
                return RedirectResponse("/my-account", status_code=303)
            case Purpose.SIGN_IN:
                return await self._entered(request, done)

    async def _entered(self, request: Request, done: Completed) -> Response:
        # A session that was open in this browser ends with the new one.
        await run_in_threadpool(self._sign_in.sign_out, self._cookies.session_token(request))
        target = safe_target(done.target)
        if await run_in_threadpool(self._sign_in.next_step, done.token) is not SignInStep.DONE:
            target = second_factor_address(target)
        response = RedirectResponse(target, status_code=303)
        self._cookies.open_session(response, done.token)
        return response

    def _failed(self, request: Request, error: str, status: int) -> Response:
        return self._forms.show(request, "company_failed.html", status=status, error=error)


def own_address(request: Request) -> str:
    """Return scheme and host under which this browser reaches the app; the gate knows the host."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def _status(error: SandboxError) -> int:
    match error:
        case TooManyAttempts():
            return 429
        case IdentityProviderUnavailable():
            return 503
        case ConfirmationNeeded() | AccessDenied():
            return 403
        case _:
            return 401


def _short(target: str) -> str:
    """Return a page that a cookie has room for."""
    return target if len(target) <= MAX_TARGET else "/"


def _not_found() -> Response:
    return PlainTextResponse("Page not found.", status_code=404)
