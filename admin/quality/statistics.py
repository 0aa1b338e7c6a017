"""Tests of whether a window differs from its reference by more than chance."""

from collections.abc import Mapping, Sequence
from math import log, sqrt
from statistics import NormalDist

FEW = 500
"""Below so many values, five bins; ten from there on."""
LEAST_INDEX = 0.1
EMPTY_SHARE = 1e-4


def two_sided(level: float) -> float:
    """Return how many standard deviations leave `level` outside, on both sides together."""
    return NormalDist().inv_cdf(1 - level / 2)


def usual_range(share: float, cases: float, usual_cases: float, z: float) -> tuple[float, float]:
    """Return between which shares a window of `cases` lies, if nothing changed.

    Outside of it the score test of two shares, whose variance is that of both together, is beyond
    `z`. `share` is that of the reference. It is the interval of Wilson, with a second sample.
    """
    every = cases + usual_cases
    spread = z * z * (1 / cases + 1 / usual_cases)
    own, other = cases / every, share * usual_cases / every
    # (x - share)^2 = spread * p * (1 - p), where p = own * x + other
    square = 1 + spread * own * own
    linear = -2 * share - spread * own * (1 - 2 * other)
    constant = share * share - spread * other * (1 - other)
    root = sqrt(max(0.0, linear * linear - 4 * square * constant))
    low, high = (-linear - root) / (2 * square), (-linear + root) / (2 * square)
    return max(0.0, low), min(1.0, high)


def dispersion(days: Sequence[tuple[int, int]]) -> float:
    """Return how much more days differ than chance alone explains, at least 1.

    `days` are hits and cases of each. It is the sum of the squared Pearson residuals for each
    degree of freedom. Cases that come together, such as sentences of one answer, raise it.
    """
    days = [(hits, cases) for hits, cases in days if cases]
    every = sum(cases for _, cases in days)
    share = sum(hits for hits, _ in days) / every if every else 0.0
    if len(days) < 2 or not 0 < share < 1:
        return 1.0
    variance = share * (1 - share)
    squares = sum((hits - share * cases) ** 2 / (cases * variance) for hits, cases in days)
    return max(1.0, squares / (len(days) - 1))


def stability_index(window: Mapping[int, int], reference: Mapping[int, int]) -> tuple[float, int]:
    """Return the population stability index of two histograms, and its number of bins.

    Bins hold about the same number of values of both together: five below 500 values in the
    smaller one, ten from there on, and fewer where many values are equal.
    """
    bins = 5 if min(sum(window.values()), sum(reference.values())) < FEW else 10
    edges = _edges(window, reference, bins)
    pairs = list(zip(_shares(window, edges), _shares(reference, edges), strict=True))
    return sum((p - q) * log(p / q) for p, q in pairs), len(pairs)


def index_limit(cases: int, usual_cases: int, bins: int, level: float) -> float:
    """Return the index that chance exceeds in `level` of all windows, at least 0.1.

    Without a change the index is a chi-square variable times 1/n + 1/m, so that the customary 0.1
    is far too low for small samples.
    """
    by_chance = chi_square(1 - level, bins - 1) * (1 / cases + 1 / usual_cases) if bins > 1 else 0
    return max(LEAST_INDEX, by_chance)


def chi_square(share: float, freedom: int) -> float:
    """Return a quantile of the chi-square distribution (Wilson and Hilferty 1931, PNAS 17)."""
    part = 2 / (9 * freedom)
    return float(freedom * (1 - part + NormalDist().inv_cdf(share) * sqrt(part)) ** 3)


def rank_score(window: Sequence[float], reference: Sequence[float]) -> float:
    """Return by how many standard deviations the window ranks above the reference.

    It is the test of Mann and Whitney with its normal approximation, corrected for ties.
    """
    n, m = len(window), len(reference)
    wins = sum((x > y) + 0.5 * (x == y) for x in window for y in reference)
    every = sorted([*window, *reference])
    ties = sum(count**3 - count for count in (every.count(value) for value in set(every)))
    variance = n * m / 12 * (n + m + 1 - ties / ((n + m) * (n + m - 1)))
    return (wins - n * m / 2) / sqrt(variance) if variance > 0 else 0.0


def _edges(window: Mapping[int, int], reference: Mapping[int, int], bins: int) -> list[int]:
    """Return the greatest value of each bin but the last."""
    both = {v: window.get(v, 0) + reference.get(v, 0) for v in {*window, *reference}}
    every, seen, edges = sum(both.values()), 0, list[int]()
    for value in sorted(both)[:-1]:
        seen += both[value]
        if seen * bins >= every * (len(edges) + 1):
            edges.append(value)
            # A value that fills several bins takes the place of all of them.
            if len(edges) == bins - 1:
                break
    return edges


def _shares(values: Mapping[int, int], edges: Sequence[int]) -> list[float]:
    counts = [0] * (len(edges) + 1)
    for value, count in values.items():
        counts[sum(value > edge for edge in edges)] += count
    every = sum(counts)
    return [max(EMPTY_SHARE, count / every) for count in counts]
