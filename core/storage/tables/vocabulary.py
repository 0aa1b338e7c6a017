"""Sets of synonyms that administrators made or switched off, and proposals they turned down."""

from datetime import datetime

from sqlalchemy import Column, Text, true
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column


class SynonymSetRow(SQLModel, table=True):
    """One set as a line of text: "holiday, vacation", or "father, mother => parent".

    `key` is a hash of its phrases, so that a set is stored once. A shipped set has a row while it
    is switched off. `document_id` is the document that a proposal found a phrase in; it has no
    foreign key, because erasing that document looks for it.
    """

    __tablename__ = "synonym_sets"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    key: str = Field(unique=True, max_length=64)
    words: str = Field(sa_column=Column(Text, nullable=False))
    origin: str = Field(max_length=20)
    is_active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    document_id: str = Field(default="", index=True, max_length=32)
    added_by: str | None = Field(
        default=None, foreign_key="users.id", ondelete="SET NULL", max_length=32
    )
    added_at: datetime = time_column(default_factory=now)
    changed_by: str | None = Field(
        default=None, foreign_key="users.id", ondelete="SET NULL", max_length=32
    )
    changed_at: datetime = time_column(default_factory=now)


class VocabularyRevisionRow(SQLModel, table=True):
    """The number of changes to the sets; processes read them again when it has grown."""

    __tablename__ = "vocabulary_revisions"

    name: str = Field(primary_key=True, max_length=40)
    number: int = 0


class DismissedSynonymsRow(SQLModel, table=True):
    """A proposed pair that an administrator turned down, as a hash that holds none of its words."""

    __tablename__ = "dismissed_synonyms"

    key: str = Field(primary_key=True, max_length=64)
    dismissed_by: str | None = Field(
        default=None, foreign_key="users.id", ondelete="SET NULL", max_length=32
    )
    dismissed_at: datetime = time_column(default_factory=now)
