"""Folders that a collection follows, and what was last seen in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column


class SyncFolderRow(SQLModel, table=True):
    """A folder of this machine that a collection follows."""

    __tablename__ = "sync_folders"
    __table_args__ = (UniqueConstraint("collection_id", "path"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    collection_id: str = Field(foreign_key="collections.id", ondelete="CASCADE", max_length=32)
    path: str = Field(max_length=1000)
    synced_at: datetime | None = time_column(default=None, nullable=True)


class SyncFileRow(SQLModel, table=True):
    """A file as it was last seen; `document_ids` are the documents that exist because of it.

    `problem` says why it could not be read; it is tried again once it changes.
    """

    __tablename__ = "sync_files"

    folder_id: str = Field(
        foreign_key="sync_folders.id", primary_key=True, ondelete="CASCADE", max_length=32
    )
    path: str = Field(primary_key=True, max_length=1000)
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    mtime_ns: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: str = Field(max_length=64)
    document_ids: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    problem: str = Field(default="", sa_column=Column(Text, nullable=False))


class SyncRunRow(SQLModel, table=True):
    """A run that the terminal asked the app for, and how it ended.

    `state` is an ingestion.sync.runs.RunState, `report` a SyncReport or nothing, `error_kind` the
    name of the error that `error` is the message of. `attempts` counts how often it was begun.
    """

    __tablename__ = "sync_runs"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    collection_id: str = Field(foreign_key="collections.id", ondelete="CASCADE", max_length=32)
    path: str = Field(max_length=1000)
    allow_empty: bool = False
    state: str = Field(index=True, max_length=20)
    attempts: int = 0
    report: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    error_kind: str = Field(default="", max_length=40)
    error: str = Field(default="", sa_column=Column(Text, nullable=False))
    asked_at: datetime = time_column(default_factory=now)
    started_at: datetime | None = time_column(default=None, nullable=True)
    finished_at: datetime | None = time_column(default=None, nullable=True)
