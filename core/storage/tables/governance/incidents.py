"""Incidents: problems that people reported, and what was noted about them."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column
from core.storage.tables.ideas.columns import person_column, reference, text_column


class IncidentRow(SQLModel, table=True):
    """A reported problem with the words of its reporter, and none of the answer.

    `message_id` is the answer it is about. Without `severity` nobody has judged it yet, without
    `outcome` it is open; `reply` is what the reporter reads. `row_version` counts changes.
    """

    __tablename__ = "incidents"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    number: int = Field(unique=True)
    message_id: str | None = reference("messages.id")
    reporter_id: str | None = person_column(index=True)
    kind: str = Field(max_length=20)
    is_near_miss: bool
    words: str = text_column()
    engine: str = Field(default="", max_length=120)
    severity: str | None = Field(default=None, max_length=20)
    owner_id: str | None = person_column()
    state: str = Field(index=True, max_length=20)
    outcome: str | None = Field(default=None, max_length=20)
    reply: str = text_column()
    reported_at: datetime = time_column(default_factory=now, index=True)
    closed_at: datetime | None = time_column(default=None, nullable=True)
    row_version: int = 1


class IncidentNoteRow(SQLModel, table=True):
    """What an administrator noted about an incident."""

    __tablename__ = "incident_notes"

    id: int | None = Field(default=None, primary_key=True)
    incident_id: str = Field(
        foreign_key="incidents.id", index=True, ondelete="CASCADE", max_length=32
    )
    author_id: str | None = person_column()
    text: str = text_column(None)
    at: datetime = time_column(default_factory=now)
