"""Documents by name, where figures are told of each of them."""

from collections import Counter
from collections.abc import Sequence

SHOWN = 10
"""How many documents a figure names."""
Counted = tuple[str, str, int]
"""The title of a document, the name of its collection, and what was counted of it."""


def by_title(rows: Sequence[Counted]) -> dict[str, float | None]:
    """Return the first rows by title, with the collection where several have the same title."""
    titles = Counter(title for title, _, _ in rows)
    parts: dict[str, float | None] = {}
    for title, collection, number in rows[:SHOWN]:
        name = title if titles[title] == 1 else f"{title} ({collection})"
        parts[_free(name, parts)] = number
    return parts


def _free(name: str, taken: dict[str, float | None]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    return free
