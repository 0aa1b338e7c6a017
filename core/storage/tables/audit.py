"""The audit log: who did what, and when."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from core.domain.clock import now
from core.storage.tables.base import time_column


class AuditEventRow(SQLModel, table=True):
    """One event; `action` reads `object.verb`, `details` holds ids and counts, never content."""

    __tablename__ = "audit_events"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = time_column(default_factory=now, index=True)
    actor_id: str = Field(default="", index=True, max_length=32)
    action: str = Field(index=True, max_length=60)
    object_id: str = Field(default="", max_length=64)
    outcome: str = Field(default="ok", max_length=20)
    details: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
