"""Triages, sign-offs and reviews of ideas, and what they are scored by."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, false
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column
from core.storage.tables.ideas.columns import (
    idea_column,
    json_column,
    person_column,
    text_column,
)


class IdeaTriageRow(SQLModel, table=True):
    """One triage of an idea; the newest one counts. `gates` are our own rules that it met."""

    __tablename__ = "idea_triages"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    idea_id: str = idea_column()
    answers: dict[str, Any] = json_column(dict)
    computed_class: str = Field(max_length=20)
    risk_class: str = Field(max_length=20)
    gates: list[str] = json_column(list)
    needs_sign_off: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    policy_version: str = Field(max_length=40)
    rationale: str = text_column()
    by_id: str | None = person_column()
    at: datetime = time_column(default_factory=now)


class IdeaSignOffRow(SQLModel, table=True):
    """The committee's word on one triage; it ends with the next triage."""

    __tablename__ = "idea_sign_offs"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    idea_id: str = idea_column()
    triage_id: str = Field(
        foreign_key="idea_triages.id", index=True, ondelete="CASCADE", max_length=32
    )
    by_id: str | None = person_column()
    at: datetime = time_column(default_factory=now)
    text: str = text_column(None)


class IdeaReviewRow(SQLModel, table=True):
    """One person's review in one round, assigned and perhaps not submitted yet."""

    __tablename__ = "idea_reviews"
    __table_args__ = (UniqueConstraint("idea_id", "reviewer_id", "round"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    idea_id: str = idea_column()
    reviewer_id: str | None = person_column(index=True)
    round: int = 1
    scores: dict[str, Any] = json_column(dict)
    comment: str = text_column()
    recommendation: str | None = Field(default=None, max_length=20)
    has_conflict: bool = False
    conflict_reason: str = text_column()
    assigned_at: datetime = time_column(default_factory=now)
    assigned_by: str | None = person_column()
    due_at: datetime | None = time_column(default=None, nullable=True)
    submitted_at: datetime | None = time_column(default=None, nullable=True)
    row_version: int = 1


class IdeaSettingRow(SQLModel, table=True):
    """A setting of ideas that administrators change on a page, such as the weights of scores."""

    __tablename__ = "idea_settings"

    name: str = Field(primary_key=True, max_length=40)
    value: dict[str, Any] = json_column(dict)
    row_version: int = 1
    changed_by: str | None = person_column()
    changed_at: datetime = time_column(default_factory=now)
