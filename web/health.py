"""Tells process supervisors whether the process lives and whether it can serve."""

import logging
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from core.errors import SandboxError

logger = logging.getLogger(__name__)


def _not_ready(reason: str) -> Response:
    return PlainTextResponse(f"not ready: {reason}", status_code=503)


def health_routes(require_ready: Callable[[], None]) -> list[Route]:
    """Serve GET /healthz (the process answers) and GET /readyz (what it depends on works).

    `require_ready` raises a SandboxError if something does not work; its words go to the log only,
    since everybody may ask. /readyz answers 503 then, and for every other error.
    """

    async def show_life(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def show_readiness(_request: Request) -> Response:
        try:
            await run_in_threadpool(require_ready)
        except SandboxError as error:
            logger.warning("not ready: %s", error)
            return _not_ready(type(error).__name__)
        except Exception:  # a supervisor expects the answer in the form it knows
            logger.exception("readiness cannot be told")
            return _not_ready("unexpected error")
        return PlainTextResponse("ready")

    return [Route("/healthz", show_life), Route("/readyz", show_readiness)]
