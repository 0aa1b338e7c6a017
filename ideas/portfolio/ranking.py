"""The ranking: ideas in the order of a figure, with equal places for equal figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.domain.ideas.workflow import IdeaStatus
from ideas.portfolio.entries import Entry


class RankedBy(StrEnum):
    """The figure that ideas are ranked by."""

    SCORE = "score"
    RICE = "rice"
    VOTES = "votes"
    TRENDING = "trending"


CLOSED = frozenset(
    {IdeaStatus.DECLINED, IdeaStatus.DUPLICATE, IdeaStatus.WITHDRAWN, IdeaStatus.RETIRED}
)
"""States that no ranking shows unless the filter names them."""
FIGURES: dict[RankedBy, Callable[[Entry], float | None]] = {
    RankedBy.SCORE: lambda entry: entry.scored.total if entry.scored else None,
    RankedBy.RICE: lambda entry: entry.rice,
    RankedBy.VOTES: lambda entry: entry.votes,
    RankedBy.TRENDING: lambda entry: entry.trend,
}


@dataclass(frozen=True, slots=True)
class Place:
    """An idea with its place, from 1; None without a figure, behind all others."""

    place: int | None
    figure: float | None
    entry: Entry


def ranking_of(
    found: Sequence[Entry], by: RankedBy = RankedBy.SCORE, *, shows_all: bool = False
) -> list[Place]:
    """Return the ideas by a figure, the largest first, and newer ones first among equals."""
    figure = FIGURES[by]
    shown = [entry for entry in found if shows_all or entry.status not in CLOSED]
    ordered = sorted(shown, key=lambda e: (-_or_lowest(figure(e)), -e.number))
    places: list[Place] = []
    for number, entry in enumerate(ordered, start=1):
        value = figure(entry)
        is_tie = bool(places) and places[-1].figure == value
        place = places[-1].place if is_tie else number
        places.append(Place(None if value is None else place, value, entry))
    return places


def _or_lowest(figure: float | None) -> float:
    return float("-inf") if figure is None else figure
