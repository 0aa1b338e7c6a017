"""Questions that the documents do not answer: those sent to an owner, and topics of all."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary, Text
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column


class KnowledgeGapRow(SQLModel, table=True):
    """One question, at most once per answer; it outlives the chat, the people and the collection.

    `owner_id` is who owned the collection when the question was sent. It belongs to no topic until
    it is grouped with others.
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
    topic_id: str | None = Field(
        default=None, foreign_key="gap_topics.id", index=True, ondelete="SET NULL", max_length=32
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


class GapTopicRow(SQLModel, table=True):
    """Questions that mean the same, for which somebody is responsible.

    It holds no words of theirs: `label_id` is the answer whose question stands for all, and
    `vector` what that question means to an embedding model, as 16-bit floats; both are made again
    if they are missing. Without `assignee_id`, the owner of the collection is responsible.
    """

    __tablename__ = "gap_topics"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    label_id: str | None = Field(
        default=None, foreign_key="messages.id", index=True, ondelete="SET NULL", max_length=32
    )
    collection_id: str | None = Field(
        default=None, foreign_key="collections.id", index=True, ondelete="SET NULL", max_length=32
    )
    assignee_id: str | None = Field(
        default=None, foreign_key="users.id", index=True, ondelete="SET NULL", max_length=32
    )
    status: str = Field(max_length=20)
    model: str = Field(default="", max_length=200)
    vector: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    created_at: datetime = time_column(default_factory=now)
    reopened_at: datetime | None = time_column(default=None, nullable=True)


class GapOutcomeRow(SQLModel, table=True):
    """How a topic was settled: by a reply or by a document.

    A personal one was written to one person who had sent the question, and nobody else reads it.
    """

    __tablename__ = "gap_outcomes"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    topic_id: str = Field(
        foreign_key="gap_topics.id", index=True, ondelete="CASCADE", max_length=32
    )
    status: str = Field(max_length=20)
    reply: str = Field(default="", sa_column=Column(Text, nullable=False))
    document_id: str | None = Field(
        default=None, foreign_key="documents.id", ondelete="SET NULL", max_length=32
    )
    is_personal: bool = False
    settled_by: str | None = Field(
        default=None, foreign_key="users.id", ondelete="SET NULL", max_length=32
    )
    settled_at: datetime = time_column(default_factory=now)


class GapQuestionRow(SQLModel, table=True):
    """A question of a topic, named by its answer; `outcome_id` is what the person was told."""

    __tablename__ = "gap_questions"

    message_id: str = Field(
        foreign_key="messages.id", primary_key=True, ondelete="CASCADE", max_length=32
    )
    topic_id: str = Field(
        foreign_key="gap_topics.id", index=True, ondelete="CASCADE", max_length=32
    )
    conversation_id: str = Field(
        foreign_key="conversations.id", index=True, ondelete="CASCADE", max_length=32
    )
    user_id: str = Field(foreign_key="users.id", ondelete="CASCADE", max_length=32)
    cause: str = Field(max_length=20)
    asked_at: datetime = time_column()
    outcome_id: str | None = Field(
        default=None, foreign_key="gap_outcomes.id", ondelete="SET NULL", max_length=32
    )
    read_at: datetime | None = time_column(default=None, nullable=True)


class GapMarkRow(SQLModel, table=True):
    """Up to which moment answers or judgements were looked through for gaps."""

    __tablename__ = "gap_marks"

    name: str = Field(primary_key=True, max_length=20)
    moment: datetime = time_column()
