"""Whether the process lives and whether it can serve; for process supervisors."""

import logging
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.errors import SandboxError

logger = logging.getLogger(__name__)


def health_routes(require_ready: Callable[[], None]) -> list[Route]:
    """GET /healthz: the process answers. GET /readyz: what it stands on does too.

    `require_ready` raises a SandboxError where it does not; its words are for the log only, since
    everybody may ask.
    """

    async def show_life(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def show_readiness(_request: Request) -> Response:
        try:
            await run_in_threadpool(require_ready)
        except SandboxError as error:
            logger.warning("not ready: %s", error)
            return PlainTextResponse(f"not ready: {type(error).__name__}", status_code=503)
        return PlainTextResponse("ready")

    return [Route("/healthz", show_life), Route("/readyz", show_readiness)]
