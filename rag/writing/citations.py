"""Turns the source numbers that a model writes into citations of exact words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.domain.answers import Citation, RetrievedChunk
from core.domain.text.sentences import TextUnit, UnitKind, without_bullet
from rag.grounding.evidence import SourceUnit, gather
from rag.grounding.markers import (
    FENCE,
    find_markers,
    marker_numbers,
    numbers_of,
    strip_markers,
    unfinished_from,
)
from rag.grounding.statements import statement_of

__all__ = [
    "CitationWeaver",
    "best_quote",
    "cite",
    "last_sentence",
    "marker_numbers",
    "strip_markers",
    "weave",
]

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+|\n+")


def cite(number: int, hit: RetrievedChunk, quote: str, page: int | None = None) -> Citation:
    """Return the citation of `quote`, words that stand in the passage."""
    chunk = hit.chunk
    return Citation(
        number=number,
        document_id=chunk.document_id,
        version_id=chunk.version_id,
        document_title=chunk.document_title,
        file_name=chunk.file_name,
        external_id=chunk.external_id,
        page=page or chunk.page_from,
        quote=" ".join(quote.split()),
        chunk_id=chunk.id,
        page_label=chunk.page_label,
    )


def best_quote(sentence: str, passage: str) -> str:
    """Return the words of `passage` that `sentence` rests on.

    That is a sentence, list item or table row. Two consecutive sentences are quoted together where
    `sentence` joins them. Without any such unit it is the whole passage.
    """
    evidence = gather(statement_of(" ".join(sentence.split())), (passage,), quotable=True)
    if not evidence.units:
        return passage.strip()
    first, last = _run(evidence.units, passage)
    quoted = TextUnit(first.text, first.start, first.end, first.kind)
    start = first.start + len(first.text) - len(without_bullet(quoted))
    return passage[start : last.end].strip() or first.text


def _run(units: Sequence[SourceUnit], passage: str) -> tuple[SourceUnit, SourceUnit]:
    """Return the best unit, and the next best too if both are sentences in a row."""
    best = units[0]
    for other in units[1:2]:
        first, last = sorted((best, other), key=lambda unit: unit.start)
        are_sentences = first.kind is last.kind is UnitKind.SENTENCE
        if are_sentences and not passage[first.end : last.start].strip():
            return first, last
    return best, best


@dataclass(slots=True)
class CitationWeaver:
    """A reader of a streamed answer that replaces source numbers by citation numbers.

    The model cites sources `[1]..[len(sources)]`, and unknown numbers are dropped. Readers see
    citations numbered in the order of first use, one for each pair of passage and quote. Text is
    passed on as soon as it can no longer become a marker.
    """

    sources: Sequence[RetrievedChunk]
    citations: list[Citation] = field(default_factory=list)
    invalid_markers: int = 0
    text: str = ""
    _held: str = ""
    _is_code: bool = False

    def feed(self, piece: str) -> str:
        """Take the next piece and return what can be shown now."""
        self._held += piece
        cut = unfinished_from(self._held)
        ready, self._held = self._held[:cut], self._held[cut:]
        return "".join(self._shown(ready))

    def finish(self) -> str:
        """Return what was held back; an unfinished marker stays plain text."""
        ready, self._held = self._held, ""
        return "".join(self._shown(ready))

    def _shown(self, ready: str) -> Iterator[str]:
        """Yield text with its markers replaced; fenced blocks of code pass as they are."""
        for number, part in enumerate(ready.split(FENCE)):
            if number:
                self._is_code = not self._is_code
                yield self._plain(FENCE)
            yield from [self._plain(part)] if self._is_code else self._woven(part)

    def _woven(self, ready: str) -> Iterator[str]:
        position = 0
        for marker in find_markers(ready):
            yield self._plain(ready[position : marker.start()])
            yield self._marker(marker.group())
            position = marker.end()
        yield self._plain(ready[position:])

    def _plain(self, text: str) -> str:
        self.text += text
        return text

    def _marker(self, marker: str) -> str:
        sentence = last_sentence(self.text)
        numbers = [self._number(n, sentence) for n in numbers_of(marker)]
        citation_numbers = list(dict.fromkeys(n for n in numbers if n is not None))
        return self._plain("".join(f" [{n}]" for n in citation_numbers))

    def _number(self, source: int, sentence: str) -> int | None:
        if not 1 <= source <= len(self.sources):
            self.invalid_markers += 1
            return None
        hit = self.sources[source - 1]
        citation = cite(
            len(self.citations) + 1, hit, best_quote(strip_markers(sentence), hit.chunk.text)
        )
        for earlier in self.citations:
            if (earlier.chunk_id, earlier.quote) == (citation.chunk_id, citation.quote):
                return earlier.number
        self.citations.append(citation)
        return citation.number


def last_sentence(text: str) -> str:
    """Return the sentence at the end of `text`, even if its full stop is already written."""
    stripped = strip_markers(text).rstrip()
    starts = [m.end() for m in _SENTENCE_END.finditer(stripped)]
    return stripped[starts[-1] :] if starts else stripped


def weave(answer: str, sources: Sequence[RetrievedChunk]) -> CitationWeaver:
    """Feed a whole answer at once and return the weaver."""
    weaver = CitationWeaver(sources)
    weaver.feed(answer)
    weaver.finish()
    return weaver
