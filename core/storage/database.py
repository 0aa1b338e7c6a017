"""The relational database: one engine, transactions, and the pragmas SQLite needs."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from core.errors import ConfigurationError, DatabaseBusy
from core.storage.audit.chain import AuditChain
from core.storage.database_errors import database_errors
from core.storage.disk_errors import disk_errors

BUSY_TIMEOUT_MS = 30_000
WRITER_PATIENCE_SECONDS = 60
READERS_AT_ONCE = 64
CONNECT_SECONDS = 10
WRITERS_WAIT = (
    "The database is busy: other work has been writing for too long. Nothing was changed. Try "
    "again in a moment."
)
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")
_KINDS = (
    "Nothing was changed. Write postgresql+psycopg://user:password@host/name, or leave it empty "
    "for SQLite in the data directory."
)


class Database:
    """Opens transactions; knows whether it speaks to SQLite or PostgreSQL.

    Where the database itself is the reason, transactions end with DatabaseUnavailable.
    """

    def __init__(
        self, url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS, audit: AuditChain | None = None
    ) -> None:
        """Open nothing yet; raise ConfigurationError for a URL of another kind.

        `busy_timeout_ms` is how long SQLite waits for writers of other processes. `audit` seals the
        audit events of each transaction; without it they stay without a seal.
        """
        self._audit = audit
        self._engine = _create_engine(url, busy_timeout_ms)
        # SQLite has one writer. Its own wait is a lottery of naps that many threads can lose; in
        # one process they queue here instead, before they take a connection.
        self._writer: AbstractContextManager[None] = (
            _Writer() if self.dialect == "sqlite" else nullcontext()
        )
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
        """Whether there is a database; false where connecting would create an empty SQLite file."""
        name = self._engine.url.database
        return self.dialect != "sqlite" or not name or Path(name).exists()

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """Open a transaction that may write; commit at the end, roll back on any error."""
        with (
            database_errors(),
            self._writer,
            Session(self._engine, expire_on_commit=False) as session,
        ):
            with session.begin():
                yield session
                head = self._audit.seal(session) if self._audit else None
            if self._audit:
                self._audit.keep(head)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a transaction that only reads, beside any writer."""
        with (
            database_errors(),
            Session(self._reader, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


class _Writer:
    """The place for the one writer that this process may have at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=WRITER_PATIENCE_SECONDS):
            raise DatabaseBusy(WRITERS_WAIT)

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _create_engine(url: str, busy_timeout_ms: int) -> Engine:
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite":
        patience = {} if "connect_timeout" in parsed.query else {"connect_timeout": CONNECT_SECONDS}
        return create_engine(parsed, pool_pre_ping=True, connect_args=patience)
    # One connection for each that reads at the same time, or they would wait for connections; an
    # in-memory database has one connection, which all share.
    room = (
        {"max_overflow": READERS_AT_ONCE} if parsed.database not in (None, "", ":memory:") else {}
    )
    engine = create_engine(parsed, connect_args={"timeout": busy_timeout_ms / 1000}, **room)
    event.listen(engine, "do_connect", _make_folder)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # ValueError: a port that is no number
        raise ConfigurationError(
            f"SANDBOX_DATABASE__URL is not a database address. {_KINDS}"
        ) from error
    if parsed.drivername not in DRIVERS:
        raise ConfigurationError(
            f"SANDBOX_DATABASE__URL begins with “{parsed.drivername}”, which is not supported. "
            f"{_KINDS}"
        )
    return parsed


def _make_folder(
    _dialect: object, _record: object, arguments: Sequence[str], _options: object
) -> None:
    # Only before the first connection: inspecting an installation must not create one.
    with disk_errors("The folder of the database"):
        Path(arguments[0]).parent.mkdir(parents=True, exist_ok=True)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Transactions are begun by _begin_sqlite; the driver's own implicit BEGIN is switched off.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")
