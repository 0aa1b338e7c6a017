"""Downloads of a person's own conversations, checked again where the file is made."""

import re
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.domain.identity import User
from core.errors import AccessDenied, NotFound
from rag.conversations import ExportFormat
from web.gate import current_user

Export = Callable[[User, str, ExportFormat], str]
"""Takes the person, a conversation id and the format; raises NotFound."""

CONVERSATION_ID = re.compile(r"[0-9a-f]{32}")
MEDIA_TYPES = {
    ExportFormat.MARKDOWN: "text/markdown; charset=utf-8",
    ExportFormat.JSON: "application/json",
}


def export_routes(export: Export) -> list[Route]:
    """GET /export/conversations/{id}.md and .json."""
    return [_export_route(export, kind) for kind in ExportFormat]


def _export_route(export: Export, kind: ExportFormat) -> Route:
    async def download(request: Request) -> Response:
        conversation_id = request.path_params["conversation_id"]
        if not CONVERSATION_ID.fullmatch(conversation_id):
            return _not_found()
        try:
            text = await run_in_threadpool(export, current_user(request), conversation_id, kind)
        except (NotFound, AccessDenied):
            return _not_found()
        return _attachment(text, f"conversation-{conversation_id[:8]}.{kind}", kind)

    return Route(f"/export/conversations/{{conversation_id}}.{kind}", download)


def _attachment(text: str, file_name: str, kind: ExportFormat) -> Response:
    return Response(
        text.encode(),
        media_type=MEDIA_TYPES[kind],
        headers={
            "Content-Disposition": f'attachment; filename="{file_name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _not_found() -> Response:
    return PlainTextResponse("This conversation does not exist.", status_code=404)
