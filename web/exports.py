"""Downloads: conversations and originals, with access checked again where the file is made."""

import re
from collections.abc import Awaitable, Callable
from typing import Protocol
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.domain.identity import User
from core.errors import AccessDenied, ConfirmationNeeded, NotFound
from rag.conversations.own import ExportFormat
from web.gate import current_user

Export = Callable[[User, str, ExportFormat], bytes]
"""Takes the person, a conversation id and the format; raises NotFound."""


ExportOfPerson = Callable[[User, str], str]
"""Takes the administrator and the id of a person; raises AccessDenied and NotFound."""


class Original(Protocol):
    """An uploaded file."""

    @property
    def file_name(self) -> str: ...

    @property
    def media_type(self) -> str: ...

    @property
    def content(self) -> bytes: ...


FindOriginal = Callable[[User, str], Original]
"""Takes the person and the id of a file; raises NotFound for what they may not read."""

# Browsers have viewers for these, which run nothing of the file in the name of the app.
SHOWN_TYPES = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})

NO_CONVERSATION = "This conversation does not exist, or it is not yours."
NO_PERSON = "This account does not exist, or you cannot access its conversations."
NO_DOCUMENT = "This document does not exist, or you cannot access it."
NO_FILE = "This file does not exist, or you cannot access it."
OBJECT_ID = re.compile(r"[0-9a-f]{32}")
MEDIA_TYPES = {
    ExportFormat.MARKDOWN: "text/markdown; charset=utf-8",
    ExportFormat.PDF: "application/pdf",
    ExportFormat.JSON: "application/json",
}


def export_routes(export: Export) -> list[Route]:
    """Serve GET /export/conversations/{id}.md, .pdf and .json."""
    return [_export_route(export, kind) for kind in ExportFormat]


def _export_route(export: Export, kind: ExportFormat) -> Route:
    async def download(request: Request) -> Response:
        conversation_id = request.path_params["conversation_id"]
        if not OBJECT_ID.fullmatch(conversation_id):
            return not_found(NO_CONVERSATION)
        try:
            content = await run_in_threadpool(export, current_user(request), conversation_id, kind)
        except (NotFound, AccessDenied):
            return not_found(NO_CONVERSATION)
        name = f"conversation-{conversation_id[:8]}.{kind}"
        return saved_file(content, name, MEDIA_TYPES[kind])

    return Route(f"/export/conversations/{{conversation_id}}.{kind}", download)


def handover_route(export: ExportOfPerson) -> Route:
    """Serve GET /export/people/{id}.jsonl: a person's conversations, for administrators."""

    async def download(request: Request) -> Response:
        person_id = request.path_params["person_id"]
        if not OBJECT_ID.fullmatch(person_id):
            return not_found(NO_PERSON)
        try:
            text = await run_in_threadpool(export, current_user(request), person_id)
        except (NotFound, AccessDenied):
            return not_found(NO_PERSON)
        except ConfirmationNeeded as needed:
            return PlainTextResponse(str(needed), status_code=403)
        name = f"conversations-{person_id[:8]}.jsonl"
        return saved_file(text.encode(), name, "application/jsonl")

    return Route("/export/people/{person_id}.jsonl", download)


def original_route(find: FindOriginal) -> Route:
    """Serve GET /original/{version id}: the file as uploaded."""
    return Route("/original/{file_id}", _handing_over(find, NO_DOCUMENT))


def idea_file_route(find: FindOriginal) -> Route:
    """Serve GET /export/ideas/files/{attachment id}: a file of an idea or of one's own draft."""
    return Route("/export/ideas/files/{file_id}", _handing_over(find, NO_FILE))


def _handing_over(find: FindOriginal, missing: str) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of files that people uploaded.

    Browsers save them. Behind `?view` they show PDF files and images, and still save every other
    format, above all HTML and SVG.
    """

    async def download(request: Request) -> Response:
        file_id = request.path_params["file_id"]
        if not OBJECT_ID.fullmatch(file_id):
            return not_found(missing)
        try:
            file = await run_in_threadpool(find, current_user(request), file_id)
        except (NotFound, AccessDenied):
            return not_found(missing)
        if "view" in request.query_params and file.media_type in SHOWN_TYPES:
            return _file(file.content, file.file_name, file.media_type, "inline")
        return saved_file(file.content, file.file_name, "application/octet-stream")

    return download


def saved_file(content: bytes, file_name: str, media_type: str) -> Response:
    """Return a file that browsers save."""
    return _file(content, file_name, media_type, "attachment")


def _file(content: bytes, file_name: str, media_type: str, disposition: str) -> Response:
    return Response(
        content,
        media_type=media_type,
        headers={
            # RFC 5987 allows a name in any script, and no character of it can end the header.
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(file_name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def not_found(text: str) -> Response:
    """Return a sentence in place of a file."""
    return PlainTextResponse(text, status_code=404)
