"""The relational database: one engine, transactions, and the pragmas SQLite needs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from core.errors import ConfigurationError
from core.storage.system_errors import database_errors, disk_errors

BUSY_TIMEOUT_MS = 30_000
CONNECT_SECONDS = 10
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")
_KINDS = (
    "Nothing was changed. Write postgresql+psycopg://user:password@host/name, or leave it empty "
    "for SQLite in the data directory."
)


class Database:
    """Opens transactions; knows whether it speaks to SQLite or PostgreSQL.

    Where the database itself is the reason, transactions end with DatabaseUnavailable.
    """

    def __init__(self, url: str) -> None:
        """Opens nothing yet; raises ConfigurationError for a URL of another kind."""
        self._engine = _create_engine(url)
        # SQLite upgrades of read transactions fail under concurrent writers, so a transaction
        # says at its start whether it will write.
        self._reader = self._engine.execution_options(sqlite_begin="DEFERRED")

    @property
    def engine(self) -> Engine:
        return self._engine

    @property
    def dialect(self) -> str:
        return self._engine.dialect.name

    @property
    def is_there(self) -> bool:
        """False where a connection would create an empty file of SQLite."""
        name = self._engine.url.database
        return self.dialect != "sqlite" or not name or Path(name).exists()

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A transaction that may write; commits at the end, rolls back on any error."""
        with (
            database_errors(),
            Session(self._engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads, beside any writer."""
        with (
            database_errors(),
            Session(self._reader, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()


def _create_engine(url: str) -> Engine:
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite":
        patience = {} if "connect_timeout" in parsed.query else {"connect_timeout": CONNECT_SECONDS}
        return create_engine(parsed, pool_pre_ping=True, connect_args=patience)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "do_connect", _make_folder)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise ConfigurationError(
            f"SANDBOX_DATABASE__URL is no address of a database. {_KINDS}"
        ) from error
    if parsed.drivername not in DRIVERS:
        raise ConfigurationError(
            f"SANDBOX_DATABASE__URL begins with “{parsed.drivername}”, which is not known here. "
            f"{_KINDS}"
        )
    return parsed


def _make_folder(
    _dialect: object, _record: object, arguments: Sequence[str], _options: object
) -> None:
    # Before the first connection and not sooner: a look at an installation must not create one.
    with disk_errors("The folder of the database"):
        Path(arguments[0]).parent.mkdir(parents=True, exist_ok=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:  # Any: a DBAPI connection
    # Transactions are begun by _begin_sqlite; the driver's own implicit BEGIN is switched off.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")
