"""Numbers by which ideas are put in order: RICE, trending, and how large a bubble is drawn."""

from collections.abc import Sequence
from statistics import quantiles

from core.domain.ideas.criteria import HIGHEST, LOWEST

RICE_IMPACT = (0.25, 0.5, 1.0, 2.0, 3.0)
"""What a score of impact from 1 to 5 multiplies by (Intercom's steps)."""
LEAST_EFFORT = 0.5
"""Person-months; less is counted as this."""
UNSURE = 50
"""Percent; the confidence of whoever gave none."""
CAP_PERCENTILE = 95


def rice(
    reach: float | None, impact: float | None, confidence: int | None, effort: float | None
) -> float | None:
    """Return reach * impact * confidence / effort, None where reach, impact or effort is unknown.

    `reach` counts people or cases a month, `impact` is a mean score from 1 to 5, `confidence` a
    percentage and `effort` person-months.
    """
    if reach is None or impact is None or effort is None:
        return None
    certainty = (UNSURE if confidence is None else confidence) / 100
    return reach * rice_impact(impact) * certainty / max(effort, LEAST_EFFORT)


def rice_impact(score: float) -> float:
    """Return the multiplier of a mean score, in between the steps along a straight line."""
    place = min(max(score, LOWEST), HIGHEST) - LOWEST
    below = min(int(place), len(RICE_IMPACT) - 2)
    low, high = RICE_IMPACT[below], RICE_IMPACT[below + 1]
    return low + (high - low) * (place - below)


def trending(votes: int, comments: int, age_hours: float) -> float:
    """Return ((5 * votes + 3 * comments) - 1) / (age + 2) ** 1.4, counts of the last 30 days.

    The formula is that of Fider's list of trending posts (`common.go`).
    """
    return float((5 * votes + 3 * comments - 1) / (max(age_hours, 0.0) + 2) ** 1.4)


def benefit_cap(benefits: Sequence[float]) -> float:
    """Return the benefit from which bubbles no longer grow: the 95th percentile, 0 without any."""
    positive = sorted(benefit for benefit in benefits if benefit > 0)
    if len(positive) < 2:
        return positive[0] if positive else 0.0
    return quantiles(positive, n=100, method="inclusive")[CAP_PERCENTILE - 1]


def bubble_area(benefit: float | None, cap: float) -> float:
    """Return the share of the largest area, from 0 to 1; it is the area that shows the benefit."""
    if not benefit or benefit <= 0 or cap <= 0:
        return 0.0
    return min(benefit / cap, 1.0)
