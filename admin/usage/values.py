"""The figures of usage, and what they are grouped by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from admin.usage.period import Period, Span


class Dimension(StrEnum):
    """What figures are grouped by."""

    MODEL = "model"
    GROUP = "group"
    PERSON = "person"
    SURFACE = "surface"


@dataclass(frozen=True, slots=True)
class UsageFigures:
    """Figures of a set of answers and requests; times in milliseconds, money in millionths.

    Rates are given as counts, so that a reader always knows of how many. `questions` leaves test
    questions out, and costs, tokens and requests are those of everything else as well as they are:
    answers, drafts of ideas, judges. Of complete answers, `searched` are those that needed
    documents. Some of these are `without_passages`, some `answered`, and `cited` are answered ones
    with a citation; citations are counted in answered ones. The tokens of `estimated_requests` were
    counted here, since the provider did not tell them. Costs that cannot be told in `currency`
    stand in `other_costs` by their own. Percentiles are of complete answers, by the nearest rank.
    """

    questions: int = 0
    people: int = 0
    complete: int = 0
    abstained: int = 0
    failed: int = 0
    helpful: int = 0
    not_helpful: int = 0
    sentences: int = 0
    supported_sentences: int = 0
    searched: int = 0
    without_passages: int = 0
    answered: int = 0
    cited: int = 0
    citations: int = 0
    invalid_citations: int = 0
    repaired_citations: int = 0
    requests: int = 0
    failed_requests: int = 0
    estimated_requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int = 0
    currency: str = "EUR"
    other_costs: Mapping[str, int] = field(default_factory=dict)
    median_ms: int | None = None
    p95_ms: int | None = None
    median_first_token_ms: int | None = None
    p95_first_token_ms: int | None = None

    @property
    def cost_per_answer(self) -> int | None:
        """Millionths for each complete answer; None without any."""
        return round(self.cost_micros / self.complete) if self.complete else None

    @property
    def cost_per_helpful_answer(self) -> int | None:
        """Millionths for each answer that was rated helpful; None without any."""
        return round(self.cost_micros / self.helpful) if self.helpful else None


@dataclass(frozen=True, slots=True)
class SpanUsage:
    """The figures of one step of a period."""

    span: Span
    figures: UsageFigures

    @property
    def day(self) -> date:
        return self.span.first


@dataclass(frozen=True, slots=True)
class Slice:
    """The figures of one model, group, person or surface.

    `key` is what the rows hold, "" where they hold nothing; `label` is what people call it.
    """

    key: str
    label: str
    figures: UsageFigures


@dataclass(frozen=True, slots=True)
class UsageGroup:
    """The figures of one combination in one step: what each dimension is called there."""

    span: Span
    names: Mapping[Dimension, str]
    figures: UsageFigures


@dataclass(frozen=True, slots=True)
class UnusualDay:
    """A day that cost far more than the four weeks before it.

    `median_micros` is the median of those days; `largest` names the model, group or person that
    adds most, with its share of the day in [0, 1].
    """

    day: date
    cost_micros: int
    median_micros: int
    largest: str = ""
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the running month will cost if it goes on as it began, and what it has cost so far."""

    month: date
    so_far_micros: int
    expected_micros: int
    currency: str


@dataclass(frozen=True, slots=True)
class UsageReport:
    """A period, the one of the same length before it, and its steps.

    `evaluation` is what test questions cost, which is in no other figure.
    """

    period: Period
    total: UsageFigures
    previous: UsageFigures
    spans: tuple[SpanUsage, ...]
    evaluation: UsageFigures
    unusual: tuple[UnusualDay, ...] = ()
    forecast: Forecast | None = None


@dataclass(frozen=True, slots=True)
class AnswerEntry:
    """One answer as the list of a report shows it: everything but its words."""

    id: str
    at: datetime
    person: str
    groups: str
    surface: str
    model: str
    status: str
    error: str
    abstained: bool
    rating: int | None
    input_tokens: int
    output_tokens: int
    cost_micros: int
    currency: str
    first_token_ms: int | None
    total_ms: int
