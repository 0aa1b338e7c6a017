"""The values that pass through the ingest pipeline: a version to read, then its passages."""

import hashlib
from dataclasses import dataclass

from core.domain.knowledge import ParsedDocument, Passage, searchable_text
from core.domain.ports import KeywordEntry, Spans
from core.domain.screening import has_blocking
from ingestion.files.media import MediaType
from ingestion.reading.preparation import Prepared, Reading


@dataclass(frozen=True, slots=True)
class Source:
    """A registered document version that should become searchable.

    `is_released` means that an administrator has looked at the findings of the screening.
    """

    version_id: str
    document_id: str
    collection_id: str
    number: int
    file_name: str
    media_type: MediaType
    sha256: str
    title: str
    external_id: str | None = None
    is_released: bool = False

    @property
    def reading(self) -> Reading:
        """What the parser child has to know of the version."""
        return Reading(self.media_type, self.file_name, self.title, self.external_id)


@dataclass(frozen=True, slots=True)
class VersionDraft:
    """A version as it was read and cut, not yet searchable."""

    source: Source
    prepared: Prepared
    seconds: float = 0.0
    """The time that reading took."""

    @property
    def document(self) -> ParsedDocument:
        return self.prepared.document

    @property
    def passages(self) -> tuple[Passage, ...]:
        return self.prepared.passages

    @property
    def is_held_back(self) -> bool:
        """Whether an administrator has to decide first."""
        return not self.source.is_released and has_blocking(self.prepared.findings)

    def embedded_texts(self) -> list[str]:
        """Return what the model reads of each passage: title, headings, text."""
        title, external_id = self.document.title, self.source.external_id
        return [
            searchable_text(title, p.headings, p.text, external_id=external_id)
            for p in self.passages
        ]

    def content_hashes(self) -> list[str]:
        """Return the SHA-256 of what the model reads of each passage."""
        return [hashlib.sha256(text.encode()).hexdigest() for text in self.embedded_texts()]

    def sentence_spans(self) -> tuple[Spans, ...]:
        """Return where the sentences of each passage lie in what the model reads of it."""
        return self.prepared.sentences

    def keyword_entries(self, chunk_ids: list[int]) -> list[KeywordEntry]:
        """Return what the keyword index reads of each passage."""
        title = self.document.title
        return [
            KeywordEntry(chunk_id, title, "\n".join(passage.headings), passage.text)
            for chunk_id, passage in zip(chunk_ids, self.passages, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Indexed:
    """A draft whose passages are stored and in both indexes, but not ready yet."""

    draft: VersionDraft
    chunk_ids: list[int]
    generation: int = 1
    seconds: float = 0.0
    """The time spent on this version so far; see DocumentVersionRow."""
