"""Shows quotes where they stand: in one card to be read whole, and at most one small one."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from core.domain.answers import Card, CardTable, Citation, RetrievedChunk
from core.domain.text.sentences import TextUnit, without_bullet
from core.domain.text.table_rows import cells_of
from rag.reading.blocks import Block, Blocks
from rag.writing.citations import cite
from rag.writing.passages import Quote

SMALL_CARDS = 1
# What one reads without scrolling. A sentence or row that is longer is shown whole all the same.
MAX_WORDS = 120
MAX_ROWS = 12
SMALL_WORDS = 60
SMALL_ROWS = 3
# Words that are quoted with the sentence before them have at most so many together.
WORDS_TOGETHER = 80
SENTENCES_BEFORE = 2
# What scores this much less than the best quote of a card is read in it without a highlight.
BEHIND_HIGHLIGHTED = 0.15

_LEANS_BACK = re.compile(
    r"\W*(?:\d+[.)]\s+)?(?:he|she|it|they|his|her|its|their|this|that|these|those|such|there|however"
    r"|therefore|otherwise|instead|both|also|but|the (?:former|latter|same))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ShownCards:
    """The cards of an answer, and the citations of their highlights in order."""

    cards: tuple[Card, ...] = ()
    citations: tuple[Citation, ...] = ()

    def numbered_after(self, last: int) -> "ShownCards":
        """Return the same with numbers that go on from those of other cards."""
        return ShownCards(
            tuple(replace(card, number=last + card.number) for card in self.cards),
            tuple(replace(cited, number=last + cited.number) for cited in self.citations),
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """A block of a passage with the quotes in it, as pairs of start and end in the passage."""

    quote: Quote
    block: Block
    spans: tuple[tuple[int, int], ...]


def leans_back(text: str) -> bool:
    """Return whether words cannot stand alone: they begin with a pronoun or go on from others."""
    return bool(_LEANS_BACK.match(text))


def completed(
    quotes: Sequence[Quote],
    with_passage_before: Callable[[RetrievedChunk], RetrievedChunk],
    blocks: Blocks,
) -> list[Quote]:
    """Return quotes in passages that also hold the sentence that a quote at their start leans on.

    `with_passage_before` puts the passage before in front of one.
    """
    begun = {q.hit.chunk.id: q.hit for q in quotes if _begins_in_the_middle(q, blocks)}
    whole = {chunk_id: with_passage_before(hit) for chunk_id, hit in begun.items()}
    return [_moved(quote, whole.get(quote.hit.chunk.id, quote.hit)) for quote in quotes]


def _begins_in_the_middle(quote: Quote, blocks: Blocks) -> bool:
    block = block_of(quote, blocks)
    first = block.pieces[0]
    is_first = quote.start <= first.start + len(first.text) and not first.start
    return is_first and not block.is_table and leans_back(quote.text)


def _moved(quote: Quote, hit: RetrievedChunk) -> Quote:
    return replace(quote, hit=hit, start=quote.start + quote.hit.chunk.start - hit.chunk.start)


def show(quotes: Sequence[Quote], blocks: Blocks) -> ShownCards:
    """Return the cards of quotes, best first: what stands around the best one, and other places.

    A quote that leans on the sentence before is highlighted together with it.
    """
    cards: list[Card] = []
    citations: list[Citation] = []
    for place in _places(quotes, blocks):
        card, spans = _card(place, len(citations) + 1, is_small=bool(cards))
        text = place.quote.hit.chunk.text
        if cards and (_only_introduces(card) or _says_again(cards[0], text, spans)):
            continue
        cards.append(card)
        for start, end in spans:
            citations.append(cite(len(citations) + 1, place.quote.hit, text[start:end]))
        if len(cards) > SMALL_CARDS:
            break
    return ShownCards(tuple(cards), tuple(citations))


def _places(quotes: Sequence[Quote], blocks: Blocks) -> Iterator[_Place]:
    """Yield the blocks that quotes stand in, in the order of their best quotes."""
    places: dict[tuple[int, int], list[tuple[Quote, Block]]] = {}
    for quote in quotes:
        block = block_of(quote, blocks)
        key = (quote.hit.chunk.id, block.pieces[0].start)
        places.setdefault(key, []).append((quote, block))
    for found in places.values():
        best, block = found[0]
        least = best.score - BEHIND_HIGHLIGHTED
        spans = [_span(quote, block) for quote, _ in found if quote.score >= least]
        yield _Place(best, block, _merged(spans, best.hit.chunk.text, block))


def block_of(quote: Quote, blocks: Blocks) -> Block:
    """Return the block that a quote stands in; the quote alone if it is in none."""
    alone = Block((), (TextUnit(quote.text, quote.start, quote.end, quote.kind),))
    return blocks.at(quote.hit.chunk, quote.start) or alone


def _span(quote: Quote, block: Block) -> tuple[int, int]:
    """Return where the quote begins and ends, with the sentences before that it leans on."""
    start, end = quote.start, min(quote.end, block.pieces[-1].end)
    if block.is_table:
        return start, end
    text = quote.hit.chunk.text
    before = [piece for piece in block.pieces if piece.end <= start]
    for piece in before[: -SENTENCES_BEFORE - 1 : -1]:
        words = len(text[piece.start : end].split())
        if not leans_back(text[start:end]) or words > WORDS_TOGETHER:
            break
        start = piece.end - len(without_bullet(piece))
    return start, end


def _merged(
    spans: Sequence[tuple[int, int]], text: str, block: Block
) -> tuple[tuple[int, int], ...]:
    """Join spans that overlap, and sentences with nothing between them; rows stay apart."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        is_next = merged and not block.is_table and not text[merged[-1][1] : start].strip()
        if is_next or (merged and start < merged[-1][1]):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _card(
    place: _Place, number: int, *, is_small: bool
) -> tuple[Card, tuple[tuple[int, int], ...]]:
    """Return a card with what it highlights, as places in the passage."""
    first, last = _window(place, is_small=is_small)
    pieces = place.block.pieces[first : last + 1]
    start, end = pieces[0].start, pieces[-1].end
    spans = tuple((a, b) for a, b in place.spans if start <= a and b <= end)
    card = Card(
        number,
        place.block.headings,
        place.quote.hit.chunk.text[start:end],
        tuple((a - start, b - start) for a, b in spans),
        _table(place, first, last) if place.block.is_table else None,
        is_small,
    )
    return card, spans


