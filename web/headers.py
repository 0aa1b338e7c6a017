"""Security headers on every HTTP answer, with a policy that lets nothing load from elsewhere."""

import base64
import hashlib
import re
from importlib.util import find_spec
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import ConfigurationError
from web.paths import RouteKind, kind_of

INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc\s*=)[^>]*>(.*?)</script>", re.DOTALL)
ONE_YEAR = 365 * 24 * 3600
OWN_KINDS = (
    RouteKind.SIGN_IN,
    RouteKind.HEALTH,
    RouteKind.METRICS,
    RouteKind.EXPORT,
    RouteKind.ORIGINAL,
    RouteKind.SCIM,
)


class SecurityHeaders:
    """ASGI middleware; `policy` is the value of Content-Security-Policy."""

    def __init__(self, app: ASGIApp, *, policy: str) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(scope, MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)

    def _add(self, scope: Scope, headers: MutableHeaders) -> None:
        kind = kind_of(scope["path"])
        headers["Content-Security-Policy"] = self._policy
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        # With no-referrer, browsers send "Origin: null" with our own forms, which the gate refuses.
        is_form = kind is RouteKind.SIGN_IN
        headers["Referrer-Policy"] = "same-origin" if is_form else "no-referrer"
        if kind in OWN_KINDS:
            headers["Cache-Control"] = "no-store"
        if scope["scheme"] == "https":
            headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"


def content_policy(page: str) -> str:
    """Return the Content-Security-Policy that runs Streamlit's own page and nothing foreign.

    `blob:` scripts are Streamlit's inline components; images only from here is what stops an
    answer from leaking text in an image address.
    """
    scripts = " ".join(f"'{script}'" for script in inline_script_hashes(page))
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' {scripts} blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "media-src 'self' blob:",
            "frame-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def inline_script_hashes(page: str) -> list[str]:
    """Return `sha256-...` of every inline script of an HTML page, as browsers compute it."""
    digests = (hashlib.sha256(body.encode()).digest() for body in INLINE_SCRIPT.findall(page))
    return [f"sha256-{base64.b64encode(digest).decode()}" for digest in digests]


def streamlit_page() -> str:
    """Return the page Streamlit serves; its inline script changes with the version."""
    spec = find_spec("streamlit")
    if spec is None or spec.origin is None:
        raise ConfigurationError("Streamlit is not installed.")
    return (Path(spec.origin).parent / "static" / "index.html").read_text(encoding="utf-8")
