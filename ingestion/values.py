"""What the document service returns and needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.domain.knowledge import DocumentState
from core.domain.screening import ScreeningFinding


class ReceiptStatus(StrEnum):
    """What became of an upload."""

    REGISTERED = "registered"
    DUPLICATE = "duplicate"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to one uploaded document; ids are None if it was refused.

    `external_id` is the name that the upload gave it, such as its path in a folder. `upload` says
    which of the files handed in together it came from, from 0 on.
    """

    file_name: str
    status: ReceiptStatus
    reason: str = ""
    document_id: str | None = None
    version_id: str | None = None
    external_id: str | None = None
    upload: int = 0


@dataclass(frozen=True, slots=True)
class DeletionReceipt:
    """What a deletion removed; `remaining_chunks` counts what both indexes still know: always 0."""

    document_id: str
    title: str
    versions: int
    pages: int
    chunks: int
    originals: int
    remaining_chunks: int


@dataclass(frozen=True, slots=True)
class VersionState:
    """Where a version is; `progress` runs from 0 to 1."""

    version_id: str
    state: DocumentState
    progress: float
    reason: str


@dataclass(frozen=True, slots=True)
class PageView:
    """One page of a document version as a reader sees it; see core.domain.knowledge.Page."""

    document_id: str
    document_title: str
    version_id: str
    version: int
    is_current: bool
    file_name: str
    media_type: str
    number: int
    page_count: int
    label: str
    text: str
    quality: float | None = None
    ocr_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class OriginalFile:
    """An uploaded file for download."""

    file_name: str
    media_type: str
    content: bytes


class Decision(StrEnum):
    """What an administrator decided about a version that was held back."""

    RELEASED = "released"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class HeldVersion:
    """A version that waits for a decision; `uploaded_by` is empty for the terminal."""

    version_id: str
    document_id: str
    title: str
    file_name: str
    collection_id: str
    collection_name: str
    version: int
    uploaded_by: str
    uploaded_at: datetime
    reason: str
    findings: tuple[ScreeningFinding, ...]


class Queue(Protocol):
    """Takes versions that are to be read; see ingestion.background.worker."""

    def enqueue(self, version_ids: Sequence[str]) -> None:
        """Returns at once unless the work is done in this thread."""
        ...


class PageImages(Protocol):
    """Draws pages of PDF files; see ingestion.reading.sandboxed."""

    def page_image(self, content: bytes, page_number: int, quote: str) -> bytes | None:
        """A PNG with the quote marked, None if there is no such page."""
        ...
