"""Whether the process lives and whether it can serve; for process supervisors."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


def health_routes(is_ready: Callable[[], bool]) -> list[Route]:
    """GET /healthz: the process answers. GET /readyz: the database does too and is migrated."""

    async def show_life(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def show_readiness(_request: Request) -> Response:
        if await run_in_threadpool(is_ready):
            return PlainTextResponse("ready")
        return PlainTextResponse("database unavailable or not migrated", status_code=503)

    return [Route("/healthz", show_life), Route("/readyz", show_readiness)]
