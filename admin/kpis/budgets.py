"""Figures of budgets: how much of the company's is used, and what no budget or switch let out."""

from collections.abc import Iterator
from datetime import tzinfo

from sqlmodel import Session

from admin.kpis.values import Course, Windows
from admin.measures import Definition, Measure, Unit
from admin.usage.period import Period
from core.domain.costs.budgets import BudgetPeriod, BudgetScope
from core.domain.costs.money import ExchangeRates
from core.storage.queries.spending.accounts import account_of, budgets, use_of
from core.storage.queries.spending.refusals import refusals

USED = Definition(
    "budget_used",
    "Company budget used",
    "What requests to models have cost in the running month of the company's calendar, or may "
    "still cost while they run, of the company's budget for a month; nothing without such a "
    "budget.",
    Unit.SHARE,
)
BLOCKED = Definition(
    "blocked_calls",
    "Refused requests",
    "Requests to models that were not made because of a budget, a price that is not known, or "
    "something that was turned off, test questions aside; by reason below.",
)


def budget_figures(
    session: Session, rates: ExchangeRates, zone: tzinfo, windows: Windows
) -> Iterator[Course]:
    """Return the figures of budgets; `zone` is the company's."""
    yield [_used(session, rates, zone, windows[0])]
    yield [_blocked(session, window) for window in windows]


def _used(session: Session, rates: ExchangeRates, zone: tzinfo, window: Period) -> Measure:
    today = window.as_of.astimezone(zone).date()
    for budget in budgets(session):
        if budget.scope is BudgetScope.COMPANY and budget.period is BudgetPeriod.MONTH:
            account = account_of(session, budget, "", today)
            taken = use_of(session, account, zone, rates).taken_micros
            share = taken / budget.limit_micros if budget.limit_micros else None
            return Measure(USED, share)
    return Measure(USED, None)


def _blocked(session: Session, window: Period) -> Measure:
    refused = refusals(session, window.since, window.until)
    return Measure(BLOCKED, sum(refused.values()), parts=refused)
