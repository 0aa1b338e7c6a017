"""Conversations, messages, what was searched and found for them, citations and feedback."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Text, false, true
from sqlmodel import Field, SQLModel

from core.domain.answers import Way
from core.domain.clock import new_id, now
from core.storage.tables.base import time_column


class ConversationRow(SQLModel, table=True):
    """A conversation of one person."""

    __tablename__ = "conversations"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    user_id: str = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    title: str = Field(max_length=200)
    is_pinned: bool = False
    created_at: datetime = time_column(default_factory=now)
    updated_at: datetime = time_column(default_factory=now)
    deleted_at: datetime | None = time_column(default=None, nullable=True)


class MessageRow(SQLModel, table=True):
    """A question or an answer; `sentences` is a list of {text, support, citations}.

    `cards` are passages shown with an answer, of which `number` names the citation; `parts` says
    which of them belong together. `is_tentative` marks an answer that only shows what comes near.
    `replaced_by` is the answer to the question that its author asked in place of this one.
    `fallback` says why the model that should have answered did not, "" where it did. `way` is what
    it was asked of, as in core.domain.answers.
    """

    __tablename__ = "messages"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    conversation_id: str = Field(
        foreign_key="conversations.id", index=True, ondelete="CASCADE", max_length=32
    )
    position: int
    role: str = Field(max_length=20)
    text: str = Field(sa_column=Column(Text, nullable=False))
    status: str = Field(max_length=20)
    engine: str = Field(default="", max_length=120)
    abstained: bool = False
    standalone_query: str = Field(default="", sa_column=Column(Text, nullable=False))
    error: str = Field(default="", sa_column=Column(Text, nullable=False))
    sentences: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    lead: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    cards: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )
    parts: list[dict[str, Any]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )
    replaced_by: str | None = Field(default=None, max_length=32)
    is_tentative: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    fallback: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    way: str = Field(
        default=Way.DOCUMENTS.value,
        max_length=20,
        sa_column_kwargs={"server_default": Way.DOCUMENTS.value},
    )
    created_at: datetime = time_column(default_factory=now, index=True)


class CitationRow(SQLModel, table=True):
    """Exact words on a page that a message refers to; `is_nearest` marks those of an abstention.

    Document names are copied: a citation stays readable after the document is gone.
    """

    __tablename__ = "citations"

    id: int | None = Field(default=None, primary_key=True)
    message_id: str = Field(
        foreign_key="messages.id", index=True, ondelete="CASCADE", max_length=32
    )
    number: int
    is_nearest: bool = False
    document_id: str = Field(index=True, max_length=32)
    version_id: str = Field(max_length=32)
    document_title: str = Field(max_length=400)
    file_name: str = Field(max_length=400)
    external_id: str | None = Field(default=None, max_length=400)
    page: int
    quote: str = Field(sa_column=Column(Text, nullable=False))
    chunk_id: int | None = None


class RetrievalRow(SQLModel, table=True):
    """A passage that was found for a message, with the scores of both indexes.

    `is_read` marks what the answer was made from; the others were found and left out.
    """

    __tablename__ = "retrievals"

    message_id: str = Field(
        foreign_key="messages.id", primary_key=True, ondelete="CASCADE", max_length=32
    )
    rank: int = Field(primary_key=True)
    chunk_id: int
    document_id: str = Field(max_length=32)
    page: int
    score: float
    similarity: float | None = None
    keyword_score: float | None = None
    is_cited: bool = False
    is_read: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class AnswerSourceRow(SQLModel, table=True):
    """A document that stands behind what is stored of an answer.

    It was read for the answer or for an earlier one that the model was given, or is a nearest
    passage. `collection_id` is where it was then, "" if nobody knows; it has no foreign key,
    because it guards the text after the collection is gone.
    """

    __tablename__ = "answer_sources"

    message_id: str = Field(
        foreign_key="messages.id", primary_key=True, ondelete="CASCADE", max_length=32
    )
    document_id: str = Field(primary_key=True, index=True, max_length=32)
    collection_id: str = Field(default="", max_length=32)


class GuardNoteRow(SQLModel, table=True):
    """What was done to values of a kind, or passages of a class, before an answer's requests."""

    __tablename__ = "guard_notes"

    message_id: str = Field(
        foreign_key="messages.id", primary_key=True, ondelete="CASCADE", max_length=32
    )
    effect: str = Field(primary_key=True, max_length=20)
    kind: str = Field(primary_key=True, max_length=20)
    count: int


class SearchedCollectionRow(SQLModel, table=True):
    """A collection that was searched for a message, with its number of documents at that time."""

    __tablename__ = "searched_collections"

    message_id: str = Field(
        foreign_key="messages.id", primary_key=True, ondelete="CASCADE", max_length=32
    )
    collection_id: str = Field(
        foreign_key="collections.id",
        primary_key=True,
        index=True,
        ondelete="CASCADE",
        max_length=32,
    )
    document_count: int = 0


class FeedbackRow(SQLModel, table=True):
    """A person's judgement of one answer; the last one counts."""

    __tablename__ = "feedback"

    message_id: str = Field(
        foreign_key="messages.id", primary_key=True, ondelete="CASCADE", max_length=32
    )
    user_id: str = Field(foreign_key="users.id", ondelete="CASCADE", max_length=32)
    rating: int
    reason: str = Field(default="", max_length=40)
    comment: str = Field(default="", sa_column=Column(Text, nullable=False))
    created_at: datetime = time_column(default_factory=now)
    updated_at: datetime = time_column(default_factory=now, index=True)
