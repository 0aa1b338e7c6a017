"""What ideas bring against what they cost, on both engines."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from core.domain.costs.money import ExchangeRates
from core.domain.costs.months import last_day, later, months
from core.domain.costs.terms import CostKind, CostRhythm
from core.domain.ideas.break_even import course_of
from core.domain.ideas.returns import Worth, all_together, sum_of
from core.domain.ideas.tracking import ImpactKind
from core.storage.database import Database
from core.storage.queries.ideas.returns import (
    actual_by_month,
    actual_worth,
    idea_returns,
    planned_worth,
)
from core.storage.tables import CostItemRow, IdeaExperimentRow, IdeaImpactRow
from tests.ideas.rows import add_idea

EUROS = ExchangeRates("EUR")
WITH_RATE = ExchangeRates("EUR", {"USD": Decimal("0.5")}, date(2026, 1, 1))
EURO = 1_000_000
TODAY = date(2026, 3, 20)
DECEMBER, JANUARY, MARCH = date(2025, 12, 1), date(2026, 1, 1), date(2026, 3, 1)


def impact(idea: str, month: date, benefit: int, cost: int, kind: str = "actual") -> IdeaImpactRow:
    return IdeaImpactRow(
        idea_id=idea,
        month=month,
        kind=kind,
        benefit_micros=benefit * EURO,
        cost_micros=cost * EURO,
    )


def experiment(idea: str, cost: int | None, ended: date | None) -> IdeaExperimentRow:
    return IdeaExperimentRow(
        idea_id=idea,
        hypothesis="It helps.",
        started_on=date(2025, 12, 3),
        ended_on=ended,
        cost_micros=None if cost is None else cost * EURO,
    )


def item(idea: str | None, amount: int, first: date, **values: Any) -> CostItemRow:  # noqa: ANN401  values of any column
    columns: dict[str, Any] = {
        "name": "Server",
        "kind": CostKind.SERVER.value,
        "rhythm": CostRhythm.MONTHLY.value,
        "currency": "EUR",
        "amount_micros": amount * EURO,
        "first_month": first,
        "idea_id": idea,
    }
    return CostItemRow(**(columns | values))


def units(*amounts: Decimal) -> tuple[int, ...]:
    """Amounts that have no decimal places, as numbers."""
    return tuple(int(amount) for amount in amounts if amount == int(amount))


def store(database: Database, *rows: object) -> None:
    with database.begin() as session:
        session.add_all(rows)


@pytest.fixture
def two(database: Database) -> tuple[str, str]:
    """One idea that has paid for itself, and one that has not."""
    good, poor = (
        add_idea(database, number, status="production", title=title)
        for number, title in ((1, "Read invoices"), (2, "See damaged pallets"))
    )
    store(
        database,
        experiment(good, 100, date(2026, 1, 5)),
        experiment(good, None, None),
        impact(good, JANUARY, 50, 20),
        impact(good, MARCH, 900, 30),
        impact(good, JANUARY, 300, 100, ImpactKind.PLANNED.value),
        item(good, 40, DECEMBER, last_month=JANUARY),
        impact(poor, JANUARY, 10, 60),
        item(poor, 7, JANUARY),
        item(poor, 20, JANUARY, currency="USD", last_month=JANUARY),
        item(None, 5_000, JANUARY),
    )
    return good, poor


def test_each_idea_has_its_months_experiments_and_items_best_net_value_first(
    database: Database, two: tuple[str, str]
) -> None:
    with database.read() as session:
        first, second = idea_returns(session, EUROS, TODAY)

    assert first.label == "IDEA-0001"
    assert units(first.actual.benefit, first.actual.cost) == (950, 230)
    assert units(first.item_cost, first.actual.net, first.actual.missing) == (80, 720, 0)
    assert first.actual.break_even == MARCH
    assert first.actual.roi is not None
    assert round(first.actual.roi, 2) == Decimal("313.04")
    assert units(first.planned.benefit, first.planned.cost) == (300, 200)
    assert [(s.month, *units(s.benefit, s.cost)) for s in first.actual.standings] == [
        (DECEMBER, 0, 140),
        (JANUARY, 50, 200),
        (MARCH, 950, 230),
    ]
    assert units(second.actual.cost, second.item_cost) == (81, 21)
    assert second.actual.break_even is None
    assert second.actual.missing == 71
    assert second.other_costs == {"USD": 20 * EURO}


def test_with_a_rate_items_in_another_currency_count(
    database: Database, two: tuple[str, str]
) -> None:
    with database.read() as session:
        [_, second] = idea_returns(session, WITH_RATE, TODAY)

    assert second.actual.cost == 91
    assert second.other_costs == {}


def test_items_that_are_yet_to_come_cost_nothing(database: Database) -> None:
    idea = add_idea(database, 1, status="approved")
    store(database, item(idea, 10, date(2026, 4, 1)))

    with database.read() as session:
        [found] = idea_returns(session, EUROS, TODAY)
        later_on = idea_returns(session, EUROS, date(2026, 5, 1))

    assert not found.has_actual
    assert found.actual.cost == 0
    assert found.actual.roi is None
    assert later_on[0].actual.cost == 20


def test_ideas_without_benefit_and_cost_are_left_out(database: Database) -> None:
    add_idea(database, 1, status="approved")

    with database.read() as session:
        assert idea_returns(session, EUROS, TODAY) == []
        assert actual_by_month(session, EUROS, TODAY) == {}


def test_months_of_all_ideas_come_to_what_the_ideas_come_to(
    database: Database, two: tuple[str, str]
) -> None:
    with database.read() as session:
        ledger = actual_by_month(session, EUROS, TODAY)
        ideas = idea_returns(session, EUROS, TODAY)

    assert ledger[DECEMBER] == Worth(Decimal(0), Decimal(40))
    assert ledger[JANUARY].cost == 20 + 60 + 40 + 7 + 100
    assert ledger[JANUARY].other_costs == {"USD": 20 * EURO}
    whole = sum_of(ledger.values())
    assert whole.net == sum(one.actual.net for one in ideas) == 649
    assert all_together(ledger).net == whole.net
    assert all_together(ledger).break_even == MARCH


def test_the_return_of_a_period_equals_an_independent_query(
    database: Database, two: tuple[str, str]
) -> None:
    with database.read() as session:
        actual = actual_worth(session, EUROS, JANUARY, MARCH, TODAY)
        planned = planned_worth(session, JANUARY, MARCH)
        tracked = session.execute(
            sa.text(
                "SELECT SUM(benefit_micros), SUM(cost_micros) FROM idea_impacts "
                "WHERE kind = 'actual' AND month BETWEEN '2026-01-01' AND '2026-03-01'"
            )
        ).one()
        tried = session.execute(
            sa.text(
                "SELECT SUM(cost_micros) FROM idea_experiments "
                "WHERE ended_on BETWEEN '2026-01-01' AND '2026-03-31'"
            )
        ).scalar_one()
    benefit, cost = (int(micros) for micros in tracked)
    items = (40 + 3 * 7) * EURO
    assert actual.benefit * EURO == benefit
    assert actual.cost * EURO == cost + int(tried) + items
    assert actual.roi == (Decimal(benefit) - (cost + tried + items)) / (cost + tried + items)
    assert units(planned.benefit, planned.cost) == (300, 100)
    assert planned.roi == 2


def test_without_cost_there_is_no_return(database: Database) -> None:
    idea = add_idea(database, 1, status="production")
    store(database, impact(idea, JANUARY, 100, 0))

    with database.read() as session:
        assert actual_worth(session, EUROS, JANUARY, MARCH, TODAY).roi is None
        assert idea_returns(session, EUROS, TODAY)[0].actual.roi is None


def test_benefit_that_equals_cost_has_paid_for_itself() -> None:
    found = course_of({MARCH: Decimal(60)}, {JANUARY: Decimal(60)})

    assert found.break_even == MARCH
    assert found.missing == found.roi == 0


@pytest.mark.parametrize(
    ("month", "number", "expected"),
    [
        (DECEMBER, 1, JANUARY),
        (JANUARY, -1, DECEMBER),
        (JANUARY, -13, date(2024, 12, 1)),
        (date(2024, 2, 1), 24, date(2026, 2, 1)),
    ],
)
def test_months_go_over_the_end_of_a_year(month: date, number: int, expected: date) -> None:
    assert later(month, number) == expected
    assert len(months(min(month, expected), max(month, expected))) == abs(number) + 1
    assert months(JANUARY, DECEMBER) == []
    assert last_day(date(2024, 2, 1)) == date(2024, 2, 29)
