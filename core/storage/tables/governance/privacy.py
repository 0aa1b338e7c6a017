"""Legal holds, how long what is kept, and erasures of people with their certificates."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column
from core.storage.tables.ideas.columns import person_column


class LegalHoldRow(SQLModel, table=True):
    """Everything of a person, or one conversation, that nothing deletes until it is released.

    `conversation_id` is "" where all of the person is held. It has no foreign key: what is held
    cannot be deleted, and a released hold may outlive the conversation.
    """

    __tablename__ = "legal_holds"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    user_id: str = Field(foreign_key="users.id", index=True, ondelete="CASCADE", max_length=32)
    conversation_id: str = Field(default="", index=True, max_length=32)
    reason: str = Field(sa_column=Column(Text, nullable=False))
    placed_by: str | None = person_column()
    placed_at: datetime = time_column(default_factory=now)
    released_by: str | None = person_column()
    released_at: datetime | None = time_column(default=None, nullable=True)


class RetentionPeriodRow(SQLModel, table=True):
    """After how many days a class of data is deleted; without a row, it is kept."""

    __tablename__ = "retention_periods"

    name: str = Field(primary_key=True, max_length=20)
    days: int
    changed_by: str | None = person_column()
    changed_at: datetime = time_column(default_factory=now)


class RetentionMarkRow(SQLModel, table=True):
    """A moment that retention remembers: its last run, and from when single answers are there."""

    __tablename__ = "retention_marks"

    name: str = Field(primary_key=True, max_length=20)
    moment: datetime = time_column()


class PersonErasureRow(SQLModel, table=True):
    """The erasure of one person; once it is finished, nothing in it tells who that was.

    `person_id` and `sealed`, which holds the name and the address encrypted, are there only while
    it is under way, so that a start after a crash can go on. `state` is one of
    core.domain.governance.privacy.ErasureState.
    """

    __tablename__ = "person_erasures"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    state: str = Field(index=True, max_length=20)
    person_id: str = Field(default="", max_length=32)
    sealed: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    is_own_wish: bool = False
    asked_by: str | None = person_column()
    started_at: datetime = time_column(default_factory=now)
    finished_at: datetime | None = time_column(default=None, nullable=True)
    certificate: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default="{}")
    )
