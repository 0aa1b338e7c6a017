"""Tells which kind of address a path is; everything not named here is a page behind the gate."""

from enum import StrEnum
from urllib.parse import quote, urlsplit


class RouteKind(StrEnum):
    """The kinds of address that a request can have."""

    HEALTH = "health"
    METRICS = "metrics"
    SIGN_IN = "sign_in"
    EXPORT = "export"
    ORIGINAL = "original"
    SCIM = "scim"
    INTERNAL = "internal"
    ADMIN = "admin"
    CLOSED = "closed"
    PAGE = "page"


HEALTH_PATHS = frozenset({"/healthz", "/readyz", "/_stcore/health"})
COMPANY_PATH = "/sign-in/company"
SIGN_IN_PATHS = frozenset(
    {
        *("/sign-in", "/sign-out", "/set-up", "/new-password", "/second-factor"),
        *(COMPANY_PATH, f"{COMPANY_PATH}/callback", f"{COMPANY_PATH}/logout"),
    }
)
SCIM_BASE = "/scim/v2"
# Only the addresses of Streamlit that its page needs; what a new version adds stays closed.
INTERNAL_PATHS = frozenset({"/_stcore/stream", "/_stcore/host-config"})
INTERNAL_PREFIXES = ("/_stcore/bidi-components/", "/static/")
UPLOAD_PREFIX = "/_stcore/upload_file/"
ADMIN_PATHS = frozenset({"/_stcore/metrics", "/_stcore/script-health-check"})
# Files at /media/ are handed to whoever knows their address, whatever they may read.
CLOSED_PREFIXES = ("/_stcore/", "/media/", "/component/", "/app/static/", "/auth/")
CLOSED_PATHS = frozenset({"/media", "/component", "/_stcore", "/oauth2callback"})


def kind_of(path: str) -> RouteKind:
    """Return the kind of a decoded path. Open kinds match exactly, so no spelling slips through."""
    if path in HEALTH_PATHS:
        return RouteKind.HEALTH
    if path == "/metrics":
        return RouteKind.METRICS
    if path in SIGN_IN_PATHS:
        return RouteKind.SIGN_IN
    if path == SCIM_BASE or path.startswith(f"{SCIM_BASE}/"):
        return RouteKind.SCIM
    if path.startswith("/export/"):
        return RouteKind.EXPORT
    if path.startswith("/original/"):
        return RouteKind.ORIGINAL
    return _streamlit_kind(path)


def _streamlit_kind(path: str) -> RouteKind:
    if path in INTERNAL_PATHS or path.startswith((*INTERNAL_PREFIXES, UPLOAD_PREFIX)):
        return RouteKind.INTERNAL
    if path in ADMIN_PATHS:
        return RouteKind.ADMIN
    if path in CLOSED_PATHS or path.startswith(CLOSED_PREFIXES):
        return RouteKind.CLOSED
    return RouteKind.PAGE


LANDINGS = (RouteKind.PAGE, RouteKind.EXPORT, RouteKind.ORIGINAL)


def sign_in_address(path: str, query: str) -> str:
    """Return where an anonymous visitor is sent, remembering any page other than the first."""
    target = f"{quote(path)}?{query}" if query else quote(path)
    if target == "/" or safe_target(target) == "/":
        return "/sign-in"
    return f"/sign-in?next={quote(target, safe='')}"


def second_factor_address(target: str) -> str:
    """Return the page that asks for the second factor before `target`."""
    return f"/second-factor?next={quote(target, safe='')}"


def safe_target(target: str) -> str:
    """Return `target` if it is a page of this app, else the first page; never another host."""
    if not target.startswith("/") or target.startswith("//"):
        return "/"
    if "\\" in target or any(ord(character) <= ord(" ") for character in target):
        return "/"
    is_landing = kind_of(urlsplit(target).path) in LANDINGS
    return target if is_landing else "/"
