"""A model provider for tests: a real HTTP server on this machine that speaks the OpenAI protocol.

    with FakeProvider(Reply("Hello.")) as provider:
        ... provider.base_url ... provider.requests

By hand: `python -m tools.trial.provider --port 9999`, then SANDBOX_LLM__BASE_URL=http://127.0.0.1:9999/v1.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import selectors
import socket
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tools.trial.protocol import (
    Recorded,
    Reply,
    completion,
    embeddings,
    events,
    grounded_echo,
)

__all__ = ["FakeProvider", "Recorded", "Reply", "grounded_echo"]

_LOOK_S = 0.02
_STALL_S = 30.0  # longer than any time-out in a test; ends early with the server


class FakeProvider:
    """The server; `replies` are used one per request, the last one for all that follow.

    `decide`, if it is set, chooses the reply to each request instead.
    """

    def __init__(self, *replies: Reply, port: int = 0) -> None:
        self.requests: list[Recorded] = []
        self.replies = list(replies) or [Reply(grounded_echo())]
        self.decide: Callable[[Recorded], Reply] | None = None
        self.disconnected = threading.Event()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _handler_for(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def base_url(self) -> str:
        """The address for SANDBOX_LLM__BASE_URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def script(self, *replies: Reply) -> None:
        """Replace the replies from the next request on."""
        with self._lock:
            self.replies = list(replies)

    def take(self, request: Recorded) -> Reply:
        """Record a request and return how to answer it."""
        with self._lock:
            self.requests.append(request)
            if self.decide is not None:
                return self.decide(request)
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def wait(self, seconds: float) -> None:
        """Sleep, but not longer than the server lives."""
        if seconds:
            self._stopping.wait(seconds)

    @property
    def is_stopping(self) -> bool:
        return self._stopping.is_set()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent: clients that go away are part of the tests."""


def _handler_for(provider: FakeProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        fake = provider

    return Handler


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    fake: FakeProvider
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - name of the base
        """Stay silent: the recorded requests say more."""

    def do_GET(self) -> None:  # the models a provider offers; also used as a health check
        self._send(200, json.dumps({"object": "list", "data": [{"id": "fake"}]}).encode())

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Recorded(self.path, headers, _parse(raw), raw)
        reply = self.fake.take(request)
        try:
            self._answer(request, reply)
        except OSError:
            self.fake.disconnected.set()
            self.close_connection = True

    def _answer(self, request: Recorded, reply: Reply) -> None:
        if any(name in request.body for name in reply.refuses):
            self._send(400, json.dumps(reply.error).encode())
        elif reply.error is not None and not reply.refuses:
            self._send(reply.status, json.dumps(reply.error).encode(), reply.headers)
        elif reply.status != 200:
            self.fake.wait(reply.delay_s)
            error = {"message": f"fake error, key {request.headers.get('authorization')}"}
            body = json.dumps({"error": error | {"code": reply.error_code}}).encode()
            self._send(reply.status, body, reply.headers)
        elif request.path.endswith("/embeddings"):
            self._send(200, reply.raw or json.dumps(embeddings(request, reply)).encode())
        elif request.body.get("stream"):
            self._stream(request, reply)
        else:
            self.fake.wait(reply.delay_s)
            self._send(200, json.dumps(completion(request, reply)).encode())

    def _send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, request: Recorded, reply: Reply) -> None:
        if reply.holds_headers:
            self._stay_silent(reply.delay_s)
        self.send_response(200)
        self.send_header("content-type", reply.content_type)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        if not reply.holds_headers:
            self._stay_silent(reply.delay_s)
        for number, event in enumerate(events(request, reply)):
            if number == reply.cut_after or self.fake.is_stopping:
                self.close_connection = True  # without the last chunk: the client sees a cut
                return
            if number == reply.stall_after:
                self._stay_silent(_STALL_S)
            self._write(event)
            self.fake.wait(reply.pause_s)
        self._write(b"")

    def _stay_silent(self, seconds: float) -> None:
        """Wait; raise ConnectionAbortedError as soon as the client has gone."""
        end = time.monotonic() + seconds
        # Not select.select: a process of many tests has more than 1,024 files open.
        with selectors.DefaultSelector() as looking:
            looking.register(self.connection, selectors.EVENT_READ)
            while time.monotonic() < end and not self.fake.is_stopping:
                if looking.select(_LOOK_S) and not self.connection.recv(1, socket.MSG_PEEK):
                    raise ConnectionAbortedError

    def _write(self, content: bytes) -> None:
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        self.wfile.flush()


def _parse(raw: bytes) -> dict[str, Any]:
    """Return the body as JSON; empty for anything else, which is recorded all the same."""
    try:
        body = json.loads(raw)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=9999)
    parser.add_argument("--pause", type=float, default=0.03, help="Seconds between words.")
    options = parser.parse_args()
    reply = Reply(grounded_echo(), pause_s=options.pause)
    with FakeProvider(reply, port=options.port) as provider:
        print(f"Fake provider at {provider.base_url}; stop with Ctrl+C.")  # noqa: T201  started by hand, it says its address
        threading.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
