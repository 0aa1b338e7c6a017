"""Outlines a document: its sections, each with the sentence that says most."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.domain.knowledge import Chunk
from core.domain.text.plurals import count
from core.domain.text.sentences import TextUnit, UnitKind
from core.storage.queries.versions import NamedDocument
from rag.compiling.compilation import Compilation, Excerpt, Section, rows_of, words_of
from rag.reading.blocks import Block, blocks_of
from rag.writing.cards import leans_back

MOST_SECTIONS = 14
"""What one reads as an outline; a longer document is outlined by its upper headings."""
KEY_WORDS = (5, 45)
"""The least and the most words of a key sentence."""
TOGETHER = 45
"""Words up to which the sentence that follows is shown as well."""
SHOWN_ROWS = 3
OPENS = 0.4
"""What it adds to a sentence that it opens its section."""
RULES = 0.2
"""What a rule or a figure adds."""
NAMES_SECTION = 0.5
"""What it adds that a sentence has the words of its heading."""
FURTHER_ON = 0.02
"""What each sentence before it takes away."""
EXCEPTION = 0.2
"""What it takes away that a sentence begins with the case in which it holds."""
PIECES_OF_PORTION = 6
"""Sentences of which one is shown where no headings divide a text."""

_RULE = re.compile(
    r"\b(?:must|may|only|never|always|at most|at least|up to|entitled|required|allowed|forbidden"
    r"|need|needs|gets?|pays?|applies)\b|\d",
    re.IGNORECASE,
)
_CASE = re.compile(r"\W*(?:if|when|where|for example|in case|only|unless|wenn|falls)\b", re.I)
_STAMP = re.compile(r"\b(?:version|revision|valid from|issued by|last change|owner):?\b", re.I)

Terms = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Place:
    """A block of a passage."""

    chunk: Chunk
    block: Block


def outline(
    document: NamedDocument, passages: Sequence[Chunk], terms: Terms, *, is_whole: bool
) -> Compilation | None:
    """Return the outline of a document, None if no section has anything to be shown.

    `is_whole` says that these are all its passages.
    """
    places = [_Place(chunk, block) for chunk in passages for block in blocks_of(chunk)]
    weights = _weights(passages, terms)
    sections = _sections(places)
    excerpts = [e for section in sections if (e := _key_excerpt(section, weights, terms))]
    if not excerpts:
        return None
    shown = tuple(excerpts[:MOST_SECTIONS])
    note = _note(document, len(excerpts), is_whole=is_whole)
    return Compilation((Section(shown, document.title, note),))


def _note(document: NamedDocument, sections: int, *, is_whole: bool) -> str:
    uploaded = f"{document.uploaded_at.day} {document.uploaded_at:%B %Y}"
    told = [f"Version {document.number}, uploaded {uploaded}", count(document.page_count, "page")]
    left = sections - MOST_SECTIONS
    if left > 0 or not is_whole:
        told.append(f"the first {min(sections, MOST_SECTIONS)} sections")
    return f"{', '.join(filter(None, told))}."


def _sections(places: Sequence[_Place]) -> list[list[_Place]]:
    """Group blocks by their headings, by the upper ones if there are too many of all.

    A table in front of the first heading, of versions or contents, belongs to none.
    """
    deepest = max((len(place.block.headings) for place in places), default=0)
    if not deepest:
        return [[portion] for place in places for portion in _portions(place)]
    under = [place for place in places if place.block.headings or not place.block.is_table]
    for depth in range(deepest, 0, -1):
        sections = _grouped(under, depth)
        if len(sections) <= MOST_SECTIONS:
            return sections
    return _grouped(under, 1)


def _portions(place: _Place) -> Iterator[_Place]:
    """Yield a text without headings in portions of which one sentence is shown."""
    pieces = place.block.pieces
    if place.block.is_table:
        yield place
        return
    for start in range(0, len(pieces), PIECES_OF_PORTION):
        portion = replace(place.block, pieces=pieces[start : start + PIECES_OF_PORTION])
        yield replace(place, block=portion)


def _grouped(places: Sequence[_Place], depth: int) -> list[list[_Place]]:
    groups: dict[tuple[str, ...], list[_Place]] = {}
    for place in places:
        groups.setdefault(place.block.headings[:depth], []).append(place)
    return list(groups.values())


def _weights(passages: Sequence[Chunk], terms: Terms) -> dict[str, float]:
    """Return how much each term says: it stands in several passages, but not in most."""
    held = Counter(term for chunk in passages for term in set(terms(chunk.text)))
    return {
        term: math.log(1 + number) * (1 - number / (len(passages) + 1))
        for term, number in held.items()
    }


def _key_excerpt(
    section: Sequence[_Place], weights: dict[str, float], terms: Terms
) -> Excerpt | None:
    """Return the sentence that says most of a section, or the beginning of its table."""
    rated = list(_rated(section, weights, terms))
    if rated:
        _, place, number = max(rated, key=lambda item: item[0])
        return _with_next(place, number)
    for place in section:
        if place.block.is_table:
            rows = place.block.pieces[:SHOWN_ROWS]
            left = len(place.block.pieces) - len(rows)
            excerpt = rows_of(place.chunk, place.block, rows, left_out=(0, left))
            return excerpt.as_small()
    return None


def _rated(
    section: Sequence[_Place], weights: dict[str, float], terms: Terms
) -> Iterator[tuple[float, _Place, int]]:
    before = 0
    for place in section:
        named = frozenset(terms(" ".join(place.block.headings)))
        for number, piece in enumerate(place.block.pieces):
            if _is_key(piece):
                found = frozenset(terms(piece.text))
                said = sum(weights.get(term, 0.0) for term in found) / (len(found) + 4)
                place_worth = OPENS * (not before) - FURTHER_ON * before
                yield said + place_worth + _worth(piece, found, named), place, number
                before += 1


def _worth(piece: TextUnit, found: frozenset[str], named: frozenset[str]) -> float:
    """Return what the words themselves add: those of the heading, a rule, no special case."""
    share = len(found & named) / len(named) if named else 0.0
    is_rule, is_case = bool(_RULE.search(piece.text)), bool(_CASE.match(piece.text))
    return NAMES_SECTION * share + RULES * is_rule - EXCEPTION * is_case


def _is_key(piece: TextUnit) -> bool:
    least, most = KEY_WORDS
    is_sentence = piece.kind is UnitKind.SENTENCE and piece.text[-1] in ".!?"
    is_item = piece.kind is UnitKind.LIST_ITEM
    is_right = least <= len(piece.text.split()) <= most and (is_sentence or is_item)
    return is_right and not leans_back(piece.text) and not _STAMP.search(piece.text)


def _with_next(place: _Place, number: int) -> Excerpt:
    """Return a sentence together with the next one if both are short."""
    pieces = place.block.pieces
    first = last = pieces[number]
    if number + 1 < len(pieces):
        following = pieces[number + 1]
        words = len(place.chunk.text[first.start : following.end].split())
        is_next = following.kind is first.kind is UnitKind.SENTENCE
        last = following if is_next and words <= TOGETHER else first
    return words_of(place.chunk, place.block.headings, first.start, last.end)
