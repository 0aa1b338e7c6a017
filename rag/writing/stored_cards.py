"""Writes the cards and parts of an answer as they are stored, and reads them back."""

from collections.abc import Sequence
from typing import Any

from core.domain.answers import AnswerLevel, AnswerPart, Card, CardTable

Json = dict[str, Any]  # Any: a JSON column


def to_json(card: Card) -> Json:
    """Return a card as a JSON object; without `table` where it is none."""
    record: Json = {
        "number": card.number,
        "headings": list(card.headings),
        "text": card.text,
        "highlights": [list(span) for span in card.highlights],
        "is_small": card.is_small,
    }
    return record if card.table is None else {**record, "table": _table_json(card.table)}


def cards_from(records: Sequence[Json]) -> tuple[Card, ...]:
    """Return stored cards as values."""
    return tuple(_card(record) for record in records)


def part_to_json(part: AnswerPart) -> Json:
    """Return a part of an answer as a JSON object."""
    return {
        "title": part.title,
        "level": part.level.value,
        "lead": part.lead,
        "note": part.note,
        "numbers": list(part.numbers),
        "is_beside": part.is_beside,
    }


def parts_from(records: Sequence[Json]) -> tuple[AnswerPart, ...]:
    """Return stored parts as values."""
    return tuple(
        AnswerPart(
            record["title"],
            AnswerLevel(record["level"]),
            record["lead"],
            record["note"],
            tuple(record["numbers"]),
            record["is_beside"],
        )
        for record in records
    )


def _table_json(table: CardTable) -> Json:
    return {
        "header": list(table.header),
        "rows": [list(row) for row in table.rows],
        "highlighted": list(table.highlighted),
        "rows_before": table.rows_before,
        "rows_after": table.rows_after,
    }


def _card(record: Json) -> Card:
    table = record.get("table")
    return Card(
        record["number"],
        tuple(record["headings"]),
        record["text"],
        tuple((start, end) for start, end in record["highlights"]),
        _table(table) if table else None,
        record["is_small"],
    )


def _table(record: Json) -> CardTable:
    return CardTable(
        tuple(record["header"]),
        tuple(map(tuple, record["rows"])),
        tuple(record["highlighted"]),
        record["rows_before"],
        record["rows_after"],
    )
