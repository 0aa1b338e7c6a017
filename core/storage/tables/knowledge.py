"""Collections, documents, their versions, pages and chunks."""

from datetime import date, datetime

from sqlalchemy import JSON, Column, Index, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column


class CollectionRow(SQLModel, table=True):
    """The unit of access.

    `generation` is the number of the vector index that answers; model and dimension are its own.
    With a `conversation_id` it holds the files that a person attached to that conversation: nobody
    else may read it, no list has it, and it goes with the conversation.
    """

    __tablename__ = "collections"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    name: str = Field(unique=True, max_length=80)
    description: str = Field(default="", sa_column=Column(Text, nullable=False))
    is_open: bool = False
    sensitivity: str = Field(default="internal", max_length=20)
    owner_id: str | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    embedding_model: str = Field(max_length=120)
    embedding_dimension: int
    splitter_version: str = Field(max_length=40)
    generation: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    conversation_id: str | None = Field(
        default=None,
        foreign_key="conversations.id",
        ondelete="CASCADE",
        unique=True,
        index=True,
        max_length=32,
    )
    created_at: datetime = time_column(default_factory=now)


class CollectionGroupRow(SQLModel, table=True):
    """A group that may read a collection."""

    __tablename__ = "collection_groups"

    collection_id: str = Field(foreign_key="collections.id", primary_key=True, ondelete="CASCADE")
    group_id: str = Field(foreign_key="groups.id", primary_key=True, ondelete="CASCADE", index=True)


class DocumentRow(SQLModel, table=True):
    """A document through all its versions.

    `source_key` names it within its collection: the external id if it has one, else the file name.
    `current_version_id` is the version that answers; it changes when a newer one is ready, or when
    an administrator rolls back to an older one. Versions up to `settled_number` were there at the
    last roll-back and do not take over when they are read again.

    `source` says where the document comes from, `rights` under which licence it may be used,
    `review_by` when its owner has to look at it again, `reviewed_at` when somebody last did.
    """

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("collection_id", "source_key"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    collection_id: str = Field(foreign_key="collections.id", ondelete="CASCADE")
    source_key: str = Field(max_length=400)
    external_id: str | None = Field(default=None, max_length=400)
    title: str = Field(max_length=400)
    current_version_id: str | None = Field(default=None, max_length=32)
    settled_number: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    created_at: datetime = time_column(default_factory=now)
    owner_id: str | None = Field(
        default=None, foreign_key="users.id", ondelete="SET NULL", index=True
    )
    source: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    classification: str = Field(
        default="internal", max_length=20, sa_column_kwargs={"server_default": "internal"}
    )
    rights: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    review_by: date | None = Field(default=None, index=True)
    reviewed_at: datetime | None = time_column(default=None, nullable=True)


class DocumentVersionRow(SQLModel, table=True):
    """One uploaded content of a document and its way into the index.

    `upload_id` is shared by all that was handed in together, so that its progress can be told.
    `decision` is "released" or "rejected" once an administrator has looked at a version that the
    upload checks held back. `seconds` is its own time: reading it, and its share of embedding
    and writing what was in work with it.
    """

    __tablename__ = "document_versions"
    __table_args__ = (UniqueConstraint("document_id", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    document_id: str = Field(foreign_key="documents.id", ondelete="CASCADE")
    number: int = 1
    file_name: str = Field(max_length=400)
    media_type: str = Field(max_length=120)
    sha256: str = Field(index=True, max_length=64)
    size_bytes: int
    state: str = Field(index=True, max_length=20)
    reason: str = Field(default="", sa_column=Column(Text, nullable=False))
    progress: float = 0.0
    page_count: int = 0
    chunk_count: int = 0
    uploaded_by: str | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    uploaded_at: datetime = time_column(default_factory=now, index=True)
    upload_id: str = Field(
        default="", index=True, max_length=32, sa_column_kwargs={"server_default": ""}
    )
    finished_at: datetime | None = time_column(default=None, nullable=True)
    seconds: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
    decided_by: str | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    decided_at: datetime | None = time_column(default=None, nullable=True)
    decision: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    decision_reason: str = Field(
        default="", sa_column=Column(Text, nullable=False, server_default="")
    )


class PageRow(SQLModel, table=True):
    """The text of one page as it was extracted; `start` is its offset in the document text.

    `quality` and `ocr_confidence` are those of core.domain.knowledge.Page.
    """

    __tablename__ = "pages"

    version_id: str = Field(
        foreign_key="document_versions.id", primary_key=True, ondelete="CASCADE", max_length=32
    )
    number: int = Field(primary_key=True)
    label: str = Field(default="page", max_length=120)
    start: int
    text: str = Field(sa_column=Column(Text, nullable=False))
    quality: float | None = None
    ocr_confidence: float | None = None


class ChunkRow(SQLModel, table=True):
    """An indexed passage; the search indexes hold its id and nothing of its text.

    `content_hash` is the SHA-256 of what was embedded, so that a passage that a new version leaves
    as it was is not embedded again.
    """

    __tablename__ = "chunks"
    __table_args__ = (Index("ix_chunks_collection_ready", "collection_id", "is_ready"),)

    id: int | None = Field(default=None, primary_key=True)
    collection_id: str = Field(foreign_key="collections.id", ondelete="CASCADE", max_length=32)
    document_id: str = Field(
        foreign_key="documents.id", ondelete="CASCADE", max_length=32, index=True
    )
    version_id: str = Field(
        foreign_key="document_versions.id", ondelete="CASCADE", max_length=32, index=True
    )
    ordinal: int
    page_from: int
    page_to: int
    start: int
    end: int
    headings: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    text: str = Field(sa_column=Column(Text, nullable=False))
    content_hash: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    is_ready: bool = False


class ScreeningFindingRow(SQLModel, table=True):
    """What an upload check found in a version; `excerpt` shows the place, values masked.

    `start` and `end` are offsets of what was found within the excerpt. `original_id` is the
    document that it nearly copies, "" for every other finding.
    """

    __tablename__ = "screening_findings"

    id: int | None = Field(default=None, primary_key=True)
    version_id: str = Field(
        foreign_key="document_versions.id", ondelete="CASCADE", max_length=32, index=True
    )
    page: int
    kind: str = Field(max_length=20)
    rule: str = Field(max_length=60)
    is_blocking: bool = False
    count: int = 1
    excerpt: str = Field(default="", sa_column=Column(Text, nullable=False))
    start: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    end: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    original_id: str = Field(default="", max_length=32, sa_column_kwargs={"server_default": ""})


class PoisonFingerprintRow(SQLModel, table=True):
    """The fingerprints of one poisoned passage, by which later copies are recognised.

    It has no foreign keys, because it outlives its document; erasing that removes it. `reason` is
    one of core.domain.screening.Poison; `numbers` are those of core.guardrails.orders.fingerprints.
    """

    __tablename__ = "poison_fingerprints"

    id: int | None = Field(default=None, primary_key=True)
    document_id: str = Field(max_length=32, index=True)
    version_id: str = Field(max_length=32, index=True)
    reason: str = Field(max_length=20)
    numbers: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = time_column(default_factory=now)
