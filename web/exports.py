"""Downloads: conversations and originals, with access checked again where the file is made."""

import re
from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.domain.identity import User
from core.errors import AccessDenied, NotFound
from rag.conversations.own import ExportFormat
from web.gate import current_user

Export = Callable[[User, str, ExportFormat], str]
"""Takes the person, a conversation id and the format; raises NotFound."""


ExportOfPerson = Callable[[User, str], str]
"""Takes the administrator and the id of a person; raises AccessDenied and NotFound."""


class Original(Protocol):
    """An uploaded file."""

    @property
    def file_name(self) -> str: ...

    @property
    def content(self) -> bytes: ...


FindOriginal = Callable[[User, str], Original]
"""Takes the person and the id of a version; raises NotFound for what they may not read."""

NO_CONVERSATION = "This conversation does not exist, or it is not yours."
NO_PERSON = "This account does not exist, or you cannot access its conversations."
NO_DOCUMENT = "This document does not exist, or you cannot access it."
OBJECT_ID = re.compile(r"[0-9a-f]{32}")
MEDIA_TYPES = {
    ExportFormat.MARKDOWN: "text/markdown; charset=utf-8",
    ExportFormat.JSON: "application/json",
}


def export_routes(export: Export) -> list[Route]:
    """Serve GET /export/conversations/{id}.md and .json."""
    return [_export_route(export, kind) for kind in ExportFormat]


def _export_route(export: Export, kind: ExportFormat) -> Route:
    async def download(request: Request) -> Response:
        conversation_id = request.path_params["conversation_id"]
        if not OBJECT_ID.fullmatch(conversation_id):
            return _not_found(NO_CONVERSATION)
        try:
            text = await run_in_threadpool(export, current_user(request), conversation_id, kind)
        except (NotFound, AccessDenied):
            return _not_found(NO_CONVERSATION)
        name = f"conversation-{conversation_id[:8]}.{kind}"
        return _attachment(text.encode(), name, MEDIA_TYPES[kind])

    return Route(f"/export/conversations/{{conversation_id}}.{kind}", download)


def handover_route(export: ExportOfPerson) -> Route:
    """Serve GET /export/people/{id}.jsonl: a person's conversations, for administrators."""

    async def download(request: Request) -> Response:
        person_id = request.path_params["person_id"]
        if not OBJECT_ID.fullmatch(person_id):
            return _not_found(NO_PERSON)
        try:
            text = await run_in_threadpool(export, current_user(request), person_id)
        except (NotFound, AccessDenied):
            return _not_found(NO_PERSON)
        name = f"conversations-{person_id[:8]}.jsonl"
        return _attachment(text.encode(), name, "application/jsonl")

    return Route("/export/people/{person_id}.jsonl", download)


def original_route(find: FindOriginal) -> Route:
    """Serve GET /original/{version id}: the file as uploaded, never shown by the browser."""

    async def download(request: Request) -> Response:
        version_id = request.path_params["version_id"]
        if not OBJECT_ID.fullmatch(version_id):
            return _not_found(NO_DOCUMENT)
        try:
            file = await run_in_threadpool(find, current_user(request), version_id)
        except (NotFound, AccessDenied):
            return _not_found(NO_DOCUMENT)
        return _attachment(file.content, file.file_name, "application/octet-stream")

    return Route("/original/{version_id}", download)


def _attachment(content: bytes, file_name: str, media_type: str) -> Response:
    return Response(
        content,
        media_type=media_type,
        headers={
            # RFC 5987 allows a name in any script, and no character of it can end the header.
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file_name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _not_found(text: str) -> Response:
    return PlainTextResponse(text, status_code=404)
