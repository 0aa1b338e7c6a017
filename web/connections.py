"""Bounds what connections without a whole request may take, so that slow ones keep nobody out."""

import logging
import resource
from asyncio import TimerHandle, Transport
from collections.abc import Callable
from dataclasses import dataclass

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a connection may take, and how many may wait.

    `headers_s` are the seconds until all headers of a request are there, `silence_s` those without
    a byte of its body. Of more than `waiting` connections without a request, the one that waits
    longest is closed: browsers send their headers at once. `files` is how many connections and
    files the process may have open, if the system allows it.
    """

    headers_s: float = 20.0
    silence_s: float = 60.0
    waiting: int = 512
    files: int = 8_192


BOUNDS = Bounds()


class WaitingRoom:
    """The connections that are expected to send something, each with the time it has left."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._timers: dict[HttpToolsProtocol, TimerHandle] = {}
        self._without_request: dict[HttpToolsProtocol, None] = {}

    def expect_headers(self, connection: HttpToolsProtocol) -> None:
        """Wait for the headers of a request; the time runs from its first byte, or from here."""
        if connection in self._without_request:
            return
        self._without_request[connection] = None
        self._arm(connection, self._bounds.headers_s)
        if len(self._without_request) > self._bounds.waiting:
            self._close(next(iter(self._without_request)))

    def expect_body(self, connection: HttpToolsProtocol) -> None:
        """Wait for the next byte of a body."""
        self._arm(connection, self._bounds.silence_s)

    def forget(self, connection: HttpToolsProtocol) -> None:
        """Stop waiting."""
        self._without_request.pop(connection, None)
        if timer := self._timers.pop(connection, None):
            timer.cancel()

    def _arm(self, connection: HttpToolsProtocol, seconds: float) -> None:
        if timer := self._timers.pop(connection, None):
            timer.cancel()
        self._timers[connection] = connection.loop.call_later(seconds, self._end, connection)

    def _end(self, connection: HttpToolsProtocol) -> None:
        if connection not in self._without_request and connection.flow.read_paused:
            self.expect_body(connection)  # it is the app that does not read on
        else:
            self._close(connection)

    def _close(self, connection: HttpToolsProtocol) -> None:
        self.forget(connection)
        connection.transport.abort()


def bound_connections(
    bounds: Bounds = BOUNDS, protocol: type[HttpToolsProtocol] = HttpToolsProtocol
) -> None:
    """Have all connections of the server keep to these bounds from now on; twice changes nothing.

    Streamlit starts uvicorn itself and takes no other protocol, and uvicorn has no such settings,
    so that the methods of its protocol are replaced.
    """
    if hasattr(protocol, "waiting_room"):
        return
    _raise_limit(bounds.files)
    room = WaitingRoom(bounds)
    made, lost = protocol.connection_made, protocol.connection_lost
    begun, headed, received = (
        protocol.on_message_begin,
        protocol.on_headers_complete,
        protocol.data_received,
    )

    def connection_made(self: HttpToolsProtocol, transport: Transport) -> None:
        made(self, transport)
        room.expect_headers(self)

    def connection_lost(self: HttpToolsProtocol, exc: Exception | None) -> None:
        room.forget(self)
        lost(self, exc)

    def on_message_begin(self: HttpToolsProtocol) -> None:
        begun(self)
        room.expect_headers(self)

    def on_headers_complete(self: HttpToolsProtocol) -> None:
        room.forget(self)
        headed(self)

    def data_received(self: HttpToolsProtocol, data: bytes) -> None:
        received(self, data)
        if _has_more_body(self):
            room.expect_body(self)

    def on_message_complete(self: HttpToolsProtocol) -> None:
        room.forget(self)
        completed(self)

    completed = protocol.on_message_complete
    replaced: tuple[Callable[..., None], ...] = (
        *(connection_made, connection_lost, on_message_begin, on_headers_complete),
        *(data_received, on_message_complete),
    )
    for method in replaced:
        setattr(protocol, method.__name__, method)
    protocol.waiting_room = room  # type: ignore[attr-defined]  # the mark that it is done


def _has_more_body(connection: HttpToolsProtocol) -> bool:
    """Return whether a request is there whose body is not."""
    cycle = connection.cycle
    return (
        cycle is not None
        and cycle.more_body
        and not cycle.response_complete
        and not connection.transport.is_closing()
        and connection in connection.connections
    )


def _raise_limit(files: int) -> None:
    """Let the process have so many files and connections open, as far as the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = files if hard == resource.RLIM_INFINITY else min(files, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        logger.info("open files allowed limit=%s", wanted)
