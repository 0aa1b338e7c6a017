"""People, budgets and a ledger on a real database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import col, select

from core.domain.costs.budgets import BudgetPeriod, BudgetScope
from core.domain.costs.money import ExchangeRates
from core.domain.identity import Role, User
from core.spending.ledger import Ledger, Money
from core.storage.database import Database
from core.storage.tables import (
    BudgetAccountRow,
    BudgetReservationRow,
    BudgetRow,
    GroupRow,
    MembershipRow,
    UserRow,
)

EUROS = 1_000_000
BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


def euros(amount: float) -> Money:
    return Money(round(amount * EUROS), "EUR")


def add_person(database: Database, name: str, *groups: str) -> User:
    """A person in groups, whose ids are their names."""
    with database.begin() as session:
        session.add(
            UserRow(
                id=name, email=f"{name}@x.example", name=name, role="employee", password_hash=""
            )
        )
        for group in groups:
            if session.get(GroupRow, group) is None:
                session.add(GroupRow(id=group, name=group))
        session.flush()
        session.add_all(MembershipRow(user_id=name, group_id=group) for group in groups)
    return User(name, f"{name}@x.example", name, Role.EMPLOYEE, frozenset(groups))


def set_budget(  # noqa: PLR0913  what a budget is
    database: Database,
    scope: BudgetScope,
    period: BudgetPeriod,
    limit: float,
    subject: str = "",
    currency: str = "EUR",
) -> str:
    row = BudgetRow(
        scope=scope.value,
        subject_id=subject,
        period=period.value,
        limit_micros=round(limit * EUROS),
        currency=currency,
    )
    with database.begin() as session:
        session.add(row)
    return row.id


def sums(database: Database, budget_id: str) -> tuple[int, int]:
    """What is spent and reserved of a budget, by all who have an account of it."""
    with database.read() as session:
        rows = session.exec(
            select(BudgetAccountRow).where(BudgetAccountRow.budget_id == budget_id)
        ).all()
    return sum(row.spent_micros for row in rows), sum(row.reserved_micros for row in rows)


def reservations(database: Database) -> int:
    with database.read() as session:
        return len(session.exec(select(col(BudgetReservationRow.id))).all())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(database: Database, clock: Clock) -> Ledger:
    return Ledger(database, BERLIN, ExchangeRates("EUR"), clock)
