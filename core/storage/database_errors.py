"""Translates errors of databases into errors that say what is kept and what to do.

`database_errors` stands around the code that talks to a database, and nowhere else.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from core.errors import DatabaseBusy, DatabaseDamaged, DatabaseUnavailable
from core.storage.disk_errors import KEPT

RESTORE = (
    "Stop the app, keep a copy of the file, and restore the last backup (docs/operations.md, "
    "“Backup and restore”)."
)
_PRIMARY_CODE = 0xFF
"""SQLite's extended result codes have the primary one in their lowest byte."""
_AWAY = ("08", "57P", "58", "XX")
"""Classes of SQLSTATE about the server, not about a statement (PostgreSQL, appendix A)."""
_NO_DATABASE = re.compile(r'database ".*" does not exist')
_NOT_LET_IN = re.compile(r'authentication failed|role ".*" does not exist|no pg_hba.conf entry')


@contextmanager
def database_errors() -> Iterator[None]:
    """Raise DatabaseUnavailable for errors that the database causes.

    Errors of a statement, such as IntegrityError, pass: they are for the code that made it.
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.DatabaseError) as error:
        meaning = database_error(error)
        if meaning is None:
            raise
        raise meaning from error


def database_error(error: Exception) -> DatabaseUnavailable | None:
    """Return the meaning of an error of SQLAlchemy or a driver, None if it is about a statement."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.DatabaseError):
        return _sqlite_error(cause)
    return _server_error(error) if isinstance(error, DBAPIError) else None


def _sqlite_error(error: sqlite3.DatabaseError) -> DatabaseUnavailable | None:
    match getattr(error, "sqlite_errorcode", 0) & _PRIMARY_CODE:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return DatabaseBusy(
                "The database is busy: another process has been writing to it for too long. "
                "Nothing was changed. Try again in a moment."
            )
        case sqlite3.SQLITE_FULL:
            return DatabaseUnavailable(
                f"The database cannot be written: the disk is full. {KEPT} Free some space and try "
                "again."
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return DatabaseUnavailable(
                "The database cannot be written: its file or folder is read-only. Nothing was "
                "changed. Give the account that runs the app write access to the data directory."
            )
        case sqlite3.SQLITE_CANTOPEN:
            return DatabaseUnavailable(
                "The database file cannot be opened. Nothing was changed. Check "
                "SANDBOX_DATA_DIR, its disk, and whether the account of the app can write there."
            )
        case sqlite3.SQLITE_IOERR:
            return DatabaseUnavailable(
                "The disk could not read or write the database file, perhaps because it is "
                f"full. {KEPT} Check the disk of the data directory, then try again."
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return DatabaseDamaged(f"The database file is damaged. Nothing was changed. {RESTORE}")
        case _:
            return None


def _server_error(error: DBAPIError) -> DatabaseUnavailable | None:
    """Return the meaning of an error of PostgreSQL, None if it is about a statement.

    Without an SQLSTATE, as while connecting, the driver's words decide.
    """
    state, words = getattr(error.orig, "sqlstate", None) or "", str(error.orig)
    is_connecting = not state and isinstance(error, OperationalError)
    if state == "3D000" or (is_connecting and _NO_DATABASE.search(words)):
        return DatabaseUnavailable(
            "The database server has no database with the configured name. Nothing was changed. "
            "Create it, or correct the name at the end of SANDBOX_DATABASE__URL."
        )
    if state.startswith("28") or (is_connecting and _NOT_LET_IN.search(words)):
        return DatabaseUnavailable(
            "The database server refuses the account or its password. Nothing was changed. Check "
            "both in SANDBOX_DATABASE__URL."
        )
    if state.startswith("53"):
        return DatabaseUnavailable(
            f"The database server has run out of disk space or connections. {KEPT} Free some and "
            "try again."
        )
    if state == "25006":
        return DatabaseUnavailable(
            "The database is read-only, perhaps a standby. Nothing was changed. Set "
            "SANDBOX_DATABASE__URL to the primary server."
        )
    if is_connecting or error.connection_invalidated or state.startswith(_AWAY):
        return DatabaseUnavailable(
            f"The database server does not answer. {KEPT} Check that it runs and that "
            "SANDBOX_DATABASE__URL names its host and port, then try again."
        )
    return None
