"""The gate in front of everything: known host, own origin, and a live session."""

import logging
import re
from collections.abc import Callable
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from admin.signing_in.sign_in import SignIn
from core.domain.identity import User
from core.errors import StorageUnavailable
from web.cookies import Cookies
from web.origins import hosts, is_known_host, is_local, is_same_origin
from web.paths import LANDINGS, RouteKind, kind_of, sign_in_address
from web.single_sign_on.proxy import ProxyDoor

POLICY_VIOLATION = 1008
REFUSALS = (403, 404)
OBJECT_ID = re.compile(r"[0-9a-f]{32}")
NoteRefusal = Callable[[User, str, str], None]
"""Takes the person, the kind of address and the id in it; see AuditLog.note_refusal."""

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


logger = logging.getLogger(__name__)


class Gate:
    """ASGI middleware that lets a request pass, or answers 303, 400, 401 or 403 itself."""

    def __init__(  # noqa: PLR0913  each part by its name
        self,
        app: ASGIApp,
        *,
        sign_in: SignIn,
        cookies: Cookies,
        allowed_hosts: tuple[str, ...],
        note_refusal: NoteRefusal,
        door: ProxyDoor | None = None,
    ) -> None:
        """Take what it needs; `note_refusal` records who was refused what.

        `door` tells sessions that the company's proxy opened, where there is one.
        """
        self._door = door
        self._app = app
        self._sign_in = sign_in
        self._note_refusal = note_refusal
        self._cookies = cookies
        self._hosts = hosts(allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        connection = HTTPConnection(scope)
        refusal = await self._refusal(connection)
        if refusal is None:
            return await self._app(scope, receive, self._watched(connection, send))
        if scope["type"] == "websocket":
            # A close before accept turns the handshake into 403; the connect event comes first.
            await receive()
            return await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return await refusal(scope, receive, send)

    async def _refusal(self, connection: HTTPConnection) -> Response | None:
        # The raw path: connection.url is put together with the Host header, which anyone can write.
        kind = kind_of(connection.scope["path"])
        # Load balancers probe by address, and the probes reveal nothing.
        if kind is not RouteKind.HEALTH and not is_known_host(connection, self._hosts):
            return _text(400, "Unknown host name.")
        if kind is RouteKind.SCIM:
            # A token in a header is all that counts there: no cookie is read, so no site can make
            # the browser of somebody who is signed in send a request that does anything.
            return None
        if _needs_own_origin(connection) and not is_same_origin(connection):
            return _text(403, "Requests from other sites are refused.")
        match kind:
            case RouteKind.HEALTH | RouteKind.SIGN_IN:
                return None
            case RouteKind.METRICS:
                return await self._metrics_refusal(connection)
            case _:
                user = await self._user(connection)
                refusal = _refusal_of(user, connection, kind)
                if user is not None and refusal is not None and refusal.status_code in REFUSALS:
                    await self._note(connection, kind)
                return refusal

    def _watched(self, connection: HTTPConnection, send: Send) -> Send:
        """Record files that somebody asked for and did not get."""
        kind = kind_of(connection.scope["path"])
        if kind not in (RouteKind.EXPORT, RouteKind.ORIGINAL):
            return send

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in REFUSALS:
                await self._note(connection, kind)
            await send(message)

        return watched

    async def _note(self, connection: HTTPConnection, kind: RouteKind) -> None:
        named = OBJECT_ID.search(connection.scope["path"])
        object_id = named[0] if named else ""
        try:
            await run_in_threadpool(self._note_refusal, current_user(connection), kind, object_id)
        except StorageUnavailable as error:
            logger.warning("a refusal was not recorded error=%s", type(error).__name__)

    async def _metrics_refusal(self, connection: HTTPConnection) -> Response | None:
        if is_local(connection):
            return None
        return _refusal_of(await self._user(connection), connection, RouteKind.ADMIN)

    async def _user(self, connection: HTTPConnection) -> User | None:
        token = self._cookies.session_token(connection)
        address = connection.client.host if connection.client else ""
        user = await run_in_threadpool(partial(self._sign_in.user_for, token, address=address))
        if user is not None and self._door is not None:
            user = user if await self._door.admits(connection, token) else None
        connection.scope["sandbox.user"] = user
        return user


def _refusal_of(user: User | None, connection: HTTPConnection, kind: RouteKind) -> Response | None:
    """Return why this person may not go there, None if they may."""
    if user is None:
        return _not_signed_in(connection, kind)
    match kind:
        case RouteKind.CLOSED:
            return _text(404, "Page not found.")
        case RouteKind.ADMIN if not user.is_admin:
            return _text(403, "Only administrators can do this.")
        case _:
            return None


def current_user(connection: HTTPConnection) -> User:
    """Return the person that the gate let through; only for routes behind it."""
    user = connection.scope["sandbox.user"]
    if not isinstance(user, User):
        raise TypeError("this route is not behind the gate")
    return user


def _needs_own_origin(connection: HTTPConnection) -> bool:
    is_socket = connection.scope["type"] == "websocket"
    return is_socket or connection.scope["method"] not in SAFE_METHODS


def _not_signed_in(connection: HTTPConnection, kind: RouteKind) -> Response:
    is_visit = connection.scope.get("method") in ("GET", "HEAD")
    if kind not in LANDINGS or not is_visit:
        return _text(401, "Sign in first.")
    address = sign_in_address(
        connection.scope["path"], connection.scope["query_string"].decode("latin-1")
    )
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})


def _text(status: int, text: str) -> Response:
    return PlainTextResponse(text, status_code=status, headers={"Cache-Control": "no-store"})
