"""The page between password and app: the code of a phone, or the set-up of one."""

from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.signing_in.sign_in import SignIn, SignInStep
from core.errors import SignInFailed, TooManyAttempts
from core.printing.qr import qr_svg
from web.cookies import Cookies
from web.forms import Forms
from web.paths import safe_target
from web.sign_in_pages import STALE_FORM

PATH = "/second-factor"


class SecondFactorPages:
    """Serves GET and POST of /second-factor, for whoever has just entered a password."""

    def __init__(self, sign_in: SignIn, *, forms: Forms, cookies: Cookies) -> None:
        self._sign_in = sign_in
        self._forms = forms
        self._cookies = cookies

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.show, methods=["GET"]),
            Route(PATH, self.complete, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        return await self._draw(request, safe_target(request.query_params.get("next", "/")))

    async def complete(self, request: Request) -> Response:
        fields = await self._forms.read(request)
        target = safe_target(fields.get("target", "/"))
        if not self._forms.is_own(request, fields):
            return await self._draw(request, target, error=STALE_FORM, status=403)
        try:
            return await self._enter(request, fields.get("code", ""), target)
        except (SignInFailed, TooManyAttempts) as error:
            status = 429 if isinstance(error, TooManyAttempts) else 401
            return await self._draw(request, target, error=str(error), status=status)

    async def _enter(self, request: Request, code: str, target: str) -> Response:
        old = self._cookies.session_token(request)
        address = request.client.host if request.client else ""
        step = await run_in_threadpool(self._sign_in.next_step, old)
        response: Response
        if step is SignInStep.SET_UP:
            made = await run_in_threadpool(
                partial(self._sign_in.confirm_factor, old, code, address=address)
            )
            token = made.token
            codes = "\n".join(made.recovery_codes)
            response = self._forms.show(request, "recovery_codes.html", codes=codes, target=target)
            response.headers["Cache-Control"] = "no-store"
        else:
            token = await run_in_threadpool(
                partial(self._sign_in.enter_code, old, code, address=address)
            )
            response = RedirectResponse(target, status_code=303)
        mark = await run_in_threadpool(self._sign_in.browser_mark, token)
        self._cookies.open_session(response, token)
        self._cookies.keep_browser_mark(response, mark)
        return response

    async def _draw(
        self, request: Request, target: str, *, error: str = "", status: int = 200
    ) -> Response:
        token = self._cookies.session_token(request)
        match await run_in_threadpool(self._sign_in.next_step, token):
            case SignInStep.CODE:
                return self._forms.show(
                    request, "second_factor.html", status=status, error=error, target=target
                )
            case SignInStep.SET_UP:
                new = await run_in_threadpool(self._sign_in.begin_factor, token)
                return self._forms.show(
                    request,
                    "second_factor_set_up.html",
                    status=status,
                    error=error,
                    target=target,
                    key=new.key,
                    image=qr_svg(new.address),
                )
            case SignInStep.DONE:
                return RedirectResponse(target, status_code=303)
            case SignInStep.PASSWORD:
                return RedirectResponse("/sign-in", status_code=303)
