"""The four fields of the matrix of value and feasibility."""

from core.domain.ideas.criteria import CriteriaSet
from core.domain.ideas.review import Quadrant

ROUNDING = 1e-9
"""Sums of weights in binary miss a tie at the cut by less than this."""


def quadrant_of(value: float, feasibility: float, criteria: CriteriaSet) -> Quadrant:
    """Return the field of a place (0 to 100 on both axes); a tie at a cut counts as above it."""
    is_valuable = value >= criteria.value_cut - ROUNDING
    is_feasible = feasibility >= criteria.feasibility_cut - ROUNDING
    match is_valuable, is_feasible:
        case True, True:
            return Quadrant.QUICK_WIN
        case True, False:
            return Quadrant.BIG_BET
        case False, True:
            return Quadrant.INCREMENTAL
        case _:
            return Quadrant.TRAP
