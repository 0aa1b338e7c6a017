"""Idea cards."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Text
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column


class IdeaRow(SQLModel, table=True):
    """An idea card; `origin` freezes the chat it came from."""

    __tablename__ = "ideas"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    number: int = Field(unique=True)
    title: str = Field(max_length=100)
    problem: str = Field(sa_column=Column(Text, nullable=False))
    proposal: str = Field(sa_column=Column(Text, nullable=False))
    category: str = Field(max_length=40)
    expected_benefit: str = Field(default="", sa_column=Column(Text, nullable=False))
    status: str = Field(max_length=20)
    submitter_id: str | None = Field(
        default=None, foreign_key="users.id", index=True, ondelete="SET NULL"
    )
    origin: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    submitted_at: datetime = time_column(default_factory=now)
