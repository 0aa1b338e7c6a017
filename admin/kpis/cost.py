"""Figures of cost: what was spent on what, for what, and what else the sandbox costs."""

from collections.abc import Iterator, Mapping, Sequence

from sqlmodel import Session, col, func, select

from admin.costs.totals import read_total_cost
from admin.costs.values import CostPart, CostReport, TotalCost
from admin.kpis.values import Course, Windows
from admin.kpis.words import without_rate
from admin.measures import MIN_CASES, Definition, Measure, Unit, rate
from admin.usage.days import UsageDays
from admin.usage.figures import Figures
from admin.usage.outlook import forecast, unusual_in
from admin.usage.period import Period
from admin.usage.sources import is_use
from admin.usage.values import Dimension, UsageFigures
from core.domain.costs.money import ExchangeRates
from core.domain.costs.months import months
from core.domain.ideas.returns import IdeaReturn
from core.storage.queries.ideas.returns import idea_returns
from core.storage.tables import ModelCallRow, PriceRow

SPEND = Definition(
    "spend",
    "Spent on models",
    "What requests to models cost, test questions aside; by model below.",
    Unit.MONEY,
)
PER_ANSWER = Definition(
    "cost_per_answer",
    "Cost per answer",
    "What requests to models cost, for each complete answer.",
    Unit.MONEY,
)
PER_HELPFUL = Definition(
    "cost_per_helpful_answer",
    "Cost per helpful answer",
    "What requests to models cost, failed ones included, for each answer that was rated helpful.",
    Unit.MONEY,
)
PER_TOKENS = Definition(
    "cost_per_thousand_tokens",
    "Cost per 1,000 tokens",
    "What requests to models cost, for each 1,000 tokens in and out; below the list price of each "
    "model that was used, told apart.",
    Unit.MONEY,
)
FORECAST = Definition(
    "forecast",
    "Expected this month",
    "What models will have cost at the end of the running month if it goes on as it began, told "
    "from its fifth day on, in a period that ends today.",
    Unit.MONEY,
)
UNUSUAL = Definition(
    "unusual_days",
    "Days of unusual cost",
    "Days that cost more than the median of the four weeks before by five median deviations, and "
    "more than 2.5 times as much. Days without any cost are no part of the median, and with fewer "
    "than ten others no day is told.",
)
ESTIMATED = Definition(
    "estimated_share",
    "Cost not confirmed",
    "Requests whose tokens the provider did not tell, so that they were counted here, of all.",
    Unit.SHARE,
)
TOTAL = Definition(
    "total_cost_per_month",
    "Total cost per month",
    "Models, embeddings, test questions, licences, servers and staff in the months that the period "
    "touches, for each month; by kind below. Costs of a running month count whole, its models so "
    "far. Months are those of the company's calendar. The period before is as many months before "
    "these.",
    Unit.MONEY,
)
PAID_BACK = Definition(
    "ideas_paid_back",
    "Ideas that have paid for themselves",
    "Ideas whose benefit so far covers their cost so far, experiments and what else belongs to "
    "them included, of those that have brought or cost anything.",
)
THOUSAND = 1_000


def total_cost(
    session: Session, days: UsageDays, rates: ExchangeRates, window: Period
) -> CostReport:
    """Return what the months that a period touches cost; those that have not begun are left out."""
    today = window.as_of.astimezone(days.zone).date()
    last = min(window.last, max(window.first, today))
    return read_total_cost(
        session, days, rates, window.first, last, window.as_of, counts_people=False
    )


def cost(
    session: Session, rates: ExchangeRates, figures: Figures, windows: Windows, total: CostReport
) -> Iterator[Course]:
    """Return the figures of cost."""
    each = figures.each([window.whole for window in windows], counts_people=False)
    models: list[dict[str, int]] = [{} for _ in windows]
    by_model = figures.costs([window.whole for window in windows[:2]], [Dimension.MODEL])
    for (number, (model,)), micros in by_model.items():
        models[number][model] = micros
    yield [_spend(one, parts) for one, parts in zip(each, models, strict=True)]
    yield [_per(PER_ANSWER, one, one.complete) for one in each]
    yield [_per(PER_HELPFUL, one, one.helpful) for one in each]
    yield [_per_tokens(each[0], _list_prices(session, windows[0])), _per_tokens(each[1], {})]
    yield [_forecast(figures, windows[0])]
    yield [Measure(UNUSUAL, len(unusual_in(figures, window))) for window in windows[:2]]
    yield [rate(ESTIMATED, one.estimated_requests, one.requests) for one in each]
    number = len(months(total.first_month, total.last_month))
    yield [_per_month(one, number) for one in (total.total, total.previous)]
    today = windows[0].as_of.astimezone(windows[0].zone).date()
    yield [_paid_back(idea_returns(session, rates, today))]


def _spend(figures: UsageFigures, models: Mapping[str, int]) -> Measure:
    dearest = sorted(models.items(), key=lambda item: (-item[1], item[0]))
    parts = {model: micros for model, micros in dearest if micros}
    note = without_rate(figures.other_costs)
    return Measure(SPEND, figures.cost_micros, figures.requests, parts=parts, note=note)


def _per(definition: Definition, figures: UsageFigures, cases: int) -> Measure:
    value = figures.cost_micros / cases if cases >= MIN_CASES else None
    return Measure(definition, value, cases, note=without_rate(figures.other_costs))


def _per_tokens(figures: UsageFigures, prices: dict[str, float | None]) -> Measure:
    tokens = figures.input_tokens + figures.output_tokens
    value = figures.cost_micros * THOUSAND / tokens if tokens else None
    note = without_rate(figures.other_costs)
    return Measure(PER_TOKENS, value, tokens, parts=prices, note=note)


def _list_prices(session: Session, window: Period) -> dict[str, float | None]:
    """Return what 1,000 tokens in and out cost by the price rows that requests were charged by.

    Prices stay in their own currency, which is told where it is needed.
    """
    call, price = ModelCallRow, PriceRow
    rows = session.exec(
        select(
            call.model_requested,
            func.max(price.input_micros),
            func.max(price.output_micros),
            price.currency,
        )
        .join(price, col(price.id) == col(call.price_id))
        .where(
            col(call.created_at) >= window.since,
            col(call.created_at) < window.until,
            is_use(col(call.surface)),
        )
        .group_by(call.model_requested, price.currency)
        .order_by(call.model_requested, price.currency)
    ).all()
    parts: dict[str, float | None] = {}
    for model, micros_in, micros_out, currency in rows:
        parts[f"{model}, {currency} in"] = micros_in / THOUSAND
        parts[f"{model}, {currency} out"] = micros_out / THOUSAND
    return parts


def _forecast(figures: Figures, window: Period) -> Measure:
    expected = forecast(figures, window, window.as_of)
    if expected is None:
        return Measure(FORECAST, None)
    parts = {"so far": expected.so_far_micros}
    return Measure(FORECAST, expected.expected_micros, parts=parts)


def _per_month(cost: TotalCost, number: int) -> Measure:
    parts = {part.value: cost.parts.get(part, 0) / number for part in CostPart}
    return Measure(
        TOTAL,
        cost.micros / number,
        parts={part: micros for part, micros in parts.items() if micros},
        note=without_rate(cost.other_costs),
    )


def _paid_back(ideas: Sequence[IdeaReturn]) -> Measure:
    actual = [idea for idea in ideas if idea.has_actual]
    return Measure(
        PAID_BACK, sum(idea.actual.break_even is not None for idea in actual), len(actual)
    )
