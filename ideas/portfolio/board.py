"""The board: ideas by state, with counts and ages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from core.domain.ideas.workflow import IdeaStatus
from ideas.portfolio.entries import Entry

COLUMN = 50
"""Cards that a column shows; its count and ages are of all."""


@dataclass(frozen=True, slots=True)
class Column:
    """A state with its ideas, those first that have been in it longest; ages in whole days."""

    status: IdeaStatus
    count: int
    median_days: int
    oldest_days: int
    cards: tuple[Entry, ...]


def board_of(
    found: Sequence[Entry],
    at: datetime,
    statuses: frozenset[IdeaStatus] = frozenset(),
    *,
    cards: int = COLUMN,
) -> tuple[Column, ...]:
    """Return a column for each state in the order of the way, or only for `statuses`.

    At most `cards` ideas are shown in each.
    """
    wanted = [
        s for s in IdeaStatus if s is not IdeaStatus.DRAFT and (not statuses or s in statuses)
    ]
    by_status: dict[IdeaStatus, list[Entry]] = {status: [] for status in wanted}
    for entry in found:
        if entry.status in by_status:
            by_status[entry.status].append(entry)
    return tuple(_column(status, of_status, at, cards) for status, of_status in by_status.items())


def _column(status: IdeaStatus, found: Sequence[Entry], at: datetime, cards: int) -> Column:
    oldest_first = sorted(found, key=lambda entry: (entry.since, entry.number))
    days = [entry.days_in_state(at) for entry in oldest_first]
    return Column(
        status,
        len(days),
        int(median(days)) if days else 0,
        max(days, default=0),
        tuple(oldest_first[:cards]),
    )
