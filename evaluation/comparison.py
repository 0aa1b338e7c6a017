"""Compares a run with its baseline, case by case: is the difference more than chance?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

import numpy as np

from evaluation.measures import in_order, measure_of
from evaluation.runs import CaseResult, Run

RESAMPLES = 10_000
SEED = 20_260
CONFIDENCE = 0.95
TOLERANCE = 0.02


class Outcome(StrEnum):
    """The verdict on a difference."""

    PASS = "pass"  # noqa: S105  not a password
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Interval:
    """The bounds of a confidence interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of the run minus that of the baseline, over the `cases` that both have."""

    name: str
    baseline: float
    current: float
    interval: Interval
    cases: int
    outcome: Outcome

    @property
    def change(self) -> float:
        return self.current - self.baseline


@dataclass(frozen=True, slots=True)
class Flip:
    """A case that was right and is wrong now, or the other way round."""

    case_id: str
    kind: str
    question: str
    is_right_now: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run and its baseline; `has_same_dataset` is False if the questions changed in between."""

    baseline_id: str
    has_same_dataset: bool
    differences: tuple[Difference, ...]
    flips: tuple[Flip, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of all differences."""
        outcomes = {difference.outcome for difference in self.differences}
        for outcome in (Outcome.FAIL, Outcome.WARN):
            if outcome in outcomes:
                return outcome
        return Outcome.PASS


def compare(run: Run, baseline: Run, *, tolerance: float = TOLERANCE) -> Comparison:
    """Compare the cases that both runs have, paired by id.

    A gated measure that got worse by more than `tolerance` fails if the interval of the difference
    excludes 0; anything else that got worse is a warning.
    """
    before = {result.case_id: result for result in baseline.results}
    pairs = [(before[r.case_id], r) for r in run.results if r.case_id in before]
    names = in_order(name for _, result in pairs for name in result.values)
    differences = (_difference(name, pairs, tolerance) for name in names)
    return Comparison(
        baseline.id,
        run.dataset_sha256 == baseline.dataset_sha256,
        tuple(difference for difference in differences if difference),
        tuple(_flip(now) for then, now in pairs if then.is_right is not now.is_right),
    )


def bootstrap_mean(values: Sequence[float]) -> Interval:
    """Bootstrap a mean (percentiles, Efron and Tibshirani, 1993); 10,000 resamples, fixed seed.

    With differences of pairs it is the paired bootstrap (Koehn, 2004).
    """
    sample = np.asarray(values, dtype=np.float64)
    generator = np.random.default_rng(SEED)
    # In blocks, because all picks of a large dataset at once would take gigabytes.
    means = np.concatenate(
        [
            sample[generator.integers(0, len(sample), size=(RESAMPLES // 100, len(sample)))].mean(1)
            for _ in range(100)
        ]
    )
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(float(low), float(high))


def _difference(
    name: str, pairs: Sequence[tuple[CaseResult, CaseResult]], tolerance: float
) -> Difference | None:
    value_pairs = [
        (a.values[name], b.values[name])
        for a, b in pairs
        if {name} <= a.values.keys() & b.values.keys()
    ]
    if not value_pairs:
        return None
    interval = bootstrap_mean([b - a for a, b in value_pairs])
    baseline, current = fmean(a for a, _ in value_pairs), fmean(b for _, b in value_pairs)
    outcome = _outcome(name, current - baseline, interval, tolerance)
    return Difference(name, baseline, current, interval, len(value_pairs), outcome)


def _outcome(name: str, change: float, interval: Interval, tolerance: float) -> Outcome:
    measure = measure_of(name)
    worse_by = -change if measure.is_higher_better else change
    if not measure.is_gated or worse_by <= 0:
        return Outcome.PASS
    excludes_zero = interval.low > 0 or interval.high < 0
    return Outcome.FAIL if worse_by > tolerance and excludes_zero else Outcome.WARN


def _flip(result: CaseResult) -> Flip:
    return Flip(result.case_id, result.kind, result.question, result.is_right)
