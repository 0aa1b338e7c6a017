"""Recognises known host names, and browsers that show one of our own pages."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?")
FORWARDING_HEADERS = ("x-forwarded-for", "forwarded", "x-real-ip")


def hosts(configured: tuple[str, ...]) -> frozenset[str]:
    """Return the host names the app answers to, in lower case and without ports."""
    return frozenset(name for name in map(_host_name, (*LOCAL_HOSTS, *configured)) if name)


def is_known_host(connection: HTTPConnection, hosts: frozenset[str]) -> bool:
    """Return whether the Host header names this app; refuse DNS rebinding."""
    names = connection.headers.getlist("host")
    return len(names) == 1 and _host_name(names[0]) in hosts


def is_same_origin(connection: HTTPConnection) -> bool:
    """Return whether the browser page behind the request is our own.

    Browsers send Origin with every WebSocket and form; a client that sends none is no browser
    and so cannot be a tricked one. "null" and other ports of this host count as foreign.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    return urlsplit(origin).netloc.lower() == connection.headers.get("host", "").lower()


def is_local(connection: HTTPConnection) -> bool:
    """Return whether a request comes straight from this machine, not through a proxy on it."""
    if connection.client is None or any(name in connection.headers for name in FORWARDING_HEADERS):
        return False
    try:
        return ip_address(connection.client.host).is_loopback
    except ValueError:
        return False


def _host_name(host: str) -> str:
    match = HOST.fullmatch(host.lower())
    return match["name"].rstrip(".") if match else ""
