"""What the quality page tells: measures and those before, weeks, monitors, the last evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from admin.measures import Measure
from admin.usage.period import Period, Span


class State(StrEnum):
    """What a monitor says; the worst one first."""

    ALERT = "alert"
    WARN = "warn"
    OK = "ok"
    NO_DATA = "no data"


class Monitor(StrEnum):
    """What is watched."""

    TOPICS = "topics"
    CLOSENESS = "closeness"
    LENGTH = "length"
    HELPFUL = "helpful"
    ABSTAINED = "abstained"
    UNSUPPORTED = "unsupported"
    FAILED = "failed"
    FIRST_WORD = "first_word"
    TOTAL_TIME = "total_time"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` up to, and without, `end`."""

    first: date
    end: date

    @classmethod
    def before(cls, end: date, count: int) -> "Days":
        """Return the `count` days before a day."""
        return cls(end - timedelta(days=count), end)

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def each(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.end - self.first).days)]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a monitor says of a window; `usual` is the value of the reference.

    `low` and `high` are where the value lies if nothing changed, None where any value does. Without
    enough cases there is neither a value nor a limit.
    """

    monitor: Monitor
    state: State
    window: Days
    reference: Days
    cases: int
    usual_cases: int
    value: float | None = None
    usual: float | None = None
    low: float | None = None
    high: float | None = None
    computed_at: datetime | None = None


class GateState(StrEnum):
    """Whether an evaluation run may pass: `WARN` dropped, but perhaps by chance."""

    PASS = "pass"  # noqa: S105  not a password
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class LastEvaluation:
    """The newest evaluation run; `broken_rules` says what it breaks, if it does."""

    dataset: str
    finished_at: datetime
    cases: int
    gate: GateState
    has_baseline: bool
    broken_rules: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure of a period, and that of the period before."""

    now: Measure
    before: Measure


@dataclass(frozen=True, slots=True)
class WeekOfMeasures:
    """The rates of one week; the running one ends now."""

    span: Span
    measures: Sequence[Measure]


@dataclass(frozen=True, slots=True)
class QualityReport:
    """How good the answers of a period were; verdicts are of the newest check, not of the period.

    `weeks` are the last twelve of the period's end.
    """

    period: Period
    measures: Sequence[Compared]
    weeks: Sequence[WeekOfMeasures]
    verdicts: Sequence[Verdict]
    evaluation: LastEvaluation | None
    accepted: Days | None = None

    @property
    def state(self) -> State:
        """The worst of all verdicts; NO_DATA only if no monitor has enough."""
        states = {verdict.state for verdict in self.verdicts}
        return next((state for state in State if state in states), State.NO_DATA)
