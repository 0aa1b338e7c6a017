"""The lines of a run that both reports show."""

from collections import Counter
from dataclasses import dataclass
from statistics import fmean

from evaluation.comparison import Comparison, Difference, Interval, bootstrap_mean
from evaluation.gate import Breach
from evaluation.measures import in_order, title_of
from evaluation.runs import CaseResult, Run, by_measure


@dataclass(frozen=True, slots=True)
class Findings:
    """A run with all that was judged of it; `comparison` is None without a baseline."""

    run: Run
    breaches: tuple[Breach, ...] = ()
    comparison: Comparison | None = None

    @property
    def has_passed(self) -> bool:
        return not self.breaches and not self.regressions

    @property
    def regressions(self) -> list[Difference]:
        """The measures that fell behind the baseline by more than chance."""
        return [d for d in self._differences if d.outcome == "fail"]

    @property
    def warnings(self) -> list[Difference]:
        """The measures that fell, but by no more than chance or the tolerance."""
        return [d for d in self._differences if d.outcome == "warn"]

    @property
    def wrong(self) -> list[CaseResult]:
        """The cases that are not right; those that judge only the search are left out."""
        return [r for r in self.run.results if "right" in r.values and not r.is_right]

    @property
    def _differences(self) -> tuple[Difference, ...]:
        return self.comparison.differences if self.comparison else ()


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure: its mean over `cases`, the interval of that mean, the step from the baseline."""

    name: str
    title: str
    cases: int
    mean: float
    interval: Interval
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind of question; the shares are None where the kind has no such measure."""

    kind: str
    cases: int
    right: float | None
    right_page: float | None
    abstained: float | None
    errors: int


def measure_lines(findings: Findings) -> list[MeasureLine]:
    """Return all measures of the run in their fixed order."""
    values = by_measure(findings.run.results)
    comparison = findings.comparison
    steps = {d.name: d for d in comparison.differences} if comparison else {}
    return [
        MeasureLine(
            name,
            title_of(name),
            len(values[name]),
            fmean(values[name]),
            bootstrap_mean(values[name]),
            steps.get(name),
        )
        for name in in_order(values)
    ]


def kind_lines(run: Run) -> list[KindLine]:
    """Return the kinds of question, the most frequent first."""
    counts = Counter(result.kind for result in run.results)
    return [_kind_line(kind, run.of_kind(kind)) for kind, _ in counts.most_common()]


def _kind_line(kind: str, results: list[CaseResult]) -> KindLine:
    values = by_measure(results)
    names = ("abstention", "closed_abstention", "false_abstention")
    abstained = [value for name in names for value in values.get(name, ())]
    return KindLine(
        kind=kind or "other",
        cases=len(results),
        right=_mean(values.get("right")),
        right_page=_mean(values.get("right_page")),
        abstained=_mean(abstained),
        errors=sum(bool(result.error) for result in results),
    )


def _mean(values: list[float] | None) -> float | None:
    return fmean(values) if values else None
