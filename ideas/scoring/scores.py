"""Value, feasibility and disagreement of an idea from the scores of its reviews."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from core.domain.ideas.criteria import HIGHEST, LOWEST, Axis, CriteriaSet, Criterion
from core.domain.ideas.review import Quadrant
from ideas.scoring.quadrants import quadrant_of

Scores = Mapping[str, int]
"""The scores of one review, from 1 to 5, by the key of the criterion."""

DISAGREEMENT = 1.0
"""Reviewers disagree from this standard deviation of a criterion on (product.md A4)."""
FIRM_FROM = 2
"""The number of reviews from which a place in the matrix is no longer provisional."""


@dataclass(frozen=True, slots=True)
class IdeaScores:
    """What the submitted reviews of an idea say together.

    `value` and `feasibility` are 0 to 100, `value_sd` and `feasibility_sd` the standard deviations
    between reviewers on that scale, 0 with one review. `disagreement` is the largest standard
    deviation of a criterion on the scale from 1 to 5.
    """

    review_count: int
    value: float
    feasibility: float
    value_sd: float
    feasibility_sd: float
    disagreement: float
    quadrant: Quadrant

    @property
    def is_provisional(self) -> bool:
        return self.review_count < FIRM_FROM

    @property
    def is_disputed(self) -> bool:
        return self.disagreement >= DISAGREEMENT


def score_problems(criteria: CriteriaSet, scores: Mapping[str, object]) -> dict[str, str]:
    """Return what is wrong with the scores of one review, by key; empty if they can be used."""
    problems = {key: "There is no such criterion." for key in scores if key not in criteria.scored}
    for key in criteria.scored:
        score = scores.get(key)
        if score is None:
            problems[key] = f"Choose a score from {LOWEST} to {HIGHEST}."
        elif not isinstance(score, int) or isinstance(score, bool):
            problems[key] = f"A score is a whole number from {LOWEST} to {HIGHEST}."
        elif not LOWEST <= score <= HIGHEST:
            problems[key] = f"{score} is outside the scale: choose {LOWEST} to {HIGHEST}."
    return problems


def combined(criteria: CriteriaSet, reviews: Sequence[Scores]) -> IdeaScores | None:
    """Return the scores of an idea; None without a review.

    A criterion that a review does not have, because criteria changed since, is left out of the mean
    of that review; a review without any criterion of an axis does not count.
    """
    rated = [each for scores in reviews if (each := _rated(criteria, scores)) is not None]
    if not rated:
        return None
    values = [each.value for each in rated]
    feasibilities = [each.feasibility for each in rated]
    value, feasibility = fmean(values), fmean(feasibilities)
    return IdeaScores(
        review_count=len(rated),
        value=value,
        feasibility=feasibility,
        value_sd=_spread(values),
        feasibility_sd=_spread(feasibilities),
        disagreement=max(spreads(criteria, [each.scores for each in rated]).values()),
        quadrant=quadrant_of(value, feasibility, criteria),
    )


def spreads(criteria: CriteriaSet, reviews: Sequence[Scores]) -> dict[str, float]:
    """Return the standard deviation of each criterion between reviews, on the scale 1 to 5."""
    return {
        key: _spread([float(scores[key]) for scores in reviews if key in scores])
        for key in criteria.scored
    }


@dataclass(frozen=True, slots=True)
class _Rated:
    value: float
    feasibility: float
    scores: Scores


def _rated(criteria: CriteriaSet, scores: Scores) -> _Rated | None:
    value = axis_score(criteria.of(Axis.VALUE), scores)
    feasibility = axis_score(criteria.of(Axis.FEASIBILITY), scores)
    if value is None or feasibility is None:
        return None
    return _Rated(value, feasibility, scores)


def axis_score(criteria: Sequence[Criterion], scores: Scores) -> float | None:
    """Return (weighted mean - 1) / 4 * 100 of one review (product.md A5), None without a score."""
    given = [(scores[c.key], c.weight) for c in criteria if c.key in scores]
    if not given:
        return None
    total = sum(weight for _, weight in given)
    mean = sum(score * weight for score, weight in given) / total
    return (mean - LOWEST) / (HIGHEST - LOWEST) * 100


def _spread(values: Sequence[float]) -> float:
    """Return the standard deviation of a sample, 0 for less than two values."""
    return stdev(values) if len(values) > 1 else 0.0
