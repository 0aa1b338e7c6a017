"""Money is reserved before it is spent, and never more than a budget has."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlmodel import col, update

from core.domain.costs.budgets import BudgetPeriod, BudgetScope
from core.domain.costs.money import ExchangeRates
from core.domain.costs.refusals import Reason
from core.domain.identity import User
from core.spending.ledger import BudgetFull, Ledger, Money, PriceUnknown, reason_of
from core.storage.database import Database
from core.storage.tables import BudgetRow, ModelCallRow
from tests.core.spending.conftest import (
    BERLIN,
    EUROS,
    Clock,
    add_person,
    euros,
    reservations,
    set_budget,
    sums,
)


@pytest.fixture
def anna(database: Database) -> User:
    return add_person(database, "anna", "sales", "customs")


def call(user_id: str, micros: int, at: datetime, currency: str = "EUR") -> ModelCallRow:
    return ModelCallRow(
        user_id=user_id,
        purpose="answer",
        provider="local",
        model_requested="m",
        status="complete",
        cost_micros=micros,
        currency=currency,
        created_at=at,
    )


def reason(full: pytest.ExceptionInfo[BudgetFull]) -> Reason:
    return reason_of(full.value.budget)


def test_without_a_budget_nothing_is_reserved(ledger: Ledger, anna: User) -> None:
    reservation = ledger.reserve(anna, Money(None), seconds=60)

    assert reservation.accounts == ()
    ledger.settle(reservation, Money(None))


def test_a_request_is_reserved_and_then_costs_what_it_cost(
    database: Database, ledger: Ledger, anna: User
) -> None:
    budget = set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 1)

    reservation = ledger.reserve(anna, euros(0.4), seconds=60)
    during = sums(database, budget)
    ledger.settle(reservation, euros(0.1))

    assert during == (0, 400_000)
    assert sums(database, budget) == (100_000, 0)
    assert reservations(database) == 0


def test_a_failed_request_costs_nothing(database: Database, ledger: Ledger, anna: User) -> None:
    budget = set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 1)

    ledger.settle(ledger.reserve(anna, euros(1), seconds=60), Money(0))

    assert sums(database, budget) == (0, 0)


def test_what_others_reserved_is_not_there_any_more(
    database: Database, ledger: Ledger, anna: User
) -> None:
    set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 1)
    ledger.reserve(anna, euros(0.6), seconds=60)

    with pytest.raises(BudgetFull) as full:
        ledger.reserve(anna, euros(0.6), seconds=60)

    assert reason(full) is Reason.PERSON_DAY


def test_the_last_cent_can_be_spent(database: Database, ledger: Ledger, anna: User) -> None:
    budget = set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 1)

    ledger.settle(ledger.reserve(anna, euros(1), seconds=60), euros(1))

    assert sums(database, budget) == (EUROS, 0)
    assert ledger.reserve(anna, Money(0), seconds=60).accounts
    with pytest.raises(BudgetFull):
        ledger.reserve(anna, Money(1, "EUR"), seconds=60)


def test_each_person_has_their_own_of_everybodys_budget(
    database: Database, ledger: Ledger, anna: User
) -> None:
    ben = add_person(database, "ben")
    set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 1)

    ledger.reserve(anna, euros(1), seconds=60)

    assert ledger.reserve(ben, euros(1), seconds=60).accounts


def test_a_budget_of_ones_own_replaces_everybodys_for_the_same_period(
    database: Database, ledger: Ledger, anna: User
) -> None:
    set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 1)
    set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.MONTH, 5)
    set_budget(database, BudgetScope.PERSON, BudgetPeriod.DAY, 10, "anna")

    ledger.reserve(anna, euros(4), seconds=60)
    with pytest.raises(BudgetFull) as full:
        ledger.reserve(anna, euros(2), seconds=60)

    assert reason(full) is Reason.PERSON_MONTH


@pytest.mark.parametrize(
    ("scope", "subject", "why"),
    [
        (BudgetScope.GROUP, "customs", Reason.GROUP_MONTH),
        (BudgetScope.COMPANY, "", Reason.COMPANY_MONTH),
        (BudgetScope.PERSON, "anna", Reason.PERSON_MONTH),
    ],
)
def test_the_tightest_budget_decides_and_the_others_stay_as_they_were(  # noqa: PLR0913  what the test needs
    database: Database, ledger: Ledger, anna: User, scope: BudgetScope, subject: str, why: Reason
) -> None:
    wide = set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 100)
    set_budget(database, scope, BudgetPeriod.MONTH, 1, subject)

    with pytest.raises(BudgetFull) as full:
        ledger.reserve(anna, euros(2), seconds=60)

    assert reason(full) is why
    assert sums(database, wide) == (0, 0)
    assert reservations(database) == 0


def test_colleagues_share_the_budget_of_their_group(
    database: Database, ledger: Ledger, anna: User
) -> None:
    carl = add_person(database, "carl", "customs")
    budget = set_budget(database, BudgetScope.GROUP, BudgetPeriod.DAY, 1, "customs")

    ledger.settle(ledger.reserve(anna, euros(0.5), seconds=60), euros(0.5))
    ledger.settle(ledger.reserve(carl, euros(0.5), seconds=60), euros(0.5))

    assert sums(database, budget) == (EUROS, 0)


def test_work_for_nobody_is_paid_by_the_company_alone(database: Database, ledger: Ledger) -> None:
    set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 0)
    company = set_budget(database, BudgetScope.COMPANY, BudgetPeriod.DAY, 1)

    ledger.settle(ledger.reserve(None, euros(0.5), seconds=60), euros(0.5))

    assert sums(database, company) == (500_000, 0)


def test_days_and_months_begin_at_midnight_of_the_companys_zone(
    database: Database, ledger: Ledger, clock: Clock, anna: User
) -> None:
    set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 1)
    set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.MONTH, 2)
    clock.at = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)  # 23:59 in Berlin
    ledger.settle(ledger.reserve(anna, euros(1), seconds=60), euros(1))
    with pytest.raises(BudgetFull):
        ledger.reserve(anna, euros(1), seconds=60)

    clock.move(minutes=1)

    assert ledger.reserve(anna, euros(1), seconds=60).accounts
    assert {use.first_day.isoformat() for use in ledger.uses(anna)} == {"2026-12-01"}


def test_a_request_over_midnight_is_paid_by_the_day_it_began(
    database: Database, ledger: Ledger, clock: Clock, anna: User
) -> None:
    set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 1)
    clock.at = datetime(2026, 11, 17, 22, 59, tzinfo=UTC)
    reservation = ledger.reserve(anna, euros(1), seconds=600)
    clock.move(minutes=2)

    ledger.settle(reservation, euros(0.5))

    [today] = ledger.uses(anna)
    assert today.spent_micros == today.reserved_micros == 0


def test_what_a_process_reserved_that_died_comes_back(
    database: Database, ledger: Ledger, clock: Clock, anna: User
) -> None:
    budget = set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 1)
    ledger.reserve(anna, euros(1), seconds=180)
    clock.move(seconds=239)
    with pytest.raises(BudgetFull):
        ledger.reserve(anna, euros(1), seconds=180)

    clock.move(seconds=2)

    assert ledger.reserve(anna, euros(1), seconds=180).accounts
    assert sums(database, budget) == (0, EUROS)


def test_a_request_that_ends_after_its_reservation_is_still_paid_once(
    database: Database, ledger: Ledger, clock: Clock, anna: User
) -> None:
    budget = set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 1)
    late = ledger.reserve(anna, euros(0.5), seconds=60)
    clock.move(minutes=5)
    assert ledger.give_back_expired() == 1

    ledger.settle(late, euros(0.2))

    assert sums(database, budget) == (200_000, 0)


def test_a_budget_set_in_the_middle_of_the_month_knows_what_was_spent(
    database: Database, ledger: Ledger, anna: User
) -> None:
    with database.begin() as session:
        session.add_all(
            [
                call("anna", 300_000, datetime(2026, 11, 2, 8, tzinfo=UTC)),
                call("ben", 100_000, datetime(2026, 11, 3, 8, tzinfo=UTC)),
                call("anna", 900_000, datetime(2026, 10, 31, 22, 59, tzinfo=UTC)),
            ]
        )
    own = set_budget(database, BudgetScope.PERSON, BudgetPeriod.MONTH, 5, "anna")
    group = set_budget(database, BudgetScope.GROUP, BudgetPeriod.MONTH, 5, "sales")
    company = set_budget(database, BudgetScope.COMPANY, BudgetPeriod.MONTH, 5)

    ledger.reserve(anna, euros(0), seconds=60)

    assert sums(database, own) == (300_000, 0)
    assert sums(database, group) == (300_000, 0)
    assert sums(database, company) == (400_000, 0)


def test_other_currencies_are_told_by_the_rates_or_not_at_all(
    database: Database, clock: Clock, anna: User
) -> None:
    budget = set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 1)
    rates = ExchangeRates("EUR", {"USD": Decimal("0.5")})
    with_rate = Ledger(database, BERLIN, rates, clock)
    without = Ledger(database, BERLIN, ExchangeRates("EUR"), clock)
    dollars = Money(400_000, "USD")

    with_rate.settle(with_rate.reserve(anna, dollars, seconds=60), dollars)
    with pytest.raises(PriceUnknown):
        without.reserve(anna, dollars, seconds=60)

    assert sums(database, budget) == (200_000, 0)


def test_a_price_that_is_not_known_is_counted_where_that_is_allowed(
    database: Database, ledger: Ledger, anna: User
) -> None:
    set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 1)
    with pytest.raises(PriceUnknown):
        ledger.reserve(anna, Money(None), seconds=60)

    reservation = ledger.reserve(anna, Money(None), seconds=60, takes_unknown=True)
    ledger.settle(reservation, Money(None))

    [use] = ledger.uses(anna)
    assert (use.unpriced, use.spent_micros, use.reserved_micros) == (1, 0, 0)


def test_a_share_of_a_budget_can_be_kept_for_others(
    database: Database, ledger: Ledger, anna: User
) -> None:
    set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 1)

    ledger.reserve(anna, euros(0.98), seconds=60, percent=98)
    with pytest.raises(BudgetFull):
        ledger.reserve(anna, euros(0.01), seconds=60, percent=98)

    assert ledger.reserve(anna, euros(0.02), seconds=60).accounts


def test_a_limit_that_is_lowered_holds_at_once(
    database: Database, ledger: Ledger, anna: User
) -> None:
    budget = set_budget(database, BudgetScope.EVERYBODY, BudgetPeriod.DAY, 1)
    ledger.settle(ledger.reserve(anna, euros(0.5), seconds=60), euros(0.5))

    with database.begin() as session:
        session.exec(update(BudgetRow).where(col(BudgetRow.id) == budget).values(limit_micros=1))

    with pytest.raises(BudgetFull):
        ledger.reserve(anna, Money(1, "EUR"), seconds=60)
    [use] = ledger.uses(anna)
    assert use.percent > 100
    assert use.left_micros == 0
