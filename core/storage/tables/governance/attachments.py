"""What may be attached to conversations, and what is left to remove of files that are gone."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from core.domain.clock import now
from core.storage.tables.base import time_column

ONLY = 1
"""The id of the only row of `attachment_terms`."""


class AttachmentTermsRow(SQLModel, table=True):
    """What administrators allow; one row at most, without it what the product ships with."""

    __tablename__ = "attachment_terms"

    id: int = Field(default=ONLY, primary_key=True)
    is_on: bool
    classification: str = Field(max_length=20)
    max_megabytes: int
    max_files: int
    days_kept: int
    changed_by: str | None = Field(default=None, foreign_key="users.id", ondelete="SET NULL")
    changed_at: datetime = time_column(default_factory=now)


class AttachmentRemainRow(SQLModel, table=True):
    """Something outside the tables that is still to be removed of attachments whose rows are gone.

    `kind` is one of core.domain.governance.attachments.Remain; `key` is the id of a collection, the
    hash of an original or the id of a document.
    """

    __tablename__ = "attachment_remains"

    kind: str = Field(primary_key=True, max_length=20)
    key: str = Field(primary_key=True, max_length=64)
    at: datetime = time_column(default_factory=now)
