"""The HTTP client for an identity provider: no redirects, a deadline, and small replies only."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx2
from authlib.integrations.httpx_client import OAuth2Client

from core.models.provider.address import is_encrypted
from core.openid.values import Registration

CONNECT_TIMEOUT_S = 5.0
DEADLINE_S = 15.0
"""For a whole reply, however slowly it comes."""

MAX_BYTES = 1_000_000


class ReplyRefused(Exception):
    """A reply redirects, takes too long, or is too long."""


class IdentityClient(OAuth2Client):  # type: ignore[misc]  # Authlib publishes no types
    """Authlib's client under the rules by which models are asked, see core.models.provider."""

    def __init__(self, registration: Registration, auth_method: str) -> None:
        connect = min(CONNECT_TIMEOUT_S, registration.timeout_s)
        super().__init__(
            client_id=registration.client_id,
            client_secret=registration.client_secret or None,
            token_endpoint_auth_method=auth_method,
            code_challenge_method="S256",
            timeout=httpx2.Timeout(registration.timeout_s, connect=connect),
            follow_redirects=False,
            trust_env=is_encrypted(registration.issuer),
        )

    def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:  # noqa: ANN401  of the base
        """Send; raise ReplyRefused or what httpx2 raises."""
        options["stream"] = True
        response: httpx2.Response = super().send(request, **options)
        try:
            if response.has_redirect_location:
                raise ReplyRefused("a redirect")
            response.stream = _Bounded(response.stream, time.monotonic() + DEADLINE_S)
            response.read()
        finally:
            response.close()
        return response


class _Bounded(httpx2.SyncByteStream):
    """The bytes of a reply, up to a moment of the monotonic clock and a number of bytes."""

    def __init__(
        self,
        stream: Any,  # noqa: ANN401  sync or async in the library's types
        end: float,
    ) -> None:
        self._stream = stream
        self._end = end

    def __iter__(self) -> Iterator[bytes]:
        count = 0
        for piece in self._stream:
            count += len(piece)
            if count > MAX_BYTES or time.monotonic() > self._end:
                raise ReplyRefused("too long")
            yield piece

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()