def _window(place: _Place, *, is_small: bool) -> tuple[int, int]:
    """Return the first and the last piece to show: the best quote, other quotes, what is near."""
    fits = _fits(place.block, is_small=is_small)
    pieces = place.block.pieces
    best, *others = sorted(place.spans, key=lambda span: not _holds(span, place.quote))
    first, last = _range(pieces, best)
    wanted = [_range(pieces, span) for span in others]
    for lower, upper in wanted:
        if fits(min(first, lower), max(last, upper)):
            first, last = min(first, lower), max(last, upper)
    grows = True
    while grows:
        grows = False
        for lower, upper in ((first, last + 1), (first - 1, last)):
            if lower >= 0 and upper < len(pieces) and fits(min(first, lower), max(last, upper)):
                first, last, grows = min(first, lower), max(last, upper), True
    return first, last


def _holds(span: tuple[int, int], quote: Quote) -> bool:
    return span[0] <= quote.start < span[1]


def _range(pieces: Sequence[TextUnit], span: tuple[int, int]) -> tuple[int, int]:
    """Return the first and the last piece that a span touches."""
    start, end = span
    touched = [n for n, piece in enumerate(pieces) if piece.start < end and start < piece.end]
    return touched[0], touched[-1]


def _fits(block: Block, *, is_small: bool) -> Callable[[int, int], bool]:
    """Return what tells whether the pieces from one to another are few enough for a card."""
    most_words = SMALL_WORDS if is_small else MAX_WORDS
    most_rows = SMALL_ROWS if is_small else MAX_ROWS
    counts = [len(piece.text.split()) for piece in block.pieces]

    def fits(first: int, last: int) -> bool:
        is_few = not block.is_table or last - first < most_rows
        return is_few and sum(counts[first : last + 1]) <= most_words

    return fits


def _table(place: _Place, first: int, last: int) -> CardTable:
    """Return the cells of rows, all rows as wide as the widest."""
    pieces = place.block.pieces
    rows = [cells_of(piece.text) for piece in pieces[first : last + 1]]
    width = max(len(place.block.columns), *map(len, rows))
    header = place.block.columns
    return CardTable(
        _filled(header, width) if header else (),
        tuple(_filled(row, width) for row in rows),
        tuple(
            number
            for number, piece in enumerate(pieces[first : last + 1])
            if any(piece.start < b and a < piece.end for a, b in place.spans)
        ),
        first,
        len(pieces) - 1 - last,
    )


def _filled(cells: Sequence[str], width: int) -> tuple[str, ...]:
    return (*cells, *[""] * (width - len(cells)))


def _only_introduces(card: Card) -> bool:
    """Return whether a card ends where what it announces begins: "The following applies:"."""
    return card.table is None and card.text.rstrip().endswith(":")


def _says_again(card: Card, text: str, spans: Sequence[tuple[int, int]]) -> bool:
    return any(_says(card.text, text[start:end]) for start, end in spans)


def _says(text: str, words: str) -> bool:
    return " ".join(words.casefold().split()) in " ".join(text.casefold().split())
