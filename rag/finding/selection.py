"""Selects what an answer is made from: no passage twice, neighbours whole, several documents."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from core.domain.answers import RetrievedChunk
from core.domain.knowledge import Chunk
from core.domain.text.table_rows import BETWEEN_CELLS

# Passages that share this much of their word groups count as one: copies and old versions of a
# page. Broder, "On the resemblance and containment of documents", 1997.
SAME_SHARE = 0.8
WORDS_IN_GROUP = 4
# A question that compares is answered from at least two documents if two were found.
PASSAGES_OF_ONE_DOCUMENT = 2

_COMPARES = re.compile(
    r"\b(?:compar\w+|differ\w*|versus|vs|both|respectively|either|across|each of|than)\b"
    r"|\bbetween\b.+\band\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def select(hits: Sequence[RetrievedChunk], question: str, k: int) -> tuple[RetrievedChunk, ...]:
    """Return the k best of a larger number of hits, best first."""
    distinct = _without_repeats(hits)
    if _COMPARES.search(question):
        distinct = _spread(distinct)
    return tuple(_joined(distinct[:k]))


def preceded(hit: RetrievedChunk, before: Chunk) -> RetrievedChunk:
    """Return a hit with the passage in front of it, unless a heading or a page is between them."""
    first, second = before, hit.chunk
    is_same_page = first.version_id == second.version_id and first.page_to == second.page_from
    gap = second.start - (first.start + len(first.text))
    if not is_same_page or first.headings != second.headings or gap < 0:
        return hit
    text = f"{first.text}{_between(first.text, second.text, gap)}{second.text}"
    return replace(hit, chunk=replace(second, text=text, start=first.start))


def _without_repeats(hits: Sequence[RetrievedChunk]) -> list[RetrievedChunk]:
    distinct: list[tuple[RetrievedChunk, frozenset[tuple[str, ...]]]] = []
    for hit in hits:
        groups = _word_groups(hit.chunk.text)
        if not any(_are_same(groups, other) for _, other in distinct):
            distinct.append((hit, groups))
    return [hit for hit, _ in distinct]


def _word_groups(text: str) -> frozenset[tuple[str, ...]]:
    """Return all runs of `WORDS_IN_GROUP` words; a shorter text is one group."""
    words = _WORD.findall(text.lower())
    if len(words) < WORDS_IN_GROUP:
        return frozenset({tuple(words)})
    return frozenset(zip(*(words[start:] for start in range(WORDS_IN_GROUP)), strict=False))


def _are_same(groups: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    least = SAME_SHARE * max(len(groups), len(other))
    return min(len(groups), len(other)) >= least and len(groups & other) >= least


def _spread(hits: Sequence[RetrievedChunk]) -> list[RetrievedChunk]:
    """Move the first passages of each document before the further ones of any."""
    seen: Counter[str] = Counter()
    first: list[RetrievedChunk] = []
    further: list[RetrievedChunk] = []
    for hit in hits:
        seen[hit.chunk.document_id] += 1
        is_among_first = seen[hit.chunk.document_id] <= PASSAGES_OF_ONE_DOCUMENT
        (first if is_among_first else further).append(hit)
    return first + further


def _joined(hits: Sequence[RetrievedChunk]) -> list[RetrievedChunk]:
    """Join passages that follow each other on a page, at the rank of the better one."""
    joined: list[RetrievedChunk] = []
    for hit in hits:
        for index, other in enumerate(joined):
            if _follows(other, hit) or _follows(hit, other):
                joined[index] = _both(other, hit)
                break
        else:
            joined.append(hit)
    return joined


def _follows(first: RetrievedChunk, second: RetrievedChunk) -> bool:
    a, b = first.chunk, second.chunk
    is_same_page = a.version_id == b.version_id and a.page_to == b.page_from
    gap = b.start - (a.start + len(a.text))
    # Nothing but white space lies between passages that follow each other.
    return is_same_page and a.headings == b.headings and b.ordinal == a.ordinal + 1 and gap >= 0


def _both(better: RetrievedChunk, worse: RetrievedChunk) -> RetrievedChunk:
    first, second = sorted((better.chunk, worse.chunk), key=lambda chunk: chunk.start)
    gap = second.start - (first.start + len(first.text))
    text = f"{first.text}{_between(first.text, second.text, gap)}{second.text}"
    chunk = replace(better.chunk, text=text, start=first.start, ordinal=second.ordinal)
    return replace(better, chunk=chunk)


def _between(first: str, second: str, gap: int) -> str:
    """Return blank space as wide as in the document, so that offsets stay true.

    A table row begins on a line of its own.
    """
    if gap > 1:
        return "\n\n".ljust(gap)
    is_row = (
        BETWEEN_CELLS in first.rpartition("\n")[2] or BETWEEN_CELLS in second.partition("\n")[0]
    )
    return ("\n" if is_row else " ") * gap
