"""Generations of the vector index of a collection."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column


class IndexGenerationRow(SQLModel, table=True):
    """A vector index that was built beside another one, or that one.

    A collection that never had a second generation has no row here: what `collections` says of
    the live generation is all there is to know. `measures` holds a GenerationComparison or nothing.
    """

    __tablename__ = "index_generations"
    __table_args__ = (UniqueConstraint("collection_id", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    collection_id: str = Field(foreign_key="collections.id", ondelete="CASCADE", max_length=32)
    number: int
    embedding_model: str = Field(max_length=120)
    embedding_dimension: int
    splitter_version: str = Field(max_length=40)
    state: str = Field(index=True, max_length=20)
    passages_done: int = 0
    passages_total: int = 0
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    measures: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_by: str | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    created_at: datetime = time_column(default_factory=now)
    accepted_at: datetime | None = time_column(default=None, nullable=True)
