"""Idea cards, their drafts, tags, attachments, changes and moves."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, Text
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column
from core.storage.tables.ideas.columns import (
    idea_column,
    idea_key,
    json_column,
    money_column,
    person_column,
    person_key,
    reference,
    text_column,
)

ZERO, ONE = {"server_default": "0"}, {"server_default": "1"}
EMPTY = {"server_default": ""}


class IdeaRow(SQLModel, table=True):
    """An idea card; `origin` freezes the chat it came from, `drafted` what was drafted from it.

    `title_key` is the title as it is compared with others. Scores, counts of reviews and the risk
    class repeat what reviews and triages say, for lists. `row_version` counts the changes,
    `changed_by` made the last one.
    """

    __tablename__ = "ideas"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    number: int = Field(unique=True)
    title: str = Field(max_length=100)
    title_key: str = Field(default="", index=True, max_length=100, sa_column_kwargs=EMPTY)
    summary: str = text_column()
    problem: str = Field(sa_column=Column(Text, nullable=False))
    proposal: str = Field(sa_column=Column(Text, nullable=False))
    category: str = Field(max_length=40)
    expected_benefit: str = Field(default="", sa_column=Column(Text, nullable=False))
    business_unit: str = Field(default="", index=True, max_length=80, sa_column_kwargs=EMPTY)
    hours_per_month: float | None = None
    money_per_month_micros: int | None = money_column()
    benefit_type: str | None = Field(default=None, max_length=20)
    confidence: int | None = None
    reach_per_month: int | None = None
    effort_months: float | None = None
    data_needed: str = text_column()
    data_classification: str | None = Field(default=None, max_length=20)
    personal_data: str | None = Field(default=None, max_length=20)
    needs_external_model: bool | None = None

    status: str = Field(max_length=20, index=True)
    status_reason: str = text_column()
    stage_entered_at: datetime = time_column(default_factory=now)
    row_version: int = Field(default=1, sa_column_kwargs=ONE)
    duplicate_of_id: str | None = reference("ideas.id")
    lesson_learned: str = text_column()
    submitter_id: str | None = Field(
        default=None, foreign_key="users.id", index=True, ondelete="SET NULL"
    )
    sponsor_id: str | None = person_column()
    owner_id: str | None = person_column(index=True)
    campaign_id: str | None = reference("campaigns.id")
    team_id: str | None = reference("teams.id")
    budget_cap_micros: int | None = money_column()
    success_metric: str = text_column()
    pilot_ends_on: date | None = None

    risk_class: str | None = Field(default=None, max_length=20)
    policy_version: str = Field(default="", max_length=40, sa_column_kwargs=EMPTY)
    who_decides: str = text_column()
    how_overruled: str = text_column()
    when_it_fails: str = text_column()
    review_round: int = Field(default=1, sa_column_kwargs=ONE)
    value_score: float | None = None
    feasibility_score: float | None = None
    review_count: int = Field(default=0, sa_column_kwargs=ZERO)
    disagreement: float | None = None
    value_spread: float | None = None
    feasibility_spread: float | None = None
    impact_score: float | None = None
    quadrant: str | None = Field(default=None, max_length=20)

    origin: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    drafted: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    submitted_at: datetime = time_column(default_factory=now)
    changed_by: str | None = person_column()
    changed_at: datetime = time_column(default_factory=now)


class IdeaDraftRow(SQLModel, table=True):
    """An idea that its author has not submitted; `fields` are what the form holds."""

    __tablename__ = "idea_drafts"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    user_id: str = Field(foreign_key="users.id", index=True, ondelete="CASCADE", max_length=32)
    fields: dict[str, Any] = json_column(dict)
    origin: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    drafted: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    created_at: datetime = time_column(default_factory=now)
    saved_at: datetime = time_column(default_factory=now)
    row_version: int = 1


class IdeaTagRow(SQLModel, table=True):
    """A tag of an idea, in lower case."""

    __tablename__ = "idea_tags"

    idea_id: str = idea_key()
    tag: str = Field(primary_key=True, index=True, max_length=40)


class IdeaCoSubmitterRow(SQLModel, table=True):
    """A person who submitted an idea together with its author."""

    __tablename__ = "idea_co_submitters"

    idea_id: str = idea_key()
    user_id: str = person_key()
    added_at: datetime = time_column(default_factory=now)


class IdeaAttachmentRow(SQLModel, table=True):
    """A file of an idea or of a draft, stored by its hash; it cannot be searched.

    `document_id` and `collection_id` are of the document that it is a copy of, empty for none.
    """

    __tablename__ = "idea_attachments"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    idea_id: str | None = Field(
        default=None, foreign_key="ideas.id", index=True, ondelete="CASCADE", max_length=32
    )
    draft_id: str | None = Field(
        default=None, foreign_key="idea_drafts.id", index=True, ondelete="CASCADE", max_length=32
    )
    file_name: str = Field(max_length=255)
    media_type: str = Field(max_length=40)
    sha256: str = Field(index=True, max_length=64)
    size_bytes: int
    document_id: str = Field(default="", index=True, max_length=32, sa_column_kwargs=EMPTY)
    collection_id: str = Field(default="", max_length=32, sa_column_kwargs=EMPTY)
    added_by: str | None = person_column()
    added_at: datetime = time_column(default_factory=now)


class IdeaMoveRow(SQLModel, table=True):
    """A step of an idea from one state to another."""

    __tablename__ = "idea_moves"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    idea_id: str = idea_column()
    from_status: str = Field(max_length=20)
    to_status: str = Field(max_length=20)
    actor_id: str | None = person_column()
    at: datetime = time_column(default_factory=now)
    reason: str = text_column()


class IdeaEditRow(SQLModel, table=True):
    """A change of a card: each changed field with what stood there before and after."""

    __tablename__ = "idea_edits"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    idea_id: str = idea_column()
    editor_id: str | None = person_column()
    at: datetime = time_column(default_factory=now)
    row_version: int
    changes: dict[str, Any] = json_column(dict)


class IdeaVectorRow(SQLModel, table=True):
    """What an idea means to an embedding model, as 32-bit floats; made again if missing."""

    __tablename__ = "idea_vectors"

    idea_id: str = idea_key()
    model: str = Field(primary_key=True, max_length=200)
    text_hash: str = Field(max_length=64)
    vector: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
