"""Draws the few HTML pages outside Streamlit and reads their forms."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse

from web.cookies import Cookies

TEMPLATES = Path(__file__).with_name("templates")
MAX_FIELDS = 8
MAX_FIELD_BYTES = 4096
FORM_TOKEN_FIELD = "form_token"  # noqa: S105  the name of a field


class Forms:
    """Renders templates with a form token, and recognises forms that carry it."""

    def __init__(self, company_name: str, cookies: Cookies) -> None:
        self._company_name = company_name
        self._cookies = cookies
        self._templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)

    def show(
        self, request: Request, template: str, *, status: int = 200, **values: str
    ) -> HTMLResponse:
        """Return the page; `values` are escaped where the template shows them."""
        token = self._cookies.form_token(request)
        page = self._templates.get_template(template).render(
            company_name=self._company_name, form_token=token, **values
        )
        response = HTMLResponse(page, status_code=status)
        self._cookies.keep_form_token(response, token)
        return response

    async def read(self, request: Request) -> dict[str, str]:
        """Return the text fields; files and over-long forms are refused with 400."""
        form = await request.form(max_files=0, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES)
        return {name: value for name, value in form.items() if isinstance(value, str)}

    def is_own(self, request: Request, fields: dict[str, str]) -> bool:
        """Return whether one of our pages in this browser sent the form."""
        return self._cookies.is_own_form(request, fields.get(FORM_TOKEN_FIELD, ""))
