"""The audit log: who did what, when, and the seals that show that nothing of it was changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from core.domain.clock import now
from core.storage.tables.base import time_column


class AuditEventRow(SQLModel, table=True):
    """One event; `action` reads `object.verb`, `details` holds ids and counts, never content.

    `origin` is where it came from: `os:` and the account that ran the program, or `net:` and the
    keyed hash of a network address.
    """

    __tablename__ = "audit_events"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = time_column(default_factory=now, index=True)
    actor_id: str = Field(default="", index=True, max_length=32)
    action: str = Field(index=True, max_length=60)
    object_id: str = Field(default="", index=True, max_length=64)
    outcome: str = Field(default="ok", max_length=20)
    origin: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class AuditSubjectRow(SQLModel, table=True):
    """A person whose text was read or handed on in an event."""

    __tablename__ = "audit_subjects"

    event_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    user_id: str = Field(primary_key=True, index=True, max_length=32)


class AuditSealRow(SQLModel, table=True):
    """The link of the chain that seals one event.

    `digest` is a keyed hash of `number`, `previous` (the digest before it) and the event; `key_id`
    tells keys apart and gives nothing of them away.
    """

    __tablename__ = "audit_seals"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    event_id: int = Field(unique=True)
    previous: str = Field(max_length=64)
    digest: str = Field(max_length=64)
    key_id: str = Field(max_length=8)
