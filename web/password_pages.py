"""Pages on which a one-time link sets a first or a new password."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from admin.signing_in.password_links import PasswordLinks
from core.errors import InvalidInput, SignInFailed
from web.forms import Forms
from web.sign_in_pages import STALE_FORM

PATH = "/new-password"


class PasswordPages:
    """Serves GET and POST of /new-password."""

    def __init__(self, links: PasswordLinks, *, forms: Forms) -> None:
        self._links = links
        self._forms = forms

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.show, methods=["GET"]),
            Route(PATH, self.complete, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        token = request.query_params.get("token", "")
        if not await run_in_threadpool(self._links.is_open, token):
            return self._forms.show(request, "new_password_closed.html", status=410)
        return self._forms.show(request, "new_password.html", token=token)

    async def complete(self, request: Request) -> Response:
        fields = await self._forms.read(request)
        if not self._forms.is_own(request, fields):
            return self._show_again(request, fields, STALE_FORM, 403)
        if fields.get("password") != fields.get("repeated"):
            error = "The two passwords do not match. Enter them again."
            return self._show_again(request, fields, error, 422)
        try:
            await run_in_threadpool(
                self._links.use, fields.get("token", ""), fields.get("password", "")
            )
        except SignInFailed:
            return self._forms.show(request, "new_password_closed.html", status=410)
        except InvalidInput as error:
            return self._show_again(request, fields, str(error), 422)
        return self._forms.show(request, "new_password_done.html")

    def _show_again(
        self, request: Request, fields: dict[str, str], error: str, status: int
    ) -> Response:
        token = fields.get("token", "")
        return self._forms.show(
            request, "new_password.html", status=status, error=error, token=token
        )
