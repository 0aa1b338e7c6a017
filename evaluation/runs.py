"""A dataset asked once: its results case by case, and their means."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from statistics import fmean, quantiles
from typing import Any

from core.errors import InvalidInput
from evaluation.measures import TOTAL_MS, in_order


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The result of one case; `values` maps measures to values, `error` is "" if none occurred."""

    case_id: str
    kind: str
    question: str
    values: Mapping[str, float]
    error: str = ""
    answer: str = ""

    @property
    def is_right(self) -> bool:
        return bool(self.values.get("right"))


@dataclass(frozen=True, slots=True)
class Run:
    """All results of a dataset; `configuration` names what was asked, from model to splitter."""

    id: str
    dataset_name: str
    dataset_sha256: str
    started_at: datetime
    finished_at: datetime
    configuration: Mapping[str, str]
    results: tuple[CaseResult, ...]
    is_baseline: bool = False

    @property
    def means(self) -> dict[str, float]:
        """The mean of each measure over the cases that have it."""
        values = by_measure(self.results)
        return {name: fmean(values[name]) for name in in_order(values)}

    @property
    def summary(self) -> dict[str, float]:
        """The means, and what only a whole run has: precision of abstention and times."""
        return {**self.means, **_abstention(self.means, self.results), **_times(self.results)}

    def of_kind(self, kind: str) -> list[CaseResult]:
        """Return the results of one kind of question."""
        return [result for result in self.results if result.kind == kind]


@dataclass(frozen=True, slots=True)
class RunOverview:
    """One line in the list of runs."""

    id: str
    dataset_name: str
    started_at: datetime
    cases: int
    metrics: Mapping[str, float] = field(default_factory=dict)
    configuration: Mapping[str, str] = field(default_factory=dict)
    is_baseline: bool = False


def by_measure(results: Iterable[CaseResult]) -> dict[str, list[float]]:
    """Return the values of each measure, in the order of the results."""
    values: dict[str, list[float]] = defaultdict(list)
    for result in results:
        for name, value in result.values.items():
            values[name].append(value)
    return dict(values)


def run_record(run: Run) -> dict[str, object]:
    """Return a run as one JSON object."""
    return {
        "id": run.id,
        "dataset": run.dataset_name,
        "dataset_sha256": run.dataset_sha256,
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat(),
        "configuration": dict(run.configuration),
        "metrics": run.summary,
        "results": [asdict(result) for result in run.results],
    }


def run_from_record(record: Mapping[str, Any]) -> Run:  # Any: JSON
    """Read what `run_record` wrote; raise InvalidInput for anything else."""
    try:
        return Run(
            id=str(record["id"]),
            dataset_name=str(record["dataset"]),
            dataset_sha256=str(record["dataset_sha256"]),
            started_at=datetime.fromisoformat(record["started_at"]),
            finished_at=datetime.fromisoformat(record["finished_at"]),
            configuration=dict(record["configuration"]),
            results=tuple(CaseResult(**result) for result in record["results"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput("This file was not written by `evaluate --output`.") from error


def _abstention(means: Mapping[str, float], results: Iterable[CaseResult]) -> dict[str, float]:
    """Return precision and F1 of abstaining; its recall is the mean of `abstention`."""
    rightly = sum(result.values.get("abstention", 0) for result in results)
    wrongly = sum(result.values.get("false_abstention", 0) for result in results)
    if "abstention" not in means or "false_abstention" not in means:
        return {}
    precision = rightly / (rightly + wrongly) if rightly + wrongly else 0.0
    recall = means["abstention"]
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"abstention_precision": precision, "abstention_f1": f1}


def _times(results: Iterable[CaseResult]) -> dict[str, float]:
    """Return median and 95th percentile of the answer times in milliseconds."""
    times = [result.values[TOTAL_MS] for result in results if TOTAL_MS in result.values]
    if len(times) < 2:
        return {}
    cuts = quantiles(times, n=20, method="inclusive")
    return {"median_ms": cuts[9], "p95_ms": cuts[-1]}
