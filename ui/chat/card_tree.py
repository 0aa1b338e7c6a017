"""Turns the cards of an answer into data that the browser builds elements from.

What a card shows are words of documents: plain strings, which the component writes as text.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from core.domain.answers import (
    Answer,
    AnswerLevel,
    AnswerPart,
    Card,
    CardTable,
    Citation,
    only_nearest,
)
from core.domain.text.sentences import text_units
from ui import words
from ui.chat.answer_tree import plain_tree
from ui.components.inline_marks import without_marks
from ui.components.text_tree import (
    MarkedText,
    Node,
    grid,
    is_code,
    is_markdown,
    spans,
    text_nodes,
    typed_node,
)

# Rows and characters of a small card: enough to tell whether it is worth opening.
SMALL_ROWS = 3
SMALL_CHARACTERS = 360
# From this length on a lead is a sentence to read, not a value to see.
LONG_LEAD = 90


def lead_node(answer: Answer) -> Node | None:
    """Return the line that answers at a glance with the number of its source, None without one.

    Where no document answers directly, the line says so.
    """
    if answer.level is AnswerLevel.POSSIBLY:
        return {"text": only_nearest(len(answer.cards)), "cites": [], "long": True}
    return _lead(answer.lead, answer, [card.number for card in answer.cards])


def _lead(lead: str, answer: Answer, numbers: Iterable[int]) -> Node | None:
    text = lead.strip()
    if not text:
        return None
    cited = _cited(answer)
    sources = [cited[number] for number in numbers if number in cited][:1]
    if any(is_markdown(source.file_name) for source in sources):
        text = without_marks(text)
    return {"text": text, "cites": [s.number for s in sources], "long": len(text) > LONG_LEAD}


def part_nodes(answer: Answer, cards: Sequence[Node]) -> list[Node]:
    """Return the parts of an answer with their cards, among those that can be opened."""
    return [_part(part, answer, cards) for part in answer.parts]


def _part(part: AnswerPart, answer: Answer, cards: Sequence[Node]) -> Node:
    return {
        "title": part.title,
        "beside": part.is_beside,
        "lead": _lead(part.lead, answer, part.numbers),
        "note": list(plain_tree(part.note)) if part.note else [],
        "cards": [card for card in cards if card["number"] in part.numbers],
    }


def card_nodes(answer: Answer) -> list[Node]:
    """Return the cards whose source can be opened, in their order."""
    cited = _cited(answer)
    return [_card(card, cited[card.number]) for card in answer.cards if card.number in cited]


def shown_numbers(answer: Answer) -> dict[int, int]:
    """Return by citation the number that a reader sees: cards count 1, 2, 3 without gaps.

    Citations that no card shows come after those of the cards.
    """
    cited = _cited(answer)
    on_cards = [card.number for card in answer.cards if card.number in cited]
    return {number: place for place, number in enumerate(dict.fromkeys([*on_cards, *cited]), 1)}


def _cited(answer: Answer) -> Mapping[int, Citation]:
    return {citation.number: citation for citation in answer.citations}


def _card(card: Card, source: Citation) -> Node:
    as_markdown = is_markdown(source.file_name)
    headings = [without_marks(one) for one in card.headings] if as_markdown else card.headings
    path = _path(headings, source.document_title)
    if card.table is not None:
        table = _around(card.table) if card.is_small else card.table
        blocks = [grid(_read(table) if as_markdown else table)]
    else:
        shown = _beginning(card) if card.is_small else card
        marked = spans(shown.highlights, len(shown.text))
        blocks = _blocks(MarkedText(shown.text, marked, as_markdown), card, source)
    return {
        "number": card.number,
        "path": path,
        "small": card.is_small,
        "blocks": blocks,
    }


def _blocks(text: MarkedText, card: Card, source: Citation) -> list[Node]:
    if is_code(source.file_name):
        return [typed_node(text)]
    said = frozenset({source.document_title, *card.headings})
    return list(text_nodes(text, said))


def _path(headings: Sequence[str], title: str) -> list[str]:
    """Return the headings that say more than the title; the columns of a table are none."""
    return [
        heading
        for heading in headings
        if heading.strip() and heading != title and " | " not in heading
    ]


def _read(table: CardTable) -> CardTable:
    """Return a table of a Markdown file as it reads without the marks in its cells."""
    return replace(
        table,
        header=tuple(map(without_marks, table.header)),
        rows=tuple(tuple(map(without_marks, row)) for row in table.rows),
    )


def _around(table: CardTable) -> CardTable:
    """Cut a long table to a few rows that begin with the first highlighted one."""
    if len(table.rows) <= SMALL_ROWS:
        return table
    inside = [number for number in table.highlighted if 0 <= number < len(table.rows)]
    first = min(inside, default=0)
    last = min(max(inside, default=first) + 1, first + SMALL_ROWS)
    last = last if inside else min(len(table.rows), SMALL_ROWS)
    return replace(
        table,
        rows=table.rows[first:last],
        highlighted=tuple(number - first for number in inside if first <= number < last),
        rows_before=table.rows_before + first,
        rows_after=table.rows_after + len(table.rows) - last,
    )


def _beginning(card: Card) -> Card:
    """Cut a long text to a few lines that begin with the unit of the first highlight."""
    if len(card.text) <= SMALL_CHARACTERS:
        return card
    marked = spans(card.highlights, len(card.text))
    first = marked[0][0] if marked else 0
    starts = (unit.start for unit in text_units(card.text))
    start = max((start for start in starts if start <= first), default=0)
    text = words.shortened(card.text[start:].rstrip(), SMALL_CHARACTERS)
    moved = tuple((a - start, min(b - start, len(text))) for a, b in marked)
    return replace(card, text=text, highlights=moved)
