"""Turns the source numbers that a model writes into citations of exact words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from core.domain.answers import Citation, RetrievedChunk
from core.domain.text.sentences import TextUnit, UnitKind, text_units, without_bullet
from rag.grounding.answer_units import claimed_words
from rag.grounding.evidence import SourceUnit, gather
from rag.grounding.markers import (
    FENCE,
    find_markers,
    marker_numbers,
    numbers_of,
    strip_markers,
    unfinished_from,
)
from rag.grounding.repair import GivenPassage, SourceRepair
from rag.grounding.statements import statement_of

__all__ = [
    "CitationWeaver",
    "RepairedCitation",
    "best_quote",
    "cite",
    "given",
    "last_sentence",
    "marker_numbers",
    "strip_markers",
    "weave",
]

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+|\n+")
# Before a marker and after it: where the sentence that it belongs to ends.
_ENDED = re.compile(r"[.!?…:][\"”’)*_]*\s*\Z|\n\s*\Z|\A\Z")
_ENDS = re.compile(r"\s*[.!?…]|[^\S\n]*(?:\||\n)|\Z")
# No sentence is longer; only so much of an answer is looked at for each marker.
_LONGEST_SENTENCE = 3000


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


def given(hit: RetrievedChunk) -> GivenPassage:
    """Return a passage with where it stands: the title of its document, and headings."""
    return GivenPassage(
        "\n\n".join((hit.chunk.document_title, *hit.chunk.headings)), hit.chunk.text
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


@dataclass(frozen=True, slots=True)
class RepairedCitation:
    """A citation that replaced a wrong one, and the words of the answer that it stands behind."""

    number: int
    words: str


@dataclass(slots=True)
class CitationWeaver:
    """A reader of a streamed answer that replaces source numbers by citation numbers.

    The model cites sources `[1]..[len(sources)]`, and unknown numbers are dropped. Where another
    source says what the cited ones do not, it is cited in their place, before anything is shown.
    Readers see citations numbered in the order of first use, after `numbered_after`, one for each
    pair of passage and quote. Text is passed on as soon as it can no longer become a marker.
    """

    sources: Sequence[RetrievedChunk]
    numbered_after: int = 0
    citations: list[Citation] = field(default_factory=list)
    repairs: list[RepairedCitation] = field(default_factory=list)
    invalid_markers: int = 0
    text: str = ""
    _held: str = ""
    _is_code: bool = False
    _cited_until: int = 0
    _cited_before: tuple[int, ...] = ()
    _repair: SourceRepair = field(init=False)

    def __post_init__(self) -> None:
        self._repair = SourceRepair(dict(enumerate(map(given, self.sources), start=1)))

    def feed(self, piece: str) -> str:
        """Take the next piece and return what can be shown now."""
        self._held += piece
        cut = unfinished_from(self._held)
        cut -= self._open_markers(self._held[:cut], self._held[cut:])
        ready, self._held = self._held[:cut], self._held[cut:]
        return "".join(self._shown(ready))

    def finish(self) -> str:
        """Return what was held back; an unfinished marker stays plain text."""
        ready, self._held = self._held, ""
        return "".join(self._shown(ready))

    def _open_markers(self, ready: str, rest: str) -> int:
        """Return the length of the markers at the end of `ready` that another one may follow."""
        part = ready.rpartition(FENCE)[2]
        is_code = self._is_code != bool(ready.count(FENCE) % 2)
        if is_code or "\n" in rest[: len(rest) - len(rest.lstrip())]:
            return 0
        *_, last = [[], *_groups(find_markers(part))]
        return len(part) - last[0].start() if last and last[-1].end() == len(part) else 0

    def _shown(self, ready: str) -> Iterator[str]:
        """Yield text with its markers replaced; fenced blocks of code pass as they are."""
        for number, part in enumerate(ready.split(FENCE)):
            if number:
                self._is_code = not self._is_code
                yield self._plain(FENCE)
            yield from [self._plain(part)] if self._is_code else self._woven(part)

    def _woven(self, ready: str) -> Iterator[str]:
        position = 0
        for markers in _groups(find_markers(ready)):
            yield self._plain(ready[position : markers[0].start()])
            yield self._cited([n for marker in markers for n in numbers_of(marker.group())])
            position = markers[-1].end()
        yield self._plain(ready[position:])

    def _plain(self, text: str) -> str:
        self.text += text
        return text

    def _cited(self, numbers: Sequence[int]) -> str:
        """Add the citations of source numbers that stand together, or of the one that is right."""
        known = [number for number in numbers if 1 <= number <= len(self.sources)]
        self.invalid_markers += len(numbers) - len(known)
        sentence = last_sentence(self.text[-_LONGEST_SENTENCE:])
        words, right = self._carrier(known)
        shown = [self._number(source, sentence) for source in ([right] if right else known)]
        if right:
            self.repairs.append(RepairedCitation(shown[0], words))
        text = self._plain("".join(f" [{number}]" for number in dict.fromkeys(shown)))
        self._cited_until = len(self.text)
        self._cited_before = (*self._cited_before, *([right] if right else known))
        return text

    def _carrier(self, known: Sequence[int]) -> tuple[str, int | None]:
        """Return the words since the last marker, and the source to cite in place of `known`.

        That is None where they are right, also where those of the whole sentence are together.
        """
        since = self.text[max(self._cited_until, len(self.text) - _LONGEST_SENTENCE) :]
        units = text_units(since)
        words = claimed_words(units[-1].text) if units else ""
        if not self._is_inside_sentence(since, len(units)):
            self._cited_before = ()
        elif not self._repair.is_wrong(self._sentence(), (*self._cited_before, *known)):
            return words, None
        return words, self._repair.carrier(words, known)

    def _is_inside_sentence(self, since: str, units: int) -> bool:
        """Return whether the last marker stands in the same sentence as the next one."""
        before = strip_markers(self.text[max(self._cited_until - 200, 0) : self._cited_until])
        return units <= 1 and not _ENDED.search(before) and not _ENDS.match(since)

    def _sentence(self) -> str:
        return claimed_words(last_sentence(self.text[-_LONGEST_SENTENCE:]))

    def _number(self, source: int, sentence: str) -> int:
        hit = self.sources[source - 1]
        number = self.numbered_after + len(self.citations) + 1
        citation = cite(number, hit, best_quote(strip_markers(sentence), hit.chunk.text))
        for earlier in self.citations:
            if (earlier.chunk_id, earlier.quote) == (citation.chunk_id, citation.quote):
                return earlier.number
        self.citations.append(citation)
        return citation.number


def _groups(markers: Iterable[re.Match[str]]) -> list[list[re.Match[str]]]:
    """Put markers that follow each other on one line together."""
    groups: list[list[re.Match[str]]] = []
    for marker in markers:
        is_next = bool(groups) and groups[-1][-1].end() == marker.start()
        if is_next and "\n" not in marker.group():
            groups[-1].append(marker)
        else:
            groups.append([marker])
    return groups


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
