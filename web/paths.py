"""Which kind of address a path is; everything not named here is a page behind the gate."""

from enum import StrEnum
from urllib.parse import quote, urlsplit


class RouteKind(StrEnum):
    """What a request asks for."""

    HEALTH = "health"
    METRICS = "metrics"
    SIGN_IN = "sign_in"
    EXPORT = "export"
    INTERNAL = "internal"
    PAGE = "page"


HEALTH_PATHS = frozenset({"/healthz", "/readyz", "/_stcore/health"})
SIGN_IN_PATHS = frozenset({"/sign-in", "/sign-out", "/set-up", "/new-password"})
INTERNAL_PREFIXES = ("/_stcore/", "/media/", "/component/", "/static/", "/app/static/")


def kind_of(path: str) -> RouteKind:
    """The kind of a decoded path. Open kinds match exactly, so no spelling slips through."""
    if path in HEALTH_PATHS:
        return RouteKind.HEALTH
    if path == "/metrics":
        return RouteKind.METRICS
    if path in SIGN_IN_PATHS:
        return RouteKind.SIGN_IN
    if path.startswith("/export/"):
        return RouteKind.EXPORT
    return RouteKind.INTERNAL if path.startswith(INTERNAL_PREFIXES) else RouteKind.PAGE


def sign_in_address(path: str, query: str) -> str:
    """Where an anonymous visitor of a page is sent, remembering a page other than the first."""
    target = f"{quote(path)}?{query}" if query else quote(path)
    if target == "/" or safe_target(target) == "/":
        return "/sign-in"
    return f"/sign-in?next={quote(target, safe='')}"


def safe_target(target: str) -> str:
    """`target` if it is a page of this app, else the first page; never leads to another host."""
    if not target.startswith("/") or target.startswith("//"):
        return "/"
    if "\\" in target or any(ord(character) <= ord(" ") for character in target):
        return "/"
    is_landing = kind_of(urlsplit(target).path) in (RouteKind.PAGE, RouteKind.EXPORT)
    return target if is_landing else "/"
