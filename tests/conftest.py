"""Fixtures that many tests share: a fresh data directory, migrated databases on both engines."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from core.domain.clock import new_id
from core.errors import DatabaseUnavailable
from core.storage.database import Database
from core.storage.migrate import migrate
from tests.offline.sitecustomize import LOG

POSTGRES_URL = os.environ.get(
    "SANDBOX_TEST_POSTGRES_URL", "postgresql+psycopg://root@127.0.0.1/test"
)
# Tests run in several processes; each has a database of the server to itself.
_PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REDIS_URL = os.environ.get("SANDBOX_TEST_REDIS_URL", f"redis://127.0.0.1:6379/{15 - _PROCESS}")


def pytest_configure() -> None:
    """Has processes that tests start load the guard too, and gives each worker a log."""
    folder = str(Path(__file__).parent / "offline")
    others = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, dict.fromkeys([folder, *others])))
    descriptor, os.environ[LOG] = tempfile.mkstemp(prefix="network-", suffix=".log")
    os.close(descriptor)


def pytest_unconfigure() -> None:
    Path(os.environ.pop(LOG)).unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def offline() -> Iterator[None]:
    """Fails a test during which somebody tried to reach another machine."""
    log = Path(os.environ[LOG])
    before = log.stat().st_size
    yield
    with log.open("rb") as lines:
        lines.seek(before)
        tried = lines.read().decode()
    if tried:
        pytest.fail(f"Tests reach this machine only.\n{tried}")


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


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """The name of a database with all tables; to be copied, since migrating takes long."""
    with _new_postgres("template1") as name:
        database = Database(_postgres_at(name))
        migrate(database)
        database.close()
        yield name


@pytest.fixture
def postgres_database(migrated_postgres: str) -> Iterator[Database]:
    """A migrated database on the PostgreSQL server, dropped afterwards."""
    with _new_postgres(migrated_postgres) as name:
        database = Database(_postgres_at(name))
        yield database
        database.close()


@contextmanager
def _new_postgres(template: str) -> Iterator[str]:
    """The name of a new copy of a database, which is dropped afterwards."""
    name = f"test_{new_id()[:12]}"
    with _postgres_server() as server:
        server.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield name
    with _postgres_server() as server:
        server.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def _postgres_server() -> Iterator[Connection]:
    """A connection outside of transactions, in which databases are created and dropped."""
    server = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        connection = server.connect()
    except OperationalError:
        require(f"no PostgreSQL at {POSTGRES_URL}")
    with connection:
        yield connection


def _postgres_at(name: str) -> str:
    return make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated database, once on SQLite and once on PostgreSQL."""
    database: Database = request.getfixturevalue(f"{request.param}_database")
    return database


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with all tables; to be copied, since migrating takes seconds."""
    path = tmp_path_factory.mktemp("migrated") / "sandbox.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


@pytest.fixture
def sqlite_database(sqlite_url: str, migrated_file: Path) -> Iterator[Database]:
    """A migrated SQLite database, for tests of logic above the storage layer."""
    shutil.copyfile(migrated_file, sqlite_url.removeprefix("sqlite:///"))
    database = Database(sqlite_url)
    yield database
    database.close()
