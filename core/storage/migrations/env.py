"""Alembic environment: runs migrations on the connection that core.storage.migrate hands over."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection
from sqlmodel.sql.sqltypes import AutoString

import core.storage.tables  # noqa: F401  registers the tables
from core.storage.tables.base import UtcDateTime
from core.storage.tables.keywords import metadata_of


def render_type(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types in their short form, everything else as Alembic does."""
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String({item.length})" if item.length else "sa.String()"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "UtcDateTime()"
    return False


def run(connection: Connection) -> None:
    """Run the migrations that the Alembic command asked for."""
    context.configure(
        connection=connection,
        target_metadata=metadata_of(connection.dialect.name),
        render_as_batch=True,
        compare_type=True,
        render_item=render_type,
    )
    with context.begin_transaction():
        context.run_migrations()


run(context.config.attributes["connection"])
