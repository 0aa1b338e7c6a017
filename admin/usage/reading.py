"""Adds up answers and requests in the database, for each step of a period and each value of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Integer,
    RowMapping,
    Select,
    SQLColumnExpression,
    and_,
    case,
    cast,
    column,
    func,
    or_,
    select,
    values,
)
from sqlmodel import Session, col

from admin.usage.money import Costs, ExchangeRates
from admin.usage.period import Span
from admin.usage.values import Dimension, UsageFigures
from core.domain.answers import AnswerStatus
from core.storage.tables import EVALUATION_SURFACE, AnswerUsageRow, FeedbackRow, ModelCallRow
from core.storage.tables.base import UtcDateTime

Place = tuple[int, tuple[str, ...]]
"""The number of a step, and the value of each dimension."""
Times = Mapping[str, Any]  # Any: figures by their names
HALF, MOST = 50, 95
COUNTED = (
    *("questions", "people", "complete", "abstained", "failed", "helpful", "not_helpful"),
    *("sentences", "supported_sentences"),
)
_OF_ANSWERS = {
    Dimension.MODEL: col(AnswerUsageRow.engine),
    Dimension.GROUP: col(AnswerUsageRow.group_names),
    Dimension.PERSON: col(AnswerUsageRow.user_id),
    Dimension.SURFACE: col(AnswerUsageRow.surface),
}
_OF_CALLS = {
    Dimension.MODEL: col(ModelCallRow.model_requested),
    Dimension.GROUP: col(ModelCallRow.group_names),
    Dimension.PERSON: col(ModelCallRow.user_id),
    Dimension.SURFACE: col(ModelCallRow.surface),
}


@dataclass(frozen=True, slots=True)
class Spent:
    """Requests and tokens of one place, and their cost in each currency."""

    requests: int = 0
    failed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    costs: Costs | None = None

    def __add__(self, other: "Spent") -> "Spent":
        costs = dict(self.costs or {})
        for currency, micros in (other.costs or {}).items():
            costs[currency] = costs.get(currency, 0) + micros
        return Spent(
            self.requests + other.requests,
            self.failed + other.failed,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            costs,
        )


def read_spent(
    session: Session,
    spans: Sequence[Span],
    by: Sequence[Dimension] = (),
    *,
    is_evaluation: bool = False,
) -> dict[Place, Spent]:
    """Return what requests to models took, of test questions or of everything else."""
    steps, keys = _steps(spans), _keys(_OF_CALLS, by)
    surface = col(ModelCallRow.surface)
    is_failed = col(ModelCallRow.status) == AnswerStatus.FAILED.value
    query = (
        select(
            steps.c.number,
            *keys,
            col(ModelCallRow.currency).label("currency"),
            func.count().label("requests"),
            _count(is_failed).label("failed"),
            _sum(ModelCallRow.input_tokens).label("input_tokens"),
            _sum(ModelCallRow.output_tokens).label("output_tokens"),
            _sum(ModelCallRow.cost_micros).label("cost"),
        )
        .join_from(steps, ModelCallRow, _within(steps, col(ModelCallRow.created_at)))
        .where((surface == EVALUATION_SURFACE) if is_evaluation else surface != EVALUATION_SURFACE)
        .group_by(steps.c.number, *keys, col(ModelCallRow.currency))
    )
    spent: dict[Place, Spent] = defaultdict(Spent)
    for row in session.execute(query).mappings():
        spent[_place(row, by)] += Spent(
            row["requests"],
            row["failed"],
            row["input_tokens"],
            row["output_tokens"],
            {row["currency"]: row["cost"]},
        )
    return dict(spent)


def read_answers(
    session: Session, spans: Sequence[Span], by: Sequence[Dimension] = ()
) -> dict[Place, UsageFigures]:
    """Return what was asked and how it was answered, without times and costs."""
    steps, keys = _steps(spans), _keys(_OF_ANSWERS, by)
    status, rating = col(AnswerUsageRow.status), col(FeedbackRow.rating)
    query = (
        select(
            steps.c.number,
            *keys,
            func.count().label("questions"),
            func.count(col(AnswerUsageRow.user_id).distinct()).label("people"),
            _count(status == AnswerStatus.COMPLETE.value).label("complete"),
            _count(col(AnswerUsageRow.abstained)).label("abstained"),
            _count(status == AnswerStatus.FAILED.value).label("failed"),
            _count(rating == 1).label("helpful"),
            _count(rating == -1).label("not_helpful"),
            _sum(AnswerUsageRow.sentences).label("sentences"),
            _sum(AnswerUsageRow.supported_sentences).label("supported_sentences"),
        )
        .join_from(steps, AnswerUsageRow, _asked_within(steps))
        .outerjoin(FeedbackRow, col(FeedbackRow.message_id) == col(AnswerUsageRow.message_id))
        .group_by(steps.c.number, *keys)
    )
    return {
        _place(row, by): UsageFigures(**{name: row[name] for name in COUNTED})
        for row in session.execute(query).mappings()
    }


def read_times(
    session: Session, spans: Sequence[Span], by: Sequence[Dimension] = ()
) -> dict[Place, Times]:
    """Return median and 95th percentile of complete answers, by the nearest rank.

    The nearest rank of p percent of n values is the value at place ceil(p n / 100) in their order.
    """
    found: dict[Place, dict[str, int]] = defaultdict(dict)
    for name, measure in (
        ("ms", col(AnswerUsageRow.total_ms)),
        ("first_token_ms", col(AnswerUsageRow.first_token_ms)),
    ):
        for row in session.execute(_ranked(spans, by, measure)).mappings():
            half = row["rank"] == _nearest(HALF, row["count"])
            most = row["rank"] == _nearest(MOST, row["count"])
            place = found[_place(row, by)]
            place |= {f"median_{name}": row["value"]} if half else {}
            place |= {f"p95_{name}": row["value"]} if most else {}
    return dict(found)


def _ranked(
    spans: Sequence[Span], by: Sequence[Dimension], measure: SQLColumnExpression[int | None]
) -> Select[Any]:
    """Return the query for the values at the two places, with their rank and how many there are."""
    steps, keys = _steps(spans), _keys(_OF_ANSWERS, by)
    partition = (steps.c.number, *keys)
    every = (
        select(
            steps.c.number,
            *keys,
            measure.label("value"),
            func.row_number().over(partition_by=partition, order_by=measure).label("rank"),
            func.count().over(partition_by=partition).label("count"),
        )
        .join_from(steps, AnswerUsageRow, _asked_within(steps))
        .where(measure.is_not(None), col(AnswerUsageRow.status) == AnswerStatus.COMPLETE.value)
    ).subquery()
    ranks = [every.c.rank == (every.c.count * share + 99) // 100 for share in (HALF, MOST)]
    return select(every).where(or_(*ranks))


def _nearest(share: int, count: int) -> int:
    return -(-share * count // 100)


def joined(
    answers: Mapping[Place, UsageFigures],
    spent: Mapping[Place, Spent],
    times: Mapping[Place, Times],
    rates: ExchangeRates,
    shown: str,
) -> dict[Place, UsageFigures]:
    """Bring the figures of each place together, with costs in the currency `shown`."""
    nothing = Spent()
    return {
        place: replace(
            _with_spent(
                answers.get(place, UsageFigures()), spent.get(place, nothing), rates, shown
            ),
            **times.get(place, {}),
        )
        for place in answers.keys() | spent.keys()
    }


def _with_spent(
    figures: UsageFigures, spent: Spent, rates: ExchangeRates, shown: str
) -> UsageFigures:
    cost, others = rates.convert(spent.costs or {}, shown)
    return replace(
        figures,
        requests=spent.requests,
        failed_requests=spent.failed,
        input_tokens=spent.input_tokens,
        output_tokens=spent.output_tokens,
        cost_micros=cost,
        currency=shown,
        other_costs=others,
    )


def _steps(spans: Sequence[Span]) -> CTE:
    """Return the spans as a table; joining it finds the rows of each by the index on time."""
    rows = [(number, span.since, span.until) for number, span in enumerate(spans)]
    return (
        values(
            column("number", Integer),
            column("since", UtcDateTime()),
            column("until", UtcDateTime()),
            name="steps",
        )
        .data(rows)
        .cte("steps")
    )


def _within(steps: CTE, moment: SQLColumnExpression[Any]) -> SQLColumnExpression[bool]:
    return and_(moment >= steps.c.since, moment < steps.c.until)


def _asked_within(steps: CTE) -> SQLColumnExpression[bool]:
    # Test questions are nobody's use.
    is_asked = col(AnswerUsageRow.surface) != EVALUATION_SURFACE
    return and_(_within(steps, col(AnswerUsageRow.created_at)), is_asked)


def _keys(
    columns: Mapping[Dimension, SQLColumnExpression[str]], by: Sequence[Dimension]
) -> list[SQLColumnExpression[str]]:
    return [columns[dimension].label(dimension) for dimension in by]


def _place(row: RowMapping, by: Sequence[Dimension]) -> Place:
    return row["number"], tuple(row[dimension] for dimension in by)


def _count(holds: SQLColumnExpression[bool]) -> SQLColumnExpression[int]:
    return func.coalesce(func.sum(case((holds, 1), else_=0)), 0)


def _sum(summed: Any) -> SQLColumnExpression[int]:  # noqa: ANN401  a column of a table class
    return cast(func.coalesce(func.sum(summed), 0), BigInteger)
