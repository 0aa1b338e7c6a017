"""Returns the disk space of deleted rows, which databases keep."""

import logging
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from core.errors import DatabaseBusy, IndexUnavailable
from core.storage.database import BUSY_TIMEOUT_MS, Database
from core.storage.database_errors import database_errors

logger = logging.getLogger(__name__)

SMALL = 256 * 2**20
"""Bytes of a database that is rewritten within about a second."""
TRIES = 50
PAUSE_S = 0.2


def compact(database: Database, tables: Sequence[str]) -> None:
    """Rewrite the database; raise IndexUnavailable if it is busy.

    On PostgreSQL only these tables are rewritten, and the server's own write-ahead log and backups
    keep the rows until they expire.
    """
    if database.dialect == "sqlite":
        name = database.engine.url.database
        if name:
            compact_file(Path(name))
        return
    engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with database_errors(), engine.connect() as connection:
        for table in tables:
            connection.exec_driver_sql(f'VACUUM FULL "{table}"')


def is_small(database: Database) -> bool:
    """Return whether rewriting the database takes a moment only; never so for PostgreSQL."""
    name = database.engine.url.database
    return database.dialect == "sqlite" and bool(name) and Path(str(name)).stat().st_size < SMALL


def empty_log(database: Database) -> None:
    """Empty the log of an SQLite database, which holds deleted rows; readers may delay that."""
    name = database.engine.url.database
    if database.dialect != "sqlite" or not name:
        return
    with database_errors(), closing(sqlite3.connect(name, timeout=1)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def compact_file(path: Path) -> None:
    """Rewrite an SQLite file and empty its log; raise IndexUnavailable if it stays busy."""
    for _ in range(TRIES):
        try:
            with database_errors():
                if _compacted(path):
                    return
        except DatabaseBusy:
            logger.info("the database is busy while it is compacted")
        time.sleep(PAUSE_S)
    raise IndexUnavailable(
        "The database is busy, so traces of deleted content are still in its file. Try again."
    )


def _compacted(path: Path) -> bool:
    with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_MS / 1000)) as connection:
        connection.isolation_level = None
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("VACUUM")
        is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not is_busy
