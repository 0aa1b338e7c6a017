"""Adds up what the models, licences, servers and staff cost in each month."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Integer, and_, column, select, values
from sqlmodel import Session, col

from admin.costs.values import CostPart, CostReport, MonthCost, TotalCost, together
from admin.usage.days import UsageDays
from admin.usage.period import Period, Span, Step
from admin.usage.reading import Counted, read_usage
from admin.usage.sources import is_use, summed
from core.domain.costs import costs_by_month
from core.domain.money import Costs, ExchangeRates, added
from core.domain.months import last_day, later, month_of, months
from core.storage.queries.costs import cost_items
from core.storage.tables import EMBEDDING_PURPOSE, ModelCallRow
from core.storage.tables.base import UtcDateTime

Parts = defaultdict[tuple[date, CostPart], Counter[str]]
"""What each part costs in each month, by currency."""
Asked = tuple[int, int]
"""Complete answers, and people who asked."""


def read_total_cost(  # noqa: PLR0913  what a report is made of
    session: Session,
    days: UsageDays,
    rates: ExchangeRates,
    first_month: date,
    last_month: date,
    as_of: datetime,
) -> CostReport:
    """Return what the months from the first to the last cost, both included.

    Months begin and end on the calendar of the days that are kept added up, which have to be up to
    date. All costs are told in one currency, see `ExchangeRates.shown`.
    """
    number = len(months(first_month, last_month))
    here = _period(days, month_of(first_month), last_month, as_of)
    before = _period(days, later(here.first, -number), later(here.first, -1), as_of)
    wholes = [before.whole, here.whole]
    spans = [*before.spans(Step.MONTH), *here.spans(Step.MONTH)]
    use = read_usage(session, days.pieces([*wholes, *spans], days.zone))
    asked = [_asked(use.get((place, ()), {})) for place in range(len(wholes) + len(spans))]
    parts = _metered(session, days, spans, [_costs(use, place) for place in range(2, len(asked))])
    _add_items(session, parts, spans)
    shown = rates.shown(added(parts.values()))
    each = [
        MonthCost(span.first, _month(parts, span.first, rates, shown, people))
        for span, people in zip(spans, asked[2:], strict=True)
    ]
    return CostReport(
        here.first,
        month_of(last_month),
        _together(each[number:], shown, asked[1]),
        _together(each[:number], shown, asked[0]),
        tuple(each[number:]),
        is_running=here.first <= as_of.astimezone(days.zone).date() <= here.last,
    )


def _period(days: UsageDays, first: date, last: date, as_of: datetime) -> Period:
    return Period(first, last_day(month_of(last)), days.zone, as_of)


def _asked(counts: Mapping[str, int]) -> Asked:
    return counts.get("complete", 0), counts.get("people", 0)


def _costs(use: Counted, place: int) -> Costs:
    costs: Costs = use.get((place, ()), {}).get("costs", {})
    return costs


def _metered(
    session: Session, days: UsageDays, spans: Sequence[Span], use: Sequence[Costs]
) -> Parts:
    """Tell requests for embeddings and test questions from what everything in `use` cost."""
    evaluations = read_usage(session, days.pieces(spans, days.zone), is_evaluation=True)
    embeddings = _embedding_costs(session, spans)
    parts: Parts = defaultdict(Counter)
    for place, span in enumerate(spans):
        parts[span.first, CostPart.ANSWERS].update(use[place])
        parts[span.first, CostPart.ANSWERS].subtract(embeddings.get(place, {}))
        parts[span.first, CostPart.EMBEDDINGS].update(embeddings.get(place, {}))
        parts[span.first, CostPart.EVALUATIONS].update(_costs(evaluations, place))
    return parts


def _add_items(session: Session, parts: Parts, spans: Sequence[Span]) -> None:
    terms = [item.terms for item in cost_items(session)]
    for (month, kind), costs in costs_by_month(terms, spans[0].first, spans[-1].first).items():
        parts[month, CostPart(kind.value)].update(costs)


def _embedding_costs(session: Session, spans: Sequence[Span]) -> dict[int, Costs]:
    """Return what requests for embeddings cost in each stretch, those of test questions aside."""
    columns = (
        column("number", Integer),
        column("since", UtcDateTime()),
        column("until", UtcDateTime()),
    )
    rows = [(number, span.since, span.until) for number, span in enumerate(spans)]
    steps = values(*columns, name="months").data(rows).cte("months")
    created = col(ModelCallRow.created_at)
    query = (
        select(steps.c.number, col(ModelCallRow.currency), summed(col(ModelCallRow.cost_micros)))
        .join_from(steps, ModelCallRow, and_(created >= steps.c.since, created < steps.c.until))
        .where(col(ModelCallRow.purpose) == EMBEDDING_PURPOSE, is_use(col(ModelCallRow.surface)))
        .group_by(steps.c.number, col(ModelCallRow.currency))
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for number, currency, micros in session.execute(query).all():
        found[number][currency] = micros
    return dict(found)


def _month(parts: Parts, month: date, rates: ExchangeRates, shown: str, asked: Asked) -> TotalCost:
    told = {part: rates.convert(parts[month, part], shown) for part in CostPart}
    answers, people = asked
    return TotalCost(
        shown,
        {part: micros for part, (micros, _) in told.items()},
        dict(added(others for _, others in told.values())),
        answers,
        people,
    )


def _together(each: Sequence[MonthCost], shown: str, asked: Asked) -> TotalCost:
    answers, people = asked
    return together((month.cost for month in each), shown, answers, people)
