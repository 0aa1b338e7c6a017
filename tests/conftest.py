"""Fixtures that many tests share: a fresh data directory, migrated databases on both engines."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from sqlalchemy import text

from core.domain.clock import new_id
from core.errors import DatabaseUnavailable
from core.storage.database import Database
from core.storage.migrate import migrate

POSTGRES_URL = os.environ.get(
    "SANDBOX_TEST_POSTGRES_URL", "postgresql+psycopg://root@127.0.0.1/test"
)
# Tests run in several processes; each has a database of the server to itself.
_PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REDIS_URL = os.environ.get("SANDBOX_TEST_REDIS_URL", f"redis://127.0.0.1:6379/{15 - _PROCESS}")


def require(reason: str) -> None:
    """Skips a test that lacks a service; fails it where CI=true, which must have all services."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must provide this: {reason}")
    pytest.skip(reason)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'sandbox.db'}"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """An empty schema of its own on the PostgreSQL server, dropped afterwards."""
    admin = Database(POSTGRES_URL)
    schema = f"test_{new_id()[:12]}"
    try:
        with admin.begin() as session:
            session.connection().execute(text(f"CREATE SCHEMA {schema}"))
    except DatabaseUnavailable:
        require(f"no PostgreSQL at {POSTGRES_URL}")
    yield f"{POSTGRES_URL}?options=-csearch_path%3D{schema}"
    with admin.begin() as session:
        session.connection().execute(text(f"DROP SCHEMA {schema} CASCADE"))
    admin.close()


@pytest.fixture
def redis_url() -> Iterator[str]:
    """An emptied database of a Redis server, emptied again afterwards."""
    client = redis.Redis.from_url(REDIS_URL)
    try:
        client.flushdb()
    except redis.ConnectionError:
        require(f"no Redis at {REDIS_URL}")
    yield REDIS_URL
    client.flushdb()
    client.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database on each engine."""
    database = Database(database_url)
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A migrated SQLite database, for tests of logic above the storage layer."""
    database = Database(sqlite_url)
    migrate(database)
    yield database
    database.close()
