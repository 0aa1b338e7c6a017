"""Pages outside Streamlit for signing in and out, which can set the session cookie."""

from functools import partial
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.signing_in.sign_in import SignIn, SignInStep
from admin.single_sign_on.company_sign_in import CompanySignIn
from core.errors import SandboxError, SignInFailed, TooManyAttempts
from web.cookies import Cookies
from web.forms import Forms
from web.lobby import Lobby
from web.paths import COMPANY_PATH, safe_target, second_factor_address
from web.single_sign_on.company_pages import own_address
from web.single_sign_on.proxy import ProxyDoor

STALE_FORM = "This form has expired. Try again."


class SignInPages:
    """Serves GET and POST of /sign-in and /sign-out."""

    def __init__(
        self,
        sign_in: SignIn,
        *,
        forms: Forms,
        cookies: Cookies,
        company: CompanySignIn | None = None,
        door: ProxyDoor | None = None,
    ) -> None:
        """Take what it needs; `company` is the identity provider, `door` the company's proxy."""
        self._sign_in = sign_in
        self._forms = forms
        self._cookies = cookies
        self._company = company
        self._door = door
        self._lobby = Lobby()

    def routes(self) -> list[Route]:
        return [
            Route("/sign-in", self.show_sign_in, methods=["GET"]),
            Route("/sign-in", self.sign_in, methods=["POST"]),
            Route("/sign-out", self.show_sign_out, methods=["GET"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
        ]

    async def show_sign_in(self, request: Request) -> Response:
        target = safe_target(request.query_params.get("next", "/"))
        if await self._is_signed_in(request):
            return RedirectResponse(target, status_code=303)
        if await run_in_threadpool(self._sign_in.needs_setup):
            return self._forms.show(request, "first_start.html")
        try:
            token = await self._door.enter(request) if self._door is not None else ""
        except SignInFailed as error:
            return self._show(request, status=401, error=str(error), target=target)
        if token:
            response = RedirectResponse(target, status_code=303)
            self._cookies.open_session(response, token)
            return response
        return self._show(request, target=target)

    async def sign_in(self, request: Request) -> Response:
        fields = await self._forms.read(request)
        if not self._forms.is_own(request, fields):
            return self._show_again(request, fields, STALE_FORM, 403)
        try:
            token = await self._lobby.run(
                partial(
                    self._sign_in.sign_in,
                    fields.get("email", ""),
                    fields.get("password", ""),
                    address=request.client.host if request.client else "",
                    browser=request.headers.get("user-agent", ""),
                    mark=self._cookies.browser_mark(request),
                )
            )
        except (SignInFailed, TooManyAttempts) as error:
            status = 429 if isinstance(error, TooManyAttempts) else 401
            return self._show_again(request, fields, str(error), status)
        # A session that was open in this browser ends with the new one.
        await run_in_threadpool(self._sign_in.sign_out, self._cookies.session_token(request))
        target = safe_target(fields.get("target", "/"))
        if await run_in_threadpool(self._sign_in.next_step, token) is not SignInStep.DONE:
            response = RedirectResponse(second_factor_address(target), 303)
            self._cookies.open_session(response, token)
            return response
        mark = await run_in_threadpool(self._sign_in.browser_mark, token)
        return self._enter(token, mark, target)

    async def show_sign_out(self, request: Request) -> Response:
        if not await self._is_signed_in(request):
            return RedirectResponse("/sign-in", status_code=303)
        return self._forms.show(request, "sign_out.html")

    async def sign_out(self, request: Request) -> Response:
        if not self._forms.is_own(request, await self._forms.read(request)):
            return self._forms.show(request, "sign_out.html", status=403, error=STALE_FORM)
        token = self._cookies.session_token(request)
        response = await self._farewell(request, token)
        await run_in_threadpool(self._end_all_sessions, token)
        self._cookies.close_session(response)
        return response

    async def _farewell(self, request: Request, token: str) -> Response:
        """Return what follows signing out: where somebody else signed the person in, a page.

        It leads on to the provider by itself: a redirect after a form is kept on this site by the
        content policy.
        """
        if self._company is not None:
            leave = partial(
                self._company.end_session_address, token, f"{own_address(request)}/sign-in"
            )
            if address := await run_in_threadpool(leave):
                return self._forms.show(request, "signed_out.html", address=address)
            if await run_in_threadpool(self._company.is_behind, token):
                return self._forms.show(request, "signed_out.html")
        if self._door is not None and await self._door.opened(token):
            return self._forms.show(request, "signed_out.html")
        return RedirectResponse("/sign-in", status_code=303)

    def _end_all_sessions(self, token: str) -> None:
        """End all sessions, including one in a browser that was left signed in elsewhere."""
        user = self._sign_in.user_for(token)
        if user is not None:
            self._sign_in.sign_out_everywhere(user)

    def _enter(self, token: str, mark: str, target: str) -> Response:
        response = RedirectResponse(target, status_code=303)
        self._cookies.open_session(response, token)
        self._cookies.keep_browser_mark(response, mark)
        return response

    def _show_again(
        self, request: Request, fields: dict[str, str], error: str, status: int
    ) -> Response:
        return self._show(
            request,
            status=status,
            error=error,
            email=fields.get("email", ""),
            target=safe_target(fields.get("target", "/")),
        )

    def _show(self, request: Request, *, status: int = 200, **values: str) -> Response:
        """Draw the page with all ways in; that of emergency accounts alone is folded."""
        takes = "" if self._sign_in.takes_passwords else "folded"
        company = self._company.name if self._company is not None else ""
        target = quote(values.get("target", "/"), safe="")
        return self._forms.show(
            request,
            "sign_in.html",
            status=status,
            company=company,
            company_address=f"{COMPANY_PATH}?next={target}",
            passwords=takes,
            **values,
        )

    async def _is_signed_in(self, request: Request) -> bool:
        token = self._cookies.session_token(request)
        return await run_in_threadpool(self._sign_in.user_for, token) is not None


class SetUpPages:
    """Serves GET and POST of /set-up, which a one-time link opens."""

    def __init__(self, sign_in: SignIn, *, forms: Forms, cookies: Cookies) -> None:
        self._sign_in = sign_in
        self._forms = forms
        self._cookies = cookies

    def routes(self) -> list[Route]:
        return [
            Route("/set-up", self.show, methods=["GET"]),
            Route("/set-up", self.complete, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        token = request.query_params.get("token", "")
        if not await run_in_threadpool(self._sign_in.is_setup_open, token):
            return await self._show_closed(request)
        return self._forms.show(request, "set_up.html", token=token)

    async def complete(self, request: Request) -> Response:
        fields = await self._forms.read(request)
        if not self._forms.is_own(request, fields):
            return self._show_again(request, fields, STALE_FORM, 403)
        if fields.get("password") != fields.get("repeated"):
            error = "The two passwords do not match. Enter them again."
            return self._show_again(request, fields, error, 422)
        try:
            session_token = await run_in_threadpool(
                self._sign_in.complete_setup,
                fields.get("token", ""),
                fields.get("email", ""),
                name=fields.get("name", ""),
                password=fields.get("password", ""),
                browser=request.headers.get("user-agent", ""),
            )
        except SignInFailed:
            return await self._show_closed(request)
        except SandboxError as error:
            return self._show_again(request, fields, str(error), 422)
        response = RedirectResponse("/", status_code=303)
        self._cookies.open_session(response, session_token)
        return response

    async def _show_closed(self, request: Request) -> Response:
        is_needed = await run_in_threadpool(self._sign_in.needs_setup)
        template = "set_up_expired.html" if is_needed else "set_up_done.html"
        return self._forms.show(request, template, status=410)

    def _show_again(
        self, request: Request, fields: dict[str, str], error: str, status: int
    ) -> Response:
        values = {name: fields.get(name, "") for name in ("token", "email", "name")}
        return self._forms.show(request, "set_up.html", status=status, error=error, **values)
