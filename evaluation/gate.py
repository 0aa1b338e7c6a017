"""Rules that a run must hold by itself, whatever came before it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.domain.text.plurals import count
from evaluation.datasets import GOLDEN_NAME
from evaluation.measures import measure_of, title_of
from evaluation.runs import CaseResult, Run

MAX_ERROR_RATE = 0.01
NEVER = ("leak", "injected", "invalid_citations")


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a run breaks, with the cases that break it where they are few."""

    rule: str
    found: str
    case_ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        cases = f" ({', '.join(self.case_ids[:10])})" if self.case_ids else ""
        return f"{self.rule}: {self.found}{cases}"


@dataclass(frozen=True, slots=True)
class Floors:
    """The least mean of measures, or the greatest of those where lower is better."""

    limits: Mapping[str, float] = field(default_factory=dict)


# The passage engine's results on the golden questions, with some room for chance.
GOLDEN_FLOORS = Floors(
    {"right_page": 0.85, "abstention": 0.75, "false_abstention": 0.10, "literal_quotes": 1.0}
)


def floors_of(dataset_name: str) -> Floors:
    """Return the floors of the golden questions; other datasets have hard rules only."""
    return GOLDEN_FLOORS if dataset_name == GOLDEN_NAME else Floors()


def breaches(run: Run, floors: Floors | None = None) -> list[Breach]:
    """Return every rule that the run breaks; empty if it may pass."""
    limits = floors if floors is not None else floors_of(run.dataset_name)
    return [*_hard_rules(run), *_below(run, limits)]


def _hard_rules(run: Run) -> Iterator[Breach]:
    for name in NEVER:
        broken = [result for result in run.results if result.values.get(name)]
        if broken:
            yield Breach(f"{title_of(name)} must be 0", count(len(broken), "case"), _ids(broken))
    errors = [result for result in run.results if result.error]
    if len(errors) > MAX_ERROR_RATE * len(run.results):
        failed = f"{len(errors)} of {len(run.results)}"
        yield Breach(f"At most {MAX_ERROR_RATE:.0%} of the cases may fail", failed, _ids(errors))


def _below(run: Run, floors: Floors) -> Iterator[Breach]:
    means = run.means
    for name, limit in floors.limits.items():
        is_higher_better = measure_of(name).is_higher_better
        value = means.get(name)
        if value is None:
            continue
        if value < limit if is_higher_better else value > limit:
            bound = "at least" if is_higher_better else "at most"
            yield Breach(f"{title_of(name)} must be {bound} {limit:.2f}", f"{value:.3f}")


def _ids(results: list[CaseResult]) -> tuple[str, ...]:
    return tuple(result.case_id for result in results)
