"""Votes, follows, comments and notifications."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column
from core.storage.tables.ideas.columns import (
    idea_column,
    idea_key,
    json_column,
    person_column,
    person_key,
    reference,
    text_column,
)


class IdeaVoteRow(SQLModel, table=True):
    """A person's vote for an idea."""

    __tablename__ = "idea_votes"

    idea_id: str = idea_key()
    user_id: str = person_key()
    at: datetime = time_column(default_factory=now)


class IdeaFollowRow(SQLModel, table=True):
    """A person who hears what happens to an idea."""

    __tablename__ = "idea_follows"

    idea_id: str = idea_key()
    user_id: str = person_key()
    at: datetime = time_column(default_factory=now)


class IdeaCommentRow(SQLModel, table=True):
    """A comment; `mentions` are ids of people, `written_under_id` the duplicate it came from."""

    __tablename__ = "idea_comments"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    idea_id: str = idea_column()
    written_under_id: str | None = reference("ideas.id")
    parent_id: str | None = reference("idea_comments.id")
    author_id: str | None = person_column(index=True)
    visibility: str = Field(max_length=20)
    text: str = text_column(None)
    mentions: list[str] = json_column(list)
    at: datetime = time_column(default_factory=now)
    edited_at: datetime | None = time_column(default=None, nullable=True)
    deleted_at: datetime | None = time_column(default=None, nullable=True)


class NotificationRow(SQLModel, table=True):
    """Something that one person is told; `details` hold states and ids, never a text."""

    __tablename__ = "notifications"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    user_id: str = Field(foreign_key="users.id", index=True, ondelete="CASCADE", max_length=32)
    happening: str = Field(max_length=30)
    idea_id: str | None = Field(
        default=None, foreign_key="ideas.id", index=True, ondelete="CASCADE", max_length=32
    )
    actor_id: str | None = person_column()
    details: dict[str, Any] = json_column(dict)
    at: datetime = time_column(default_factory=now)
    read_at: datetime | None = time_column(default=None, nullable=True)
    mailed_at: datetime | None = time_column(default=None, nullable=True)


class DigestChoiceRow(SQLModel, table=True):
    """How often a person wants mail, and when the last one was sent; without a row, daily."""

    __tablename__ = "digest_choices"

    user_id: str = Field(
        foreign_key="users.id", primary_key=True, ondelete="CASCADE", max_length=32
    )
    choice: str = Field(max_length=20)
    sent_at: datetime | None = time_column(default=None, nullable=True)
