"""`/readyz` follows what the product stands on; `/healthz` only the process."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.errors import DatabaseUnavailable, IndexesInUse, QueueUnavailable
from web.health import health_routes


class Standing:
    """What the product stands on; `problem` is None while all is well."""

    def __init__(self) -> None:
        self.problem: Exception | None = None

    def require(self) -> None:
        if self.problem is not None:
            raise self.problem


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (DatabaseUnavailable("canary"), "DatabaseUnavailable"),
        (QueueUnavailable("canary"), "QueueUnavailable"),
        (IndexesInUse("canary"), "IndexesInUse"),
        (OSError("canary"), "unexpected error"),
    ],
)
def test_readiness_ends_and_comes_back_with_what_the_product_stands_on(
    problem: Exception, reason: str
) -> None:
    standing = Standing()
    client = TestClient(Starlette(routes=health_routes(standing.require)))
    assert client.get("/readyz").status_code == 200

    standing.problem = problem
    away, alive = client.get("/readyz"), client.get("/healthz")
    standing.problem = None

    assert (away.status_code, alive.status_code) == (503, 200)
    assert away.text == f"not ready: {reason}"
    assert client.get("/readyz").status_code == 200
