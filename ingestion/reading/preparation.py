"""Passages of a file: parse, screen, split; in the parser child if its tokenizer is known there.

All work whose time grows with the text happens here, away from the process that answers questions,
and under the same limits of time and memory as the parser.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from core.domain.knowledge import ParsedDocument, Passage, searchable_text
from core.domain.ports import Spans
from core.domain.screening import ScreeningFinding
from core.domain.text.sentences import sentence_spans
from ingestion.files.media import MediaType
from ingestion.parsers.building import stem
from ingestion.reading.splitter import CountTokens, split
from ingestion.screening.document import screen


@dataclass(frozen=True, slots=True)
class Reading:
    """A file to read, and what is known of it before."""

    media_type: MediaType
    file_name: str
    title: str
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document as people see it, cut into passages, with the findings of the screening.

    `sentences` holds the spans of each passage's sentences in its embedded text.
    """

    document: ParsedDocument
    passages: tuple[Passage, ...]
    sentences: tuple[Spans, ...]
    findings: tuple[ScreeningFinding, ...] = ()


class Parser(Protocol):
    """A reader of files; see ingestion.reading.sandboxed."""

    def parse(self, media_type: MediaType, content: bytes, file_name: str) -> ParsedDocument:
        """Parse a file; raises UnreadableDocument with the cause."""
        ...


class Preparation(Protocol):
    """The parsing, screening and splitting of a file."""

    def prepare(self, reading: Reading, content: bytes) -> Prepared:
        """Prepare a file; raises UnreadableDocument with the cause."""
        ...


class PreparationHere:
    """A preparation for embedding models whose tokenizer the parser child does not know.

    Only the parser, where the danger lies, runs in the child; the rest runs in this process.
    """

    def __init__(self, parser: Parser, count_tokens: CountTokens) -> None:
        self._parser = parser
        self._count_tokens = count_tokens

    def prepare(self, reading: Reading, content: bytes) -> Prepared:
        """Parse in the child, prepare here; raises UnreadableDocument with the cause."""
        document = self._parser.parse(reading.media_type, content, reading.file_name)
        return prepared(document, reading, self._count_tokens)


def prepared(
    parsed: ParsedDocument, reading: Reading, count_tokens: Callable[[str], int]
) -> Prepared:
    """Screens and splits a parsed document; raises UnreadableDocument if nothing is visible."""
    screened = screen(_titled(parsed, reading))
    passages = tuple(split(screened.document, count_tokens))
    return Prepared(
        screened.document,
        passages,
        sentences_of(passages, screened.document.title, reading.external_id),
        screened.findings,
    )


def sentences_of(
    passages: Sequence[Passage], title: str, external_id: str | None
) -> tuple[Spans, ...]:
    """Return where the sentences of each passage lie in its searchable text."""
    return tuple(
        sentence_spans(searchable_text(title, p.headings, p.text, external_id=external_id), p.text)
        for p in passages
    )


def _titled(parsed: ParsedDocument, reading: Reading) -> ParsedDocument:
    """Return the document with a title: its own, or the one from the upload if it has none."""
    has_title = parsed.title != stem(reading.file_name)
    return parsed if has_title else replace(parsed, title=reading.title)
