"""Connections that send nothing, or one byte now and then, keep nobody out and end."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tests.web.conftest import Server, Visitor
from web.connections import BOUNDS, Bounds, bound_connections

QUICK = Bounds(headers_s=0.6, silence_s=0.6, waiting=5)


async def reads_all(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer once the whole body is there."""
    length, is_whole = 0, False
    while not is_whole:
        message = await receive()
        length += len(message.get("body", b""))
        is_whole = message["type"] == "http.disconnect" or not message.get("more_body")
    body = f"{length} bytes".encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server of its own, with bounds that a test can wait for."""

    class Protocol(HttpToolsProtocol):
        """A class of its own, so that the bounds of others stay as they are."""

    bound_connections(QUICK, Protocol)
    config = uvicorn.Config(reads_all, port=0, http=Protocol, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
        thread.start()
        while not server.started:
            time.sleep(0.02)
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(10)


def connected(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=10)
    client.settimeout(10)
    return client


def answer_of(client: socket.socket) -> bytes:
    """What the server sends up to the end of the body."""
    answer = b""
    while not answer.endswith(b" bytes"):
        answer += client.recv(1_000)
    return answer


def ends_within(client: socket.socket, seconds: float) -> bool:
    """Whether the server closes a connection in this time."""
    client.settimeout(seconds)
    try:
        return client.recv(1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
def test_a_connection_without_whole_headers_ends(port: int, sent: bytes) -> None:
    with connected(port) as client:
        client.sendall(sent)

        assert ends_within(client, 5 * QUICK.headers_s)


def test_bytes_now_and_then_do_not_extend_the_time_for_headers(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"GET / HTTP/1.1\r\n")
        began = time.monotonic()
        while time.monotonic() < began + 20 and not ends_within(client, QUICK.headers_s / 6):
            client.sendall(b"X: y\r\n")

        assert time.monotonic() < began + 10


def test_a_body_that_stops_ends_and_one_that_goes_on_slowly_is_read(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n"
    with connected(port) as stopped, connected(port) as slow:
        stopped.sendall(head + b"1234")
        slow.sendall(head)
        for _ in range(8):
            time.sleep(QUICK.silence_s / 3)
            slow.sendall(b"x")

        assert answer_of(slow).endswith(b"8 bytes")
        assert ends_within(stopped, 1)


def test_a_connection_that_is_used_again_has_the_same_time(port: int) -> None:
    request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    with connected(port) as client:
        for _ in range(3):
            client.sendall(request)
            assert answer_of(client).endswith(b"0 bytes")
            time.sleep(QUICK.headers_s * 0.9)  # uvicorn waits longer for the next request
        client.sendall(b"GET / HTTP/1.1\r\n")

        assert ends_within(client, 5 * QUICK.headers_s)


def test_of_too_many_that_wait_the_one_that_waits_longest_goes(port: int) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(connected(port))
        time.sleep(0.1)
        others = [stack.enter_context(connected(port)) for _ in range(QUICK.waiting)]

        assert ends_within(first, QUICK.headers_s / 3)
        assert not ends_within(others[-1], 0.05)


def test_two_hundred_slow_connections_keep_nobody_out(server: Server, visitor: Visitor) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(server.port)) for _ in range(200)]
        for client in slow:
            client.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        times = []
        for _ in range(5):
            for client in slow:
                client.sendall(b"a")
            began = time.monotonic()
            assert visitor.get("/sign-in").status_code == 200
            assert httpx.get(f"{server.url}/healthz").status_code == 200
            times.append(time.monotonic() - began)

    assert max(times) < 5


def test_the_app_bounds_how_many_wait(server: Server, visitor: Visitor) -> None:
    with ExitStack() as stack:
        first = stack.enter_context(connected(server.port))
        time.sleep(0.2)
        for _ in range(BOUNDS.waiting + 5):
            stack.enter_context(connected(server.port))

        assert ends_within(first, 5)
        assert visitor.get("/sign-in").status_code == 200
