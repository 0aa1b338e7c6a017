"""Files of a conversation: what may be attached, and where each of them stands."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.domain.knowledge import DocumentState, Sensitivity

MOST_MEGABYTES = 100
MOST_FILES = 50
MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class AttachmentTerms:
    """What administrators allow people to attach to a conversation.

    All files count as `classification`, which decides which providers may receive their passages.
    `days_kept` is how long a file is kept at most; 0 means as long as its conversation.
    """

    is_on: bool = True
    classification: Sensitivity = Sensitivity.INTERNAL
    max_megabytes: int = 20
    max_files: int = 20
    days_kept: int = 0

    @property
    def max_bytes(self) -> int:
        return self.max_megabytes * 2**20


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of a conversation; `reason` says why it cannot be used, or what was not read of it.

    `progress` runs from 0 to 1.
    """

    document_id: str
    version_id: str
    title: str
    file_name: str
    state: DocumentState
    reason: str
    progress: float
    size_bytes: int
    page_count: int
    chunk_count: int
    attached_at: datetime
    classification: Sensitivity

    @property
    def is_ready(self) -> bool:
        return self.state is DocumentState.READY


@dataclass(frozen=True, slots=True)
class AttachmentStanding:
    """What may be attached now, and the files of a conversation."""

    terms: AttachmentTerms
    files: tuple[AttachedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class AttachmentTotals:
    """How many files are attached in all conversations, and how many bytes they have."""

    conversations: int = 0
    files: int = 0
    size_bytes: int = 0


class Remain(StrEnum):
    """What is left outside the tables of an attachment whose rows are gone."""

    INDEX = "index"
    """Both search indexes of a collection."""
    ORIGINAL = "original"
    """An uploaded file, unless another document has the same content."""
    DOCUMENT = "document"
    """Copies of a document's words in what was made of it."""
