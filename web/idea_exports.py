"""Downloads of ideas: the view of a filter as a table or a PDF, and one card for the committee."""

from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from typing import Protocol, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.domain.ideas.filters import IdeaFilter, filter_of
from core.domain.identity import User
from core.errors import AccessDenied, NotFound
from ideas.export.tables import View
from ideas.portfolio.ranking import RankedBy
from web.exports import OBJECT_ID, not_found, saved_file
from web.gate import current_user

NO_IDEA = "This idea does not exist."
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

Closed = TypeVar("Closed", bound=StrEnum)
Endpoint = Callable[[Request], Awaitable[Response]]


class IdeaExports(Protocol):
    """The service that makes the files; see ideas.export.service.IdeaExports."""

    def csv(self, user: User, wanted: IdeaFilter, view: View, by: RankedBy, /) -> bytes: ...

    def xlsx(self, user: User, wanted: IdeaFilter, view: View, by: RankedBy, /) -> bytes: ...

    def portfolio_pdf(self, user: User, wanted: IdeaFilter, /) -> bytes: ...

    def card_pdf(self, user: User, idea_id: str, /) -> bytes: ...


def idea_export_routes(exports: IdeaExports) -> list[Route]:
    """Serve GET /export/ideas.csv, .xlsx and .pdf with a filter, and /export/ideas/{id}.pdf.

    The query is that of the pages: the filter, `view` and `by`.
    """
    return [
        Route("/export/ideas.csv", _table(exports.csv, "ideas.csv", CSV)),
        Route("/export/ideas.xlsx", _table(exports.xlsx, "ideas.xlsx", XLSX)),
        Route("/export/ideas.pdf", _portfolio(exports)),
        Route("/export/ideas/{idea_id}.pdf", _card(exports)),
    ]


def _table(
    export: Callable[[User, IdeaFilter, View, RankedBy], bytes], name: str, media_type: str
) -> Endpoint:
    async def download(request: Request) -> Response:
        query = request.query_params
        view = _known(View, query, "view", View.LIST)
        by = _known(RankedBy, query, "by-figure", RankedBy.SCORE)
        user, wanted = current_user(request), filter_of(query)
        content = await run_in_threadpool(export, user, wanted, view, by)
        return saved_file(content, name, media_type)

    return download


def _portfolio(exports: IdeaExports) -> Endpoint:
    async def download(request: Request) -> Response:
        user, wanted = current_user(request), filter_of(request.query_params)
        content = await run_in_threadpool(exports.portfolio_pdf, user, wanted)
        return saved_file(content, "portfolio.pdf", PDF)

    return download


def _card(exports: IdeaExports) -> Endpoint:
    async def download(request: Request) -> Response:
        idea_id = request.path_params["idea_id"]
        if not OBJECT_ID.fullmatch(idea_id):
            return not_found(NO_IDEA)
        try:
            user = current_user(request)
            content = await run_in_threadpool(exports.card_pdf, user, idea_id)
        except (NotFound, AccessDenied):
            return not_found(NO_IDEA)
        return saved_file(content, f"idea-{idea_id[:8]}.pdf", PDF)

    return download


def _known(kind: type[Closed], query: Mapping[str, str], name: str, otherwise: Closed) -> Closed:
    """Return a value of the query, or another one for what is no such value."""
    named = query.get(name, "")
    return next((member for member in kind if member.value == named), otherwise)
