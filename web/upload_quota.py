"""Bounds the memory that one person's uploads take until a page has taken them in."""

import asyncio
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.domain.identity import User
from web.gate import current_user
from web.paths import UPLOAD_PREFIX

AT_A_TIME = 6
"""The number of files a browser sends at once over HTTP/1.1; further ones wait their turn."""
WAITING = 500
"""How many files of a person may wait; none of them is read before its turn."""

Held = Callable[[], Mapping[str, int]]
"""Bytes that Streamlit holds now, by session of a page."""

TOO_MUCH = "Too many files are waiting. Upload the files you have chosen, then choose more."
TOO_MANY = "Too many files at once. Choose fewer."


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Bytes that the pages of one person may hold, in one browser tab and in all of them.

    Those are for administrators, who upload documents. Everybody else attaches single files: their
    pages hold a quarter of that, and no more once all pages together hold `shared_bytes`.
    """

    session_bytes: int
    person_bytes: int
    shared_bytes: int = 1024 * 2**20

    def of(self, user: User) -> "UploadLimits":
        """Return the limits of a person."""
        if user.is_admin:
            return replace(self, shared_bytes=sys.maxsize)
        parts = (self.session_bytes // EMPLOYEE_PART, self.person_bytes // EMPLOYEE_PART)
        return UploadLimits(*parts, self.shared_bytes)


EMPLOYEE_PART = 4
UPLOAD_LIMITS = UploadLimits(512 * 2**20, 1024 * 2**20)


@dataclass(slots=True)
class _Person:
    """The uploads that one person is sending, and the sessions their files went to."""

    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_A_TIME))
    requests: int = 0
    sending: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    sessions: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Sending:
    """An upload: who sends it, and what their pages may hold."""

    person: _Person
    limits: UploadLimits


class UploadQuota:
    """ASGI middleware behind the gate: the memory that uploads take is bounded for each person."""

    def __init__(self, app: ASGIApp, *, held: Held, limits: UploadLimits) -> None:
        self._app = app
        self._held = held
        self._limits = limits
        self._people: dict[str, _Person] = defaultdict(_Person)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _is_upload(scope):
            return await self._app(scope, receive, send)
        user = current_user(HTTPConnection(scope))
        user_id, limits = user.id, self._limits.of(user)
        person = self._people[user_id]
        if person.requests >= AT_A_TIME + WAITING:
            return await PlainTextResponse(TOO_MANY, 429)(scope, receive, send)
        with self._counted(user_id, person):
            async with person.turns:
                return await self._pass_on(_Sending(person, limits), scope, receive, send)

    @contextmanager
    def _counted(self, user_id: str, person: _Person) -> Iterator[None]:
        person.requests += 1
        try:
            yield
        finally:
            person.requests -= 1
            person.sessions &= self._held().keys() | person.sending.keys()
            if not person.requests and not person.sessions:
                self._people.pop(user_id, None)

    async def _pass_on(self, upload: _Sending, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the body as it arrives; the request ends at the first byte beyond the quota."""
        session, person = _session_of(scope), upload.person
        person.sessions.add(session)
        if not self._has_room(upload, session, _declared(scope)):
            return await PlainTextResponse(TOO_MUCH, 413)(scope, receive, send)
        counted = 0

        async def receive_counted() -> Message:
            nonlocal counted
            message = await receive()
            size = len(message.get("body", b""))
            counted += size
            person.sending[session] += size
            self._require_room(upload, session)
            return message

        try:
            return await self._app(scope, receive_counted, send)
        finally:
            person.sending[session] -= counted
            if not person.sending[session]:
                del person.sending[session]

    def _require_room(self, upload: _Sending, session: str) -> None:
        if not self._has_room(upload, session, 0):
            raise HTTPException(413, TOO_MUCH)

    def _has_room(self, upload: _Sending, session: str, size: int) -> bool:
        person, limits, stored = upload.person, upload.limits, self._held()
        in_tab = stored.get(session, 0) + person.sending.get(session, 0) + size
        in_all_tabs = sum(stored.get(session_id, 0) for session_id in person.sessions)
        in_all_tabs += sum(person.sending.values()) + size
        sending = sum(sum(one.sending.values()) for one in self._people.values())
        return (
            in_tab <= limits.session_bytes
            and in_all_tabs <= limits.person_bytes
            and sum(stored.values()) + sending + size <= limits.shared_bytes
        )


def _is_upload(scope: Scope) -> bool:
    return bool(
        scope["type"] == "http"
        and scope["method"] not in ("DELETE", "OPTIONS", "HEAD", "GET")
        and scope["path"].startswith(UPLOAD_PREFIX)
    )


def _session_of(scope: Scope) -> str:
    return str(scope["path"]).removeprefix(UPLOAD_PREFIX).partition("/")[0]


def _declared(scope: Scope) -> int:
    """Return the declared size of the request, 0 if it is missing or invalid."""
    length = HTTPConnection(scope).headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0
