"""Turns the source numbers a model writes into citations of exact words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.domain.answers import Citation, RetrievedChunk
from core.domain.sentences import UnitKind, text_units

MARKER = re.compile(r"\s*[\[【]\s*\d{1,4}(?:\s*[,;]\s*\d{1,4})*\s*[\]】]")
# What may still become a marker when more text arrives: an open bracket, or space before one.
_UNFINISHED = re.compile(r"\s*(?:[\[【][\d\s,;]{0,20})?$")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+|\n+")
_WORD = re.compile(r"\w+")


def cite(number: int, hit: RetrievedChunk, quote: str, page: int | None = None) -> Citation:
    """The citation of `quote`, words that stand in the passage."""
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
    )


def best_quote(sentence: str, passage: str) -> str:
    """The sentence, list item or table row of `passage` that shares most words with `sentence`."""
    wanted = set(_words(sentence))
    units = [unit for unit in text_units(passage) if unit.kind is not UnitKind.HEADING]
    if not units:
        return passage.strip()
    best = max(units, key=lambda unit: _overlap(wanted, _words(unit.text)))
    return best.text.lstrip("-*•–▪ ") if best.kind is UnitKind.LIST_ITEM else best.text


@dataclass(slots=True)
class CitationWeaver:
    """Reads a streamed answer, replaces source numbers by citation numbers, drops unknown ones.

    The model cites sources `[1]..[len(sources)]`; readers see citations numbered in the order of
    their first use, one for each pair of passage and quote. Text is passed on as soon as it cannot
    become a marker any more.
    """

    sources: Sequence[RetrievedChunk]
    citations: list[Citation] = field(default_factory=list)
    invalid_markers: int = 0
    text: str = ""
    _held: str = ""

    def feed(self, piece: str) -> str:
        """Takes the next piece and returns what can be shown now."""
        self._held += piece
        cut = self._safe_length()
        ready, self._held = self._held[:cut], self._held[cut:]
        return "".join(self._woven(ready))

    def finish(self) -> str:
        """Returns what was held back; an unfinished marker stays plain text."""
        ready, self._held = self._held, ""
        return "".join(self._woven(ready))

    def _safe_length(self) -> int:
        unfinished = _UNFINISHED.search(self._held)
        return unfinished.start() if unfinished else len(self._held)

    def _woven(self, ready: str) -> Iterator[str]:
        position = 0
        for marker in MARKER.finditer(ready):
            yield self._plain(ready[position : marker.start()])
            yield self._marker(marker.group())
            position = marker.end()
        yield self._plain(ready[position:])

    def _plain(self, text: str) -> str:
        self.text += text
        return text

    def _marker(self, marker: str) -> str:
        sentence = last_sentence(self.text)
        numbers = [self._number(int(n), sentence) for n in _WORD.findall(marker)]
        known = list(dict.fromkeys(n for n in numbers if n is not None))
        return self._plain("".join(f" [{n}]" for n in known))

    def _number(self, source: int, sentence: str) -> int | None:
        if not 1 <= source <= len(self.sources):
            self.invalid_markers += 1
            return None
        hit = self.sources[source - 1]
        citation = cite(
            len(self.citations) + 1, hit, best_quote(strip_markers(sentence), hit.chunk.text)
        )
        for known in self.citations:
            if (known.chunk_id, known.quote) == (citation.chunk_id, citation.quote):
                return known.number
        self.citations.append(citation)
        return citation.number


def last_sentence(text: str) -> str:
    """The sentence at the end of `text`, also when its full stop is already written."""
    stripped = strip_markers(text).rstrip()
    starts = [m.end() for m in _SENTENCE_END.finditer(stripped)]
    return stripped[starts[-1] :] if starts else stripped


def strip_markers(text: str) -> str:
    """`text` without its `[n]` markers."""
    return MARKER.sub("", text)


def marker_numbers(text: str) -> tuple[int, ...]:
    """The citation numbers that stand in `text`, each once, in order."""
    numbers = (int(n) for marker in MARKER.findall(text) for n in _WORD.findall(marker))
    return tuple(dict.fromkeys(numbers))


def weave(answer: str, sources: Sequence[RetrievedChunk]) -> CitationWeaver:
    """A whole answer at once."""
    weaver = CitationWeaver(sources)
    weaver.feed(answer)
    weaver.finish()
    return weaver


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _overlap(wanted: set[str], words: Sequence[str]) -> float:
    """Shared words over the geometric mean of both lengths, so that long units win no prize."""
    shared = len(wanted & set(words))
    return shared / ((len(wanted) * len(set(words))) ** 0.5 or 1.0)
