"""Brings a database to the newest version of the tables."""

import logging
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import core.storage.tables  # noqa: F401  registers the tables
from core.errors import ConfigurationError, DatabaseUnavailable
from core.storage.database import Database
from core.storage.database_errors import database_errors
from core.storage.tables.keywords import metadata_of

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database, revision: str = "head") -> None:
    """Upgrade (or downgrade, for an older revision) in one transaction.

    Raises DatabaseUnavailable, and then nothing was changed.
    """
    with database_errors(), database.engine.connect() as connection:
        config = _config(connection)
        # Batch operations rebuild tables on SQLite; with enforcement on, dropping the old copy
        # would cascade into its children. The pragma works outside transactions only.
        _enforce_foreign_keys(connection, enforce=False)
        try:
            with connection.begin():
                if _is_behind(connection, revision):
                    command.upgrade(config, revision)
                else:
                    command.downgrade(config, revision)
        finally:
            _enforce_foreign_keys(connection, enforce=True)


def current_revision(database: Database) -> str | None:
    """Return the revision the database is at, None if it was never migrated."""
    with database.read() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def newest_revision() -> str:
    """Return the revision this code expects."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if head is None:
        raise RuntimeError("no migrations found")
    return head


def require_ready(database: Database) -> None:
    """Raise DatabaseUnavailable, or ConfigurationError if the tables have another version."""
    if not database.is_there:
        raise ConfigurationError(
            "The data directory has no database yet. Nothing was created. If it should have "
            "one, check SANDBOX_DATA_DIR. Otherwise run: python sandbox_cli.py setup"
        )
    if current_revision(database) != newest_revision():
        raise ConfigurationError(
            "The database does not match the version of this program. Nothing was changed. Run: "
            "python sandbox_cli.py setup"
        )


def is_ready(database: Database) -> bool:
    """Return whether the database answers and has the tables this code expects."""
    try:
        require_ready(database)
    except (DatabaseUnavailable, ConfigurationError) as error:
        logger.warning("database is not ready: %s", error)
        return False
    return True


def drift(database: Database) -> list[object]:
    """Return the differences between the migrated database and the tables in code."""
    with database.engine.connect() as connection, connection.begin():
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata_of(database.dialect)))


def new_revision(database: Database, message: str) -> None:
    """Write the next migration from the difference between database and tables."""
    with database.engine.connect() as connection, connection.begin():
        count = len(list((MIGRATIONS / "versions").glob("[0-9]*.py")))
        command.revision(_config(connection), message, autogenerate=True, rev_id=f"{count + 1:04d}")


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def _is_behind(connection: Connection, revision: str) -> bool:
    current = MigrationContext.configure(connection).get_current_revision()
    if revision == "head" or current is None:
        return True
    return revision not in ("base",) and revision > current


def _enforce_foreign_keys(connection: Connection, *, enforce: bool) -> None:
    if connection.dialect.name != "sqlite":
        return
    raw = connection.connection.dbapi_connection
    if raw is not None:
        raw.execute(f"PRAGMA foreign_keys={'ON' if enforce else 'OFF'}")
