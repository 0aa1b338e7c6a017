"""The roadmap: approved ideas by the quarter in which something of them is due or happened."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlmodel import Session, col, func, select

from core.domain.ideas.workflow import IdeaStatus
from core.storage.tables import IdeaMoveRow
from ideas.portfolio.entries import Entry


class Milestone(StrEnum):
    """What happens in the quarter."""

    PILOT_ENDS = "pilot_ends"
    IN_PRODUCTION = "in_production"


ON_THE_WAY = (IdeaStatus.APPROVED, IdeaStatus.EXPERIMENT)
RUNNING = (IdeaStatus.PRODUCTION, IdeaStatus.MEASURED)


@dataclass(frozen=True, slots=True)
class Item:
    """An idea with its milestone; `on` is None for a pilot without an end."""

    entry: Entry
    milestone: Milestone
    on: date | None


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a year with its milestones, the earliest first; without a year, the undated."""

    year: int | None
    number: int
    items: tuple[Item, ...]

    @property
    def label(self) -> str:
        """The quarter as in 2027-Q1; empty for the undated."""
        return f"{self.year}-Q{self.number}" if self.year else ""


def roadmap_of(found: Sequence[Entry], live_since: Mapping[str, date]) -> tuple[Quarter, ...]:
    """Return the quarters that have milestones, in order, the undated ones at the end."""
    by_quarter: dict[tuple[int, int], list[Item]] = defaultdict(list)
    for item in (_item(entry, live_since) for entry in found):
        if item is not None:
            by_quarter[_quarter(item.on)].append(item)
    return tuple(
        Quarter(None if year == UNDATED[0] else year, number, tuple(sorted(items, key=_order)))
        for (year, number), items in sorted(by_quarter.items())
    )


def live_since(session: Session) -> dict[str, date]:
    """Return for each idea the day on which it first went into production."""
    rows = session.exec(
        select(IdeaMoveRow.idea_id, func.min(col(IdeaMoveRow.at)))
        .where(IdeaMoveRow.to_status == IdeaStatus.PRODUCTION.value)
        .group_by(col(IdeaMoveRow.idea_id))
    ).all()
    return {idea_id: moment.date() for idea_id, moment in rows}


UNDATED = (9999, 5)
"""The place of what has no date, behind every quarter."""


def _item(entry: Entry, live: Mapping[str, date]) -> Item | None:
    if entry.status in ON_THE_WAY:
        return Item(entry, Milestone.PILOT_ENDS, entry.pilot_ends_on)
    if entry.status in RUNNING:
        return Item(entry, Milestone.IN_PRODUCTION, live.get(entry.id, entry.since.date()))
    return None


def _quarter(day: date | None) -> tuple[int, int]:
    return UNDATED if day is None else (day.year, (day.month - 1) // 3 + 1)


def _order(item: Item) -> tuple[date, int]:
    return item.on or date.max, item.entry.number
