"""Finds where documents say what a term means or what an acronym stands for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.domain.knowledge import Chunk
from core.domain.text.acronyms import explained_acronyms
from core.domain.text.sentences import TextUnit
from core.domain.text.table_rows import cells_of
from rag.compiling.compilation import Compilation, Excerpt, Section, marked_words, rows_of
from rag.reading.blocks import Block, blocks_of

MOST_SHOWN = 3
SEVERAL = "The documents use it for more than one thing."

_ARTICLE = r"(?:(?:the|a|an|our|der|die|das)\s+)?"
_QUOTES = "[\"'“”„‘’«»]?"
_MEANS = (
    r"(?:means?|refers? to|stands? for|denotes?|is short for|is defined as|are defined as|is called"
    r"|bedeutet|steht für)\b"
)
_IS = r"(?:is|are)\s+(?:an?|the|all|any|what|when|where|those|defined|our)\b"


@dataclass(frozen=True, slots=True)
class _Explained:
    """A place that explains a term, with what it stands for if it is an acronym."""

    excerpt: Excerpt
    rank: int
    long: str = ""


def definitions(term: str, passages: Sequence[Chunk]) -> Compilation | None:
    """Return what the passages say that a term means, None if none of them does.

    An acronym is explained by its long form, and a long form by its acronym.
    """
    found = sorted(_explanations(term, passages), key=lambda explained: explained.rank)
    once = list({explained.excerpt.card.text: explained for explained in reversed(found)}.values())
    shown = once[::-1][:MOST_SHOWN]
    if not shown:
        return None
    longs = list(dict.fromkeys(e.long.casefold() for e in shown if e.long))
    first = next((explained.long for explained in shown if explained.long), "")
    lead = f"{term}: {first}" if first and len(longs) == 1 else ""
    note = SEVERAL if len(longs) > 1 else ""
    return Compilation((Section(tuple(e.excerpt for e in shown), "", note, lead),))


def _explanations(term: str, passages: Sequence[Chunk]) -> Iterator[_Explained]:
    pattern = _pattern(term)
    for chunk in passages:
        longs = _long_forms(term, chunk.text)
        for block in blocks_of(chunk):
            for piece in block.pieces:
                explained = _explained(chunk, block, piece, longs, pattern)
                if explained is not None and _has_term(term, piece.text):
                    yield explained


def _explained(
    chunk: Chunk,
    block: Block,
    piece: TextUnit,
    longs: Sequence[tuple[str, str]],
    pattern: re.Pattern[str],
) -> _Explained | None:
    """Return how a sentence or row explains the term: an acronym before a definition."""
    words = " ".join(piece.text.split())
    for other, told in longs:
        if other.casefold() in words.casefold():
            return _Explained(_shown(chunk, block, piece), 0, told)
    if block.is_table:
        is_entry = bool(pattern.fullmatch(f"{cells_of(piece.text)[0]}: "))
        return _Explained(_shown(chunk, block, piece), 1) if is_entry else None
    match = pattern.match(words)
    if match is None:
        return None
    return _Explained(_shown(chunk, block, piece), 1 if match["means"] or match["sign"] else 2)


def _shown(chunk: Chunk, block: Block, piece: TextUnit) -> Excerpt:
    if block.is_table:
        return rows_of(chunk, block, [piece], highlighted=[0])
    return marked_words(chunk, block, piece)


def _pattern(term: str) -> re.Pattern[str]:
    """Return what a sentence begins with that says what a term means."""
    name = r"\s+".join(map(re.escape, term.split()))
    return re.compile(
        rf"\W*{_ARTICLE}{_QUOTES}{name}{_QUOTES}(?:\s*\([^()]*\))?"
        rf"(?:(?P<sign>\s*:\s)|\s+(?:(?P<means>{_MEANS})|(?P<is>{_IS})))",
        re.IGNORECASE,
    )


def _long_forms(term: str, text: str) -> list[tuple[str, str]]:
    """Return the other form of an acronym in a text, with the form that is told."""
    asked = " ".join(term.split()).casefold()
    pairs: list[tuple[str, str]] = []
    for acronym in explained_acronyms(text):
        if acronym.short.casefold() == asked:
            pairs.append((acronym.long, acronym.long))
        elif acronym.long.casefold() == asked:
            pairs.append((acronym.short, acronym.short))
    return pairs


def _has_term(term: str, words: str) -> bool:
    name = r"\s+".join(map(re.escape, term.split()))
    return bool(re.search(rf"(?<!\w){name}(?!\w)", words, re.IGNORECASE))
