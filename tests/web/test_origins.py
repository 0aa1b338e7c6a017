"""Who counts as this machine, this host and this origin."""

import pytest
from starlette.requests import HTTPConnection

from web.origins import hosts, is_known_host, is_local, is_same_origin


def connection(client: str = "127.0.0.1", **headers: str) -> HTTPConnection:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return HTTPConnection({"type": "http", "headers": raw, "client": (client, 1)})


@pytest.mark.parametrize("client", ["127.0.0.1", "127.8.0.1", "::1"])
def test_loopback_is_this_machine(client: str) -> None:
    assert is_local(connection(client))


@pytest.mark.parametrize("client", ["10.0.0.1", "testclient", "::2", ""])
def test_everything_else_is_not(client: str) -> None:
    assert not is_local(connection(client))


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "x_real_ip"])
def test_a_proxy_on_this_machine_is_not_this_machine(header: str) -> None:
    assert not is_local(connection(**{header: "127.0.0.1"}))


def test_hosts_are_known_with_and_without_port() -> None:
    known = hosts(("Sandbox.Example:8443", "10.0.0.5", "not a host/"))

    for host in ("localhost", "[::1]:1", "sandbox.example", "10.0.0.5:8501"):
        assert is_known_host(connection(host=host), known)
    for host in ("", "example", "[::2]", "localhost/x", "localhost:x", "not a host/"):
        assert not is_known_host(connection(host=host), known)


def test_two_host_headers_are_one_too_many() -> None:
    twice = [(b"host", b"localhost"), (b"host", b"localhost")]

    assert not is_known_host(HTTPConnection({"type": "http", "headers": twice}), hosts(()))


@pytest.mark.parametrize(
    ("headers", "is_own"),
    [
        ({"origin": "http://localhost:1"}, True),
        ({"origin": "http://localhost:2"}, False),
        ({"origin": "null"}, False),
        ({"origin": ""}, False),
        ({}, True),
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
    ],
)
def test_only_our_own_pages_count_as_ours(headers: dict[str, str], is_own: bool) -> None:
    assert is_same_origin(connection(host="localhost:1", **headers)) is is_own
