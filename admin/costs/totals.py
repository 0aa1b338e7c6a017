"""Adds up what the models, licences, servers and staff cost in each month."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from admin.costs.metered import Metered, read_embeddings, read_metered
from admin.costs.values import CostPart, CostReport, MonthCost, TotalCost, together
from admin.usage.days import UsageDays
from admin.usage.period import Period, Span, Step
from core.domain.costs.money import Costs, ExchangeRates, added
from core.domain.costs.months import last_day, later, month_of, months
from core.domain.costs.terms import costs_by_month
from core.storage.queries.costs import cost_items

Parts = defaultdict[tuple[date, CostPart], Counter[str]]
"""What each part costs in each month, by currency."""


def read_total_cost(  # noqa: PLR0913  what a report is made of
    session: Session,
    days: UsageDays,
    rates: ExchangeRates,
    first_month: date,
    last_month: date,
    as_of: datetime,
    *,
    counts_people: bool = True,
) -> CostReport:
    """Return what the months from the first to the last cost, both included.

    Months begin and end on the calendar of the days that are kept added up, which have to be up to
    date. All costs are told in one currency, see `ExchangeRates.shown`.
    """
    number = len(months(first_month, last_month))
    here = _period(days, month_of(first_month), last_month, as_of)
    before = _period(days, later(here.first, -number), later(here.first, -1), as_of)
    spans = [*before.spans(Step.MONTH), *here.spans(Step.MONTH)]
    metered = read_metered(session, days, spans, counts_people=counts_people)
    parts = _parts(spans, metered, read_embeddings(session, spans))
    _add_items(session, parts, spans)
    shown = rates.shown(added(parts.values()))
    each = [
        MonthCost(span.first, _month(parts, span.first, rates, shown, one))
        for span, one in zip(spans, metered, strict=True)
    ]
    return CostReport(
        here.first,
        month_of(last_month),
        _together(each[number:], shown, metered[number:]),
        _together(each[:number], shown, metered[:number]),
        tuple(each[number:]),
        is_running=here.first <= as_of.astimezone(days.zone).date() <= here.last,
    )


def _period(days: UsageDays, first: date, last: date, as_of: datetime) -> Period:
    return Period(first, last_day(month_of(last)), days.zone, as_of)


def _parts(spans: Sequence[Span], metered: Sequence[Metered], embeddings: Sequence[Costs]) -> Parts:
    """Tell requests for embeddings and test questions from all others."""
    parts: Parts = defaultdict(Counter)
    for span, one, embedding in zip(spans, metered, embeddings, strict=True):
        parts[span.first, CostPart.ANSWERS].update(one.use)
        parts[span.first, CostPart.ANSWERS].subtract(embedding)
        parts[span.first, CostPart.EMBEDDINGS].update(embedding)
        parts[span.first, CostPart.EVALUATIONS].update(one.evaluations)
    return parts


def _add_items(session: Session, parts: Parts, spans: Sequence[Span]) -> None:
    terms = [item.terms for item in cost_items(session)]
    for (month, kind), costs in costs_by_month(terms, spans[0].first, spans[-1].first).items():
        parts[month, CostPart(kind.value)].update(costs)


def _month(
    parts: Parts, month: date, rates: ExchangeRates, shown: str, metered: Metered
) -> TotalCost:
    told = {part: rates.convert(parts[month, part], shown) for part in CostPart}
    return TotalCost(
        shown,
        {part: micros for part, (micros, _) in told.items()},
        dict(added(others for _, others in told.values())),
        metered.answers,
        len(metered.people),
    )


def _together(each: Sequence[MonthCost], shown: str, metered: Sequence[Metered]) -> TotalCost:
    """Add months up; people who asked in several of them are counted once."""
    people = frozenset[str]().union(*(one.people for one in metered))
    answers = sum(one.answers for one in metered)
    return together((month.cost for month in each), shown, answers, len(people))
