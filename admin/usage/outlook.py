"""What stands out in a period, and what the running month will cost."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from admin.usage.figures import Figures
from admin.usage.period import Period, Span
from admin.usage.unusual import DAYS_BEFORE, FORECAST_FROM_DAY, expected_cost, unusual_days
from admin.usage.values import Dimension, Forecast, UnusualDay

# What an unusual day may be put down to, in the order in which they are looked at.
CAUSES = (Dimension.PERSON, Dimension.GROUP, Dimension.MODEL)
# From this share on, one of them is named.
MOST_OF_IT = 0.5


def unusual_in(figures: Figures, period: Period) -> list[UnusualDay]:
    """Return the days of a period that cost far more than the four weeks before them."""
    spans = period.before(DAYS_BEFORE).spans()
    costs = {spans[number].first: cost for (number, _), cost in figures.costs(spans).items()}
    in_period = {span.first: span for span in period.spans()}
    return [
        _explained(figures, in_period[day], costs[day], usual)
        for day, usual in unusual_days(costs, list(in_period))
    ]


def forecast(figures: Figures, period: Period, moment: datetime) -> Forecast | None:
    """Return what the month of this moment will cost, if the period ends on its day."""
    today = moment.astimezone(period.zone).date()
    if period.last != today or today.day < FORECAST_FROM_DAY:
        return None
    first = today.replace(day=1)
    month = Period(first, _last_of_month(first), period.zone, period.as_of)
    so_far = sum(figures.costs([month.whole]).values())
    whole = replace(month, as_of=month.as_of + timedelta(days=62)).whole
    share = (month.until - month.since) / (whole.until - whole.since)
    expected = expected_cost(so_far, share)
    return Forecast(first, so_far, expected, figures.currency) if so_far else None


def _explained(figures: Figures, span: Span, cost: int, usual: int) -> UnusualDay:
    """Say which person, group or model cost most of a day, if one did."""
    for by in CAUSES:
        parts = {key: part for (_, (key,)), part in figures.costs([span], [by]).items()}
        key = max(parts, key=parts.__getitem__)
        if key and len(parts) > 1 and parts[key] >= MOST_OF_IT * cost:
            return UnusualDay(
                span.first, cost, usual, figures.labels(by, [key])[key], parts[key] / cost
            )
    return UnusualDay(span.first, cost, usual)


def _last_of_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
