"""Questions that were sent to the owner of a collection because the documents do not answer."""

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column


class KnowledgeGapRow(SQLModel, table=True):
    """One question, at most once per answer; it outlives the chat, the people and the collection.

    `owner_id` is who owned the collection when the question was sent.
    """

    __tablename__ = "knowledge_gaps"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    message_id: str | None = Field(
        default=None, foreign_key="messages.id", unique=True, ondelete="SET NULL", max_length=32
    )
    asker_id: str | None = Field(
        default=None, foreign_key="users.id", index=True, ondelete="SET NULL", max_length=32
    )
    collection_id: str | None = Field(
        default=None, foreign_key="collections.id", index=True, ondelete="SET NULL", max_length=32
    )
    owner_id: str | None = Field(
        default=None, foreign_key="users.id", ondelete="SET NULL", max_length=32
    )
    question: str = Field(sa_column=Column(Text, nullable=False))
    searched_for: str = Field(default="", sa_column=Column(Text, nullable=False))
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    status: str = Field(index=True, max_length=20)
    asked_at: datetime = time_column(default_factory=now)
    reply: str = Field(default="", sa_column=Column(Text, nullable=False))
    replied_by: str | None = Field(
        default=None, foreign_key="users.id", ondelete="SET NULL", max_length=32
    )
    replied_at: datetime | None = time_column(default=None, nullable=True)
    read_at: datetime | None = time_column(default=None, nullable=True)
