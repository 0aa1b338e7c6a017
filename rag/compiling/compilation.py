"""Answers that are put together from places of documents, word for word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from core.domain.answers import (
    AnswerPart,
    Card,
    CardTable,
    Citation,
    RetrievedChunk,
    Source,
)
from core.domain.knowledge import Chunk
from core.domain.text.sentences import TextUnit
from core.domain.text.table_rows import cells_of
from rag.reading.blocks import Block
from rag.writing.citations import cite
from rag.writing.draft import AnswerDraft


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A place of a passage with the card that shows it; the number of the card does not count.

    `quote` are the words that its source is opened at.
    """

    chunk: Chunk
    card: Card
    quote: str

    def as_small(self) -> "Excerpt":
        """Return the same with a small card."""
        return replace(self, card=replace(self.card, is_small=True))

    def as_large(self) -> "Excerpt":
        """Return the same with a card of the full size."""
        return replace(self, card=replace(self.card, is_small=False))


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a compilation: its excerpts under a title, a note and a lead, each "" if none."""

    excerpts: tuple[Excerpt, ...]
    title: str = ""
    note: str = ""
    lead: str = ""

    @property
    def is_bare(self) -> bool:
        """Whether there is nothing to be told but lead and excerpts."""
        return not self.title and not self.note


@dataclass(frozen=True, slots=True)
class Compilation:
    """An answer from places of documents, in sections."""

    sections: tuple[Section, ...]


def words_of(chunk: Chunk, headings: Sequence[str], start: int, end: int) -> Excerpt:
    """Return the words of a passage from one place to another as a small card."""
    text = chunk.text[start:end]
    return Excerpt(chunk, Card(0, tuple(headings), text, is_small=True), text)


def marked_words(chunk: Chunk, block: Block, unit: TextUnit) -> Excerpt:
    """Return the block of a passage as a card, with one unit of it highlighted."""
    start, end = block.pieces[0].start, block.pieces[-1].end
    span = (unit.start - start, unit.end - start)
    return Excerpt(chunk, Card(0, block.headings, chunk.text[start:end], (span,)), unit.text)


def rows_of(
    chunk: Chunk,
    block: Block,
    rows: Sequence[TextUnit],
    *,
    highlighted: Sequence[int] = (),
    left_out: tuple[int, int] = (0, 0),
) -> Excerpt:
    """Return rows of a table as a card with the names of its columns.

    `left_out` are the numbers of rows before and after them. The source is opened at all of them
    if nothing stands between, otherwise at the first highlighted one.
    """
    cells = [cells_of(row.text) for row in rows]
    width = max(len(block.columns), *map(len, cells))
    filled = [(*row, *[""] * (width - len(row))) for row in cells]
    header = (*block.columns, *[""] * (width - len(block.columns))) if block.columns else ()
    table = CardTable(header, tuple(filled), tuple(highlighted), *left_out)
    spans, text = _lines([row.text for row in rows])
    card = Card(0, block.headings, text, tuple(spans[n] for n in highlighted), table)
    together = chunk.text[rows[0].start : rows[-1].end]
    is_whole = together.split() == text.split()
    return Excerpt(chunk, card, together if is_whole else rows[min(highlighted, default=0)].text)


def _lines(lines: Sequence[str]) -> tuple[list[tuple[int, int]], str]:
    """Return where each line begins and ends in all of them, and all of them."""
    spans: list[tuple[int, int]] = []
    for line in lines:
        start = spans[-1][1] + 1 if spans else 0
        spans.append((start, start + len(line)))
    return spans, "\n".join(lines)


def put_into(draft: AnswerDraft, compilation: Compilation) -> None:
    """Make a compilation the answer of a draft, with a citation for each excerpt."""
    numbers = count(draft.numbered_after + 1)
    cards: list[Card] = []
    parts: list[AnswerPart] = []
    for section in compilation.sections:
        shown = [replace(e.card, number=n) for e, n in zip(section.excerpts, numbers, strict=False)]
        cards.extend(shown)
        own = tuple(card.number for card in shown)
        parts.append(AnswerPart(section.title, lead=section.lead, note=section.note, numbers=own))
    excerpts = [excerpt for section in compilation.sections for excerpt in section.excerpts]
    draft.cards = tuple(cards)
    draft.citations = [_citation(*pair) for pair in zip(excerpts, cards, strict=True)]
    draft.text = "\n\n".join(_paragraphs(compilation, draft.citations))
    draft.named = frozenset(Source(e.chunk.document_id, e.chunk.collection_id) for e in excerpts)
    # Read in their order, not found by a search: they have no scores.
    passages = {excerpt.chunk.id: excerpt.chunk for excerpt in excerpts}
    draft.chunks = tuple(RetrievedChunk(chunk, 0.0) for chunk in passages.values())
    if len(compilation.sections) == 1 and compilation.sections[0].is_bare:
        draft.lead = compilation.sections[0].lead
    else:
        draft.parts = tuple(parts)


def _citation(excerpt: Excerpt, card: Card) -> Citation:
    return cite(card.number, RetrievedChunk(excerpt.chunk, 0.0), excerpt.quote)


def _paragraphs(compilation: Compilation, citations: Sequence[Citation]) -> Iterator[str]:
    remaining = iter(citations)
    for section in compilation.sections:
        yield from filter(None, (section.title, section.note))
        for _, citation in zip(section.excerpts, remaining, strict=False):
            yield f"> {citation.quote} [{citation.number}]"
