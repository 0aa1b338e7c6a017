"""The values that the document service returns, and the protocols it needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.domain.knowledge import DocumentState, PageImage
from core.domain.ports import KeywordIndex, VectorIndex
from core.domain.screening import ScreeningFinding
from core.storage.database import Database
from core.storage.originals import OriginalFiles


@dataclass(frozen=True, slots=True)
class DocumentStores:
    """The places where documents are kept: rows, files, vectors and keywords."""

    database: Database
    originals: OriginalFiles
    vectors: VectorIndex
    keywords: KeywordIndex


class ReceiptStatus(StrEnum):
    """The outcome of an upload."""

    REGISTERED = "registered"
    DUPLICATE = "duplicate"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt for one uploaded document; ids are None if it was refused.

    `external_id` is the name that the upload gave it, such as its path in a folder. `upload` is the
    number, from 0, of the uploaded file that it came from.
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
    """The result of a deletion; `remaining_chunks`, what both indexes still know, is always 0."""

    document_id: str
    title: str
    versions: int
    pages: int
    chunks: int
    originals: int
    remaining_chunks: int


@dataclass(frozen=True, slots=True)
class VersionState:
    """The state of a version; `progress` runs from 0 to 1."""

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
    """The decision of an administrator about a version that was held back."""

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
    """The queue for versions that have to be read; see ingestion.background.worker."""

    def enqueue(self, version_ids: Sequence[str], *, first: bool = False) -> None:
        """Queues versions; returns at once unless the work is done in this thread.

        With `first`, they come before what waits already.
        """
        ...


class PageImages(Protocol):
    """The images of PDF pages; see ingestion.reading.sandboxed."""

    def page_image(
        self, content: bytes, page_number: int, quotes: Sequence[str]
    ) -> PageImage | None:
        """Draw a page with the quotes marked; None if there is no such page."""
        ...
