"""Campaigns with their panels and teams."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column
from core.storage.tables.ideas.columns import json_column, person_column, person_key, text_column


def _campaign_key() -> Any:  # noqa: ANN401  what sqlmodel.Field itself returns
    return Field(foreign_key="campaigns.id", primary_key=True, ondelete="CASCADE", max_length=32)


class CampaignRow(SQLModel, table=True):
    """A campaign; without criteria of its own, those of the settings hold."""

    __tablename__ = "campaigns"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    title: str = Field(unique=True, max_length=100)
    theme: str = text_column()
    brief: str = text_column()
    opens_on: date
    closes_on: date
    judging_until: date
    criteria: list[dict[str, Any]] = json_column(list)
    hides_votes: bool = False
    prize: str = text_column()
    result_note: str = text_column()
    results_out_at: datetime | None = time_column(default=None, nullable=True)
    created_by: str | None = person_column()
    created_at: datetime = time_column(default_factory=now)
    row_version: int = 1


class CampaignJudgeRow(SQLModel, table=True):
    """A person on the panel of a campaign."""

    __tablename__ = "campaign_judges"

    campaign_id: str = _campaign_key()
    user_id: str = person_key()


class TeamRow(SQLModel, table=True):
    """A team of a campaign."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    campaign_id: str = Field(
        foreign_key="campaigns.id", index=True, ondelete="CASCADE", max_length=32
    )
    name: str = Field(max_length=80)
    created_by: str | None = person_column()
    created_at: datetime = time_column(default_factory=now)


class TeamMemberRow(SQLModel, table=True):
    """A person in a team."""

    __tablename__ = "team_members"

    team_id: str = Field(
        foreign_key="teams.id", primary_key=True, ondelete="CASCADE", max_length=32
    )
    user_id: str = person_key()
