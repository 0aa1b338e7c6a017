"""Waits for a provider's bytes in short pieces, so that a silent one can be left at any time."""

from __future__ import annotations

import math
import ssl
import time
from typing import TYPE_CHECKING, Any

import httpcore2
import httpx2

from core.domain.waiting import require_wanted

if TYPE_CHECKING:
    from collections.abc import Iterable

# Added to the time the question takes, the longest wait for somebody who has left.
PIECE_S = 0.25
SHORTEST_S = 0.01  # zero would mean not to wait at all


def wait_in_pieces(transport: httpx2.BaseTransport | None) -> None:
    """Make the connections of this transport ask from now on whether they are still wanted."""
    if isinstance(transport, httpx2.HTTPTransport):
        # A pool takes this publicly when it is made, but the transport makes its own pool.
        pool = transport._pool  # noqa: SLF001  httpx2 has no public way to it
        pool._network_backend = _PatientBackend(pool._network_backend)  # noqa: SLF001  as above


class _PatientBackend(httpcore2.NetworkBackend):
    """Opens connections as the backend it wraps does."""

    def __init__(self, backend: httpcore2.NetworkBackend) -> None:
        self._backend = backend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,  # Any: what setsockopt takes
    ) -> httpcore2.NetworkStream:
        stream = self._backend.connect_tcp(host, port, timeout, local_address, socket_options)
        return _PatientStream(stream)

    def sleep(self, seconds: float) -> None:
        self._backend.sleep(seconds)


class _PatientStream(httpcore2.NetworkStream):
    """Reads as the stream it wraps does, but stops when the reply is no longer wanted."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        end = time.monotonic() + (math.inf if timeout is None else timeout)
        while True:
            require_wanted()
            seconds_left = end - time.monotonic()
            try:
                return self._stream.read(max_bytes, max(SHORTEST_S, min(PIECE_S, seconds_left)))
            except httpcore2.ReadTimeout:
                if seconds_left <= PIECE_S:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        return _PatientStream(self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
