"""Counts requests by kind of address, and shows all figures; no addresses, people or texts."""

import threading

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.paths import kind_of


class RequestCounter:
    """ASGI middleware; a registry takes one of these."""

    def __init__(self, app: ASGIApp, *, registry: CollectorRegistry) -> None:
        self._app = app
        self._requests = Counter(
            "sandbox_http_requests",
            "Answered HTTP requests and WebSocket handshakes.",
            ("kind", "protocol", "status"),
            registry=registry,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_and_count(message: Message) -> None:
            status = _status(message)
            if status:
                self._requests.labels(kind_of(scope["path"]), scope["type"], status).inc()
            await send(message)

        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        try:
            return await self._app(scope, receive, send_and_count)
        except Exception:  # counted as what it becomes, then raised again
            self._requests.labels(kind_of(scope["path"]), scope["type"], "500").inc()
            raise


def metrics_route(registry: CollectorRegistry) -> Route:
    """Serve GET /metrics in Prometheus' text format."""
    one_reader = threading.Lock()

    def text() -> bytes:
        # The collector of OpenTelemetry hands what it reads to whoever takes it first.
        with one_reader:
            return generate_latest(registry)

    async def show(_request: Request) -> Response:
        # Some figures are looked up in the database.
        return Response(await run_in_threadpool(text), media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", show)


def _status(message: Message) -> str:
    match message["type"]:
        case "http.response.start":
            return str(message["status"])
        case "websocket.accept":
            return "101"
        case "websocket.close":
            return "closed"
        case _:
            return ""
