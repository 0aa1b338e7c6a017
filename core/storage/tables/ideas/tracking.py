"""Experiments of ideas, and their benefit and cost by month."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column
from core.storage.tables.ideas.columns import (
    idea_column,
    money_column,
    person_column,
    text_column,
)


class IdeaExperimentRow(SQLModel, table=True):
    """An experiment; it is closed once it has an outcome."""

    __tablename__ = "idea_experiments"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    idea_id: str = idea_column()
    hypothesis: str = text_column(None)
    started_on: date
    ended_on: date | None = None
    outcome: str | None = Field(default=None, max_length=20)
    learned: str = text_column()
    cost_micros: int | None = money_column()
    added_by: str | None = person_column()
    added_at: datetime = time_column(default_factory=now)


class IdeaImpactRow(SQLModel, table=True):
    """Benefit and cost of an idea in one month, planned or actual; `month` is its first day."""

    __tablename__ = "idea_impacts"
    __table_args__ = (UniqueConstraint("idea_id", "month", "kind"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    idea_id: str = idea_column()
    month: date
    kind: str = Field(max_length=20)
    benefit_micros: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    cost_micros: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    evidence: str = text_column()
    added_by: str | None = person_column()
    added_at: datetime = time_column(default_factory=now)
