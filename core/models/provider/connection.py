"""The HTTP client for a provider: one address, nothing but the request, and a deadline."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2

from core.errors import ConfigurationError
from core.models.provider.address import is_encrypted
from core.models.provider.patience import wait_in_pieces
from core.models.provider.whole_reply import as_event_stream, media_type

# All that a provider needs. What the client library adds about this machine (x-stainless-*), and
# what the environment adds (OPENAI_ORG_ID, OPENAI_PROJECT_ID, OPENAI_CUSTOM_HEADERS), stays here.
SENT_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
    }
)
CONNECT_TIMEOUT_S = 10.0
_SHORTEST_WAIT_S = 0.1
_CONNECTIONS = httpx2.Limits(max_connections=1000, max_keepalive_connections=100)


class RedirectRefused(Exception):
    """The provider sent the request on to another address; `target` is without its query."""

    def __init__(self, target: str) -> None:
        super().__init__(target)
        self.target = target


class DeadlinePassed(Exception):
    """The reply was not whole when the time for it was over."""


class WebPageFound(Exception):
    """The address answers with a web page instead of the protocol."""


class ProviderClient(httpx2.Client):
    """Sends requests to the configured address only.

    Redirects are not followed: they would carry the whole prompt to another place. Of the
    environment only proxies for https and certificate stores count: a proxy of https sees the name
    of the host, one of http would see every word, so plain http goes straight to its address.

    While a reply is waited for, it is asked whether it is still wanted (`core/domain/waiting.py`);
    what that raises closes the connection and comes out of `send` and of the stream as it is.
    """

    def __init__(self, base_url: str, api_key: str, *, timeout_s: float, total_s: float) -> None:
        connect = min(CONNECT_TIMEOUT_S, timeout_s)
        try:
            super().__init__(
                timeout=httpx2.Timeout(timeout_s, connect=connect),
                limits=_CONNECTIONS,
                follow_redirects=False,
                trust_env=is_encrypted(base_url),
            )
        except (ImportError, ValueError, httpx2.InvalidURL) as error:
            raise ConfigurationError(
                "A proxy in the environment (HTTPS_PROXY or ALL_PROXY) cannot be used. Write it "
                "like http://host:port, or remove it."
            ) from error
        for transport in (self._transport, *self._mounts.values()):
            wait_in_pieces(transport)
        self._api_key = api_key
        self._total_s = total_s
        self._ends = threading.local()

    @contextmanager
    def until(self, end: float) -> Iterator[None]:
        """End the requests of this thread at `end`, a time of the monotonic clock."""
        self._ends.at = end
        try:
            yield
        finally:
            del self._ends.at

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:  # noqa: ANN401  of the base
        """Send; raise RedirectRefused, WebPageFound, DeadlinePassed or what httpx2 raises."""
        _strip(request, self._api_key)
        end = getattr(self._ends, "at", time.monotonic() + self._total_s)
        _shorten(request, end - time.monotonic())
        streams, options = options.get("stream", False), {**options, "stream": True}
        response = super().send(request, **options)
        response.stream = _UntilDeadline(response.stream, end)
        if response.has_redirect_location:
            response.close()
            raise RedirectRefused(_target(request, response))
        if response.status_code == httpx2.codes.OK and media_type(response) == "text/html":
            response.close()
            raise WebPageFound
        if streams:
            return as_event_stream(response)
        response.read()
        return response


class _UntilDeadline(httpx2.SyncByteStream):
    """The bytes of a reply, however slowly they come, until the deadline."""

    def __init__(
        self,
        stream: Any,  # noqa: ANN401  sync or async in the library's types
        end: float,
    ) -> None:
        self._stream = stream
        self._end = end

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._stream:
            if time.monotonic() > self._end:
                self.close()
                raise DeadlinePassed
            yield piece

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()


def _strip(request: httpx2.Request, api_key: str) -> None:
    for name in set(request.headers) - SENT_HEADERS:
        del request.headers[name]
    # OPENAI_CUSTOM_HEADERS may hold another key; this one is the configured one.
    request.headers["authorization"] = f"Bearer {api_key}"


def _shorten(request: httpx2.Request, seconds_left: float) -> None:
    """Shorten the longest silence to the time that is left for the reply."""
    timeout = request.extensions.get("timeout", {})
    longest = max(_SHORTEST_WAIT_S, seconds_left)
    for name in ("connect", "read"):
        timeout[name] = min(timeout.get(name) or longest, longest)
    request.extensions["timeout"] = timeout


def _target(request: httpx2.Request, response: httpx2.Response) -> str:
    parts = urlsplit(urljoin(str(request.url), response.headers["location"]))
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def keep_prompts_out_of_logs() -> None:
    """Silence the client library, which prints whole requests if OPENAI_LOG=debug is set."""
    for name in ("openai", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)
