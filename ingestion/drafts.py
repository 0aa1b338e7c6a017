"""What travels through the ingest pipeline: a version to read, then its passages."""

from dataclasses import dataclass

from core.domain.knowledge import ParsedDocument, Passage, searchable_text
from core.domain.ports import KeywordEntry, Spans
from core.domain.sentences import sentence_spans
from ingestion.media import MediaType


@dataclass(frozen=True, slots=True)
class Source:
    """A registered document version that is to become searchable."""

    version_id: str
    document_id: str
    collection_id: str
    number: int
    file_name: str
    media_type: MediaType
    sha256: str
    title: str
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A version as it was read and cut, not yet searchable."""

    source: Source
    document: ParsedDocument
    passages: tuple[Passage, ...]

    def embedded_texts(self) -> list[str]:
        """What the model reads of each passage: title, headings, text."""
        title, external_id = self.document.title, self.source.external_id
        return [
            searchable_text(title, p.headings, p.text, external_id=external_id)
            for p in self.passages
        ]

    def sentence_spans(self) -> list[Spans]:
        """Where the sentences of each passage lie in what the model reads of it."""
        return [
            sentence_spans(text, passage.text)
            for text, passage in zip(self.embedded_texts(), self.passages, strict=True)
        ]

    def keyword_entries(self, chunk_ids: list[int]) -> list[KeywordEntry]:
        """What the keyword index reads of each passage."""
        title = self.document.title
        return [
            KeywordEntry(chunk_id, title, "\n".join(passage.headings), passage.text)
            for chunk_id, passage in zip(chunk_ids, self.passages, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Indexed:
    """A draft whose passages are stored and in both indexes, but not ready yet."""

    draft: Draft
    chunk_ids: list[int]
