"""What reviewers score: criteria on two axes, each with a weight and a text for every score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.errors import InvalidInput

LOWEST, HIGHEST = 1, 5
"""The scale of a score; whole numbers only."""
MOST_WEIGHT = 100
MOST_CRITERIA = 12


class Axis(StrEnum):
    """The two questions of a review: is it worth it, and can it be done?"""

    VALUE = "value"
    FEASIBILITY = "feasibility"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is scored from 1 to 5; `anchors` says in five texts what each score means.

    Within its axis only the ratio of the whole `weight` to the others counts; 0 leaves it out.
    """

    key: str
    axis: Axis
    weight: int
    name: str
    asks: str = ""
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CriteriaSet:
    """The criteria of reviews, and where the matrix is cut on each axis (0 to 100)."""

    criteria: tuple[Criterion, ...]
    value_cut: float = 50.0
    feasibility_cut: float = 50.0

    def of(self, axis: Axis) -> tuple[Criterion, ...]:
        """Return the criteria of this axis that have a weight."""
        return tuple(c for c in self.criteria if c.axis is axis and c.weight > 0)

    @property
    def scored(self) -> tuple[str, ...]:
        """The keys of all criteria that have a weight, in order."""
        return tuple(c.key for c in self.criteria if c.weight > 0)

    def with_weights(self, weights: Mapping[str, int]) -> "CriteriaSet":
        """Return the same set with these weights; raise InvalidInput for an unknown key."""
        unknown = sorted(weights.keys() - {c.key for c in self.criteria})
        if unknown:
            raise InvalidInput(f"There is no criterion “{unknown[0]}”.")
        changed = (replace(c, weight=weights.get(c.key, c.weight)) for c in self.criteria)
        return checked(replace(self, criteria=tuple(changed)))


def checked(criteria: CriteriaSet) -> CriteriaSet:
    """Return the set; raise InvalidInput, naming what is wrong, unless both axes can be scored."""
    problem = next(iter(criteria_problems(criteria)), None)
    if problem:
        raise InvalidInput(problem)
    return criteria


def criteria_problems(criteria: CriteriaSet) -> list[str]:
    """Return what keeps the set from being used, one sentence each."""
    every = criteria.criteria
    problems = [*_set_problems(every), *filter(None, map(_problem, every))]
    for axis in Axis:
        if not criteria.of(axis):
            problems.append(f"Give at least one criterion of {axis.value} a weight above 0.")
    for axis, cut in zip(Axis, (criteria.value_cut, criteria.feasibility_cut), strict=True):
        if not 0 < cut < 100:
            problems.append(f"The cut of {axis.value} must lie between 0 and 100.")
    return problems


def _set_problems(every: Sequence[Criterion]) -> list[str]:
    problems = []
    if len(every) > MOST_CRITERIA:
        problems.append(f"Use at most {MOST_CRITERIA} criteria.")
    if len({c.key for c in every}) < len(every):
        problems.append("Each criterion needs a name of its own.")
    return problems


def _problem(criterion: Criterion) -> str | None:
    if not criterion.key or not criterion.name.strip():
        return "Each criterion needs a name."
    if not 0 <= criterion.weight <= MOST_WEIGHT:
        return f"The weight of “{criterion.name}” must be a whole number from 0 to {MOST_WEIGHT}."
    if criterion.anchors and len(criterion.anchors) != HIGHEST:
        return f"“{criterion.name}” needs a text for each score from {LOWEST} to {HIGHEST}."
    return None
