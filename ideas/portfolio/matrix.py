"""The matrix of value and feasibility: a bubble for each reviewed idea."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.ideas.criteria import CriteriaSet
from core.domain.ideas.review import Quadrant
from core.domain.ideas.workflow import IdeaStatus
from ideas.portfolio.entries import Entry, Scored
from ideas.scoring.orders import benefit_cap, bubble_area

LEFT_OUT = frozenset({IdeaStatus.DUPLICATE, IdeaStatus.WITHDRAWN})
"""States that no matrix shows unless the filter names them."""


@dataclass(frozen=True, slots=True)
class Point:
    """A bubble: its place and whiskers are in `scored`, `area` is the share of the largest one.

    Colour follows `entry.risk`, the symbol `entry.category`; it is hollow while provisional.
    """

    entry: Entry
    scored: Scored
    area: float


@dataclass(frozen=True, slots=True)
class Matrix:
    """The points, where the axes are cut, and how many ideas are not on it and why.

    Benefits above `benefit_cap` a year are drawn as large as it; 0 means that none has a benefit.
    """

    points: tuple[Point, ...]
    value_cut: float
    feasibility_cut: float
    benefit_cap: float
    unscored: int
    hidden_until_reviewed: int

    def counts(self) -> dict[Quadrant, int]:
        """Return how many ideas are in each field; provisional ones do not count."""
        firm = [p.scored.quadrant for p in self.points if not p.scored.is_provisional]
        return {quadrant: firm.count(quadrant) for quadrant in Quadrant}


def matrix_of(found: Sequence[Entry], criteria: CriteriaSet, *, shows_all: bool) -> Matrix:
    """Return the matrix of these ideas; `shows_all` says that the filter names the states."""
    shown = [entry for entry in found if shows_all or entry.status not in LEFT_OUT]
    placed = [(entry, entry.scored) for entry in shown if entry.scored is not None]
    cap = benefit_cap([float(entry.yearly_benefit or 0) for entry, _ in placed])
    points = tuple(
        Point(entry, scored, bubble_area(float(entry.yearly_benefit or 0), cap))
        for entry, scored in placed
    )
    return Matrix(
        points,
        criteria.value_cut,
        criteria.feasibility_cut,
        cap,
        unscored=sum(entry.scored is None and not entry.is_blind for entry in shown),
        hidden_until_reviewed=sum(entry.is_blind for entry in shown),
    )
