"""Total cost of ownership: months of models and items, currencies, and who had an answer for it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin.costs.items import CostItems
from admin.costs.reports import CostReports
from admin.costs.totals import read_total_cost
from admin.costs.values import CostPart, CostReport
from admin.usage.days import UsageDays
from core.domain.clock import new_id, now
from core.domain.costs.money import ExchangeRates
from core.domain.costs.months import later, month_of, months
from core.domain.costs.terms import CostKind, CostRhythm, CostTerms
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied, InvalidInput
from core.storage.database import Database
from core.storage.tables import (
    EMBEDDING_PURPOSE,
    EVALUATION_SURFACE,
    AnswerUsageRow,
    CostItemRow,
    ModelCallRow,
    UserRow,
)

ADMIN = User("admin", "ada@nordhafen.example", "Ada", Role.ADMIN)
EUROS = ExchangeRates("EUR")
WITH_RATE = ExchangeRates("EUR", {"USD": Decimal("0.9")}, date(2026, 1, 2))
NOVEMBER, DECEMBER = date(2025, 11, 1), date(2025, 12, 1)
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
LATER = datetime(2026, 3, 15, 12, tzinfo=UTC)
EURO = 1_000_000


@pytest.fixture
def empty(database: Database) -> Database:
    with database.begin() as session:
        session.add(UserRow(id="admin", email=ADMIN.email, name="Ada", role=Role.ADMIN))
    return database


def store(database: Database, *rows: AnswerUsageRow | ModelCallRow) -> None:
    with database.begin() as session:
        session.add_all(rows)


def answer(at: datetime, **values: Any) -> AnswerUsageRow:  # noqa: ANN401  values of any column
    return AnswerUsageRow(
        message_id=new_id(),
        conversation_id="c",
        user_id=values.pop("user_id", "admin"),
        engine="large",
        status=values.pop("status", "complete"),
        created_at=at,
        **values,
    )


def call(at: datetime, euros: float, **values: Any) -> ModelCallRow:  # noqa: ANN401  see above
    columns = {"user_id": "admin", "surface": "chat", "purpose": "answer", "status": "complete"}
    return ModelCallRow(
        **(columns | values),
        provider="local",
        model_requested="large",
        created_at=at,
        cost_micros=round(euros * EURO),
    )


def add(database: Database, amount: int, first: date, **values: Any) -> CostTerms:  # noqa: ANN401  see above
    terms = CostTerms(
        values.pop("name", "Licence"),
        values.pop("kind", CostKind.LICENCE),
        first,
        values.pop("currency", "EUR"),
        amount=Decimal(amount),
        **values,
    )
    return CostItems(database).add(ADMIN, terms).terms


def report(
    database: Database,
    first: date,
    last: date,
    rates: ExchangeRates = EUROS,
    zone: str = "UTC",
) -> CostReport:
    days = UsageDays(database, zone)
    days.refresh()
    with database.read() as session:
        return read_total_cost(session, days, rates, first, last, LATER)


def euros(parts: object) -> dict[CostPart, float]:
    assert isinstance(parts, dict)
    return {part: micros / EURO for part, micros in parts.items() if micros}


def test_without_anything_every_cost_is_zero_and_no_share_is_told(empty: Database) -> None:
    found = report(empty, JANUARY, FEBRUARY)

    assert [each.month for each in found.months] == [JANUARY, FEBRUARY]
    assert found.total.micros == found.previous.micros == 0
    assert (found.total.per_answer, found.total.per_person) == (None, None)
    assert found.currency == "EUR"


def test_answers_embeddings_test_questions_and_each_kind_stand_apart(empty: Database) -> None:
    at = datetime(2026, 1, 20, 9, tzinfo=UTC)
    store(
        empty,
        call(at, 3),
        call(at, 0.5, surface="idea", purpose="idea"),
        call(at, 0.25, purpose=EMBEDDING_PURPOSE),
        call(at, 0.125, surface=EVALUATION_SURFACE, purpose=EMBEDDING_PURPOSE),
        call(at, 2, surface=EVALUATION_SURFACE),
    )
    for place, kind in enumerate(CostKind):
        add(empty, 10 * (place + 1), JANUARY, kind=kind)

    [month] = report(empty, JANUARY, JANUARY).months

    assert euros(month.cost.parts) == {
        CostPart.ANSWERS: 3.5,
        CostPart.EMBEDDINGS: 0.25,
        CostPart.EVALUATIONS: 2.125,
        CostPart.LICENCE: 10,
        CostPart.SERVER: 20,
        CostPart.STAFF: 30,
        CostPart.OTHER: 40,
    }
    assert month.cost.metered == round(5.875 * EURO)
    assert month.cost.micros == round(105.875 * EURO)


def test_items_count_in_their_months_over_the_end_of_a_year(empty: Database) -> None:
    add(empty, 100, DECEMBER, last_month=JANUARY)
    add(empty, 7, NOVEMBER)
    add(empty, 1_000, JANUARY, rhythm=CostRhythm.ONCE, kind=CostKind.SERVER)

    found = report(empty, NOVEMBER, FEBRUARY)

    assert [each.cost.micros // EURO for each in found.months] == [7, 107, 1_107, 7]
    assert euros(found.total.parts) == {CostPart.LICENCE: 228, CostPart.SERVER: 1_000}
    assert found.previous.micros == 0


def test_as_many_months_before_are_what_a_period_is_compared_with(empty: Database) -> None:
    add(empty, 10, NOVEMBER, last_month=DECEMBER)
    store(empty, call(datetime(2025, 12, 31, 23, 59, tzinfo=UTC), 4))
    store(empty, call(datetime(2026, 1, 1, tzinfo=UTC), 5))

    found = report(empty, JANUARY, FEBRUARY)

    assert found.previous.micros == 24 * EURO
    assert found.total.micros == 5 * EURO


def test_a_month_begins_at_midnight_of_the_company(empty: Database) -> None:
    store(empty, call(datetime(2025, 12, 31, 23, 30, tzinfo=UTC), 4))

    found = report(empty, DECEMBER, JANUARY, zone="Europe/Berlin")

    assert [each.cost.micros for each in found.months] == [0, 4 * EURO]


def test_hours_count_times_their_rate(empty: Database) -> None:
    terms = CostTerms(
        *("Editor", CostKind.STAFF, JANUARY, "EUR"),
        hours=Decimal("12.5"),
        hourly_rate=Decimal("64.40"),
    )
    CostItems(empty).add(ADMIN, terms)

    assert report(empty, JANUARY, FEBRUARY).total.micros == 2 * 805 * EURO


def test_without_a_rate_another_currency_stands_by_itself(empty: Database) -> None:
    store(empty, call(datetime(2026, 1, 5, tzinfo=UTC), 2, currency="USD"))
    add(empty, 100, JANUARY)
    add(empty, 30, FEBRUARY, currency="USD")

    found = report(empty, JANUARY, FEBRUARY)

    assert (found.currency, found.total.micros) == ("EUR", 200 * EURO)
    assert found.total.other_costs == {"USD": 32 * EURO}
    assert [dict(each.cost.other_costs) for each in found.months] == [
        {"USD": 2 * EURO},
        {"USD": 30 * EURO},
    ]


def test_with_a_rate_all_is_told_in_one_currency(empty: Database) -> None:
    store(empty, call(datetime(2026, 1, 5, tzinfo=UTC), 2, currency="USD"))
    add(empty, 100, JANUARY)
    add(empty, 30, FEBRUARY, currency="USD")
    add(empty, 9, FEBRUARY, currency="CHF")

    found = report(empty, JANUARY, FEBRUARY, WITH_RATE)

    assert found.total.micros == round((200 + 32 * 0.9) * EURO)
    assert found.total.other_costs == {"CHF": 9 * EURO}


def test_where_all_is_in_one_foreign_currency_it_is_told_in_that(empty: Database) -> None:
    store(empty, call(datetime(2026, 1, 5, tzinfo=UTC), 2, currency="USD"))

    found = report(empty, JANUARY, JANUARY)

    assert (found.currency, found.total.micros) == ("USD", 2 * EURO)


def test_costs_are_shared_by_complete_answers_and_people_counted_once(empty: Database) -> None:
    for month in (JANUARY, FEBRUARY):
        at = datetime(2026, month.month, 3, tzinfo=UTC)
        store(
            empty,
            answer(at),
            answer(at, user_id="ben"),
            answer(at, user_id="ben", status="failed"),
            answer(at, user_id="test", surface=EVALUATION_SURFACE),
        )
    add(empty, 12, JANUARY)

    found = report(empty, JANUARY, FEBRUARY)

    assert [(each.cost.answers, each.cost.people) for each in found.months] == [(2, 2), (2, 2)]
    assert (found.total.answers, found.total.people) == (4, 2)
    assert (found.total.per_answer, found.total.per_person) == (6 * EURO, 12 * EURO)


def test_the_running_month_is_named(empty: Database) -> None:
    this = month_of(LATER.date())

    assert report(empty, JANUARY, this).is_running
    assert not report(empty, JANUARY, later(this, -1)).is_running


SPENT = {
    "sqlite": "SELECT strftime('%Y-%m', created_at), SUM(cost_micros) FROM model_calls GROUP BY 1",
    "postgresql": "SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM'), SUM(cost_micros) "
    "FROM model_calls GROUP BY 1",
}
"""What all requests cost in each month, written on its own."""
PAID = """
    WITH RECURSIVE calendar(month) AS (
        SELECT CAST(:first AS {date}) UNION ALL
        SELECT {next} FROM calendar WHERE month < CAST(:last AS {date})
    )
    SELECT {told}, SUM(COALESCE(amount_micros, hours_micros * (rate_micros / 1000000)))
    FROM calendar JOIN cost_items ON month >= first_month AND CASE rhythm
        WHEN 'once' THEN month = first_month
        ELSE last_month IS NULL OR month <= last_month END
    GROUP BY 1
"""
"""What items cost in each month; rates are whole, so that the division is exact."""
DIALECTS = {
    "sqlite": {
        "date": "TEXT",
        "next": "date(month, '+1 month')",
        "told": "strftime('%Y-%m', month)",
    },
    "postgresql": {
        "date": "DATE",
        "next": "CAST(month + INTERVAL '1 month' AS DATE)",
        "told": "to_char(month, 'YYYY-MM')",
    },
}


def test_each_month_equals_an_independent_query(empty: Database) -> None:
    start = datetime(2025, 1, 1, 12, tzinfo=UTC)
    for number in range(150):
        store(
            empty,
            call(
                start + timedelta(hours=67 * number),
                0.01 * (number % 17),
                purpose=EMBEDDING_PURPOSE if number % 5 == 0 else "answer",
                surface=EVALUATION_SURFACE if number % 7 == 0 else "chat",
            ),
        )
    with empty.begin() as session:
        session.add_all(
            CostItemRow(
                name=f"Item {number}",
                kind=list(CostKind)[number % 4].value,
                rhythm="once" if number % 6 == 0 else "monthly",
                amount_micros=None if number % 3 == 0 else 1_000_003 * number,
                hours_micros=2_500_000 if number % 3 == 0 else None,
                rate_micros=40_000_000 if number % 3 == 0 else None,
                currency="EUR",
                first_month=later(date(2024, 6, 1), number),
                last_month=None if number % 4 == 0 else later(date(2024, 6, 1), number + 5),
            )
            for number in range(24)
        )

    found = report(empty, date(2025, 1, 1), date(2026, 2, 1))

    dialect = empty.dialect
    query = PAID.format(**DIALECTS[dialect])
    with empty.read() as session:
        spent = dict(session.execute(sa.text(SPENT[dialect])).all())
        told = session.execute(sa.text(query), {"first": "2025-01-01", "last": "2026-02-01"})
        paid = dict(told.all())
    for each in found.months:
        key = f"{each.month:%Y-%m}"
        assert each.cost.metered == spent.get(key, 0)
        assert each.cost.micros - each.cost.metered == int(paid.get(key, 0))
    assert found.total.micros > sum(spent.values()) > 0


MAX = date(2100, 1, 1)
MONTHS = st.integers(0, 30).map(lambda number: later(date(2024, 10, 1), number))
ITEMS = st.builds(
    CostTerms,
    st.just("Item"),
    st.sampled_from(CostKind),
    MONTHS,
    st.sampled_from(["EUR", "USD", "CHF"]),
    st.sampled_from(CostRhythm),
    st.decimals("0.000001", "5000", places=6),
    last_month=st.none() | MONTHS,
)


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(ITEMS, max_size=8), MONTHS, st.integers(0, 14))
def test_the_months_come_to_the_total_whatever_the_items_are(
    sqlite_database: Database, items: list[CostTerms], first: date, number: int
) -> None:
    last = later(first, number)
    stored = [replace(terms, last_month=_possible_end(terms)) for terms in items]
    with sqlite_database.begin() as session:
        session.execute(sa.delete(CostItemRow))
    for terms in stored:
        CostItems(sqlite_database).add(SYSTEM, terms)

    found = report(sqlite_database, first, last, WITH_RATE)

    assert sum(each.cost.micros for each in found.months) == found.total.micros
    if found.currency == "EUR":
        paid = {code: paid_in(stored, first, last, code) for code in ("EUR", "USD", "CHF")}
        exact = paid["EUR"] + paid["USD"] * Decimal("0.9")
        assert abs(found.total.micros - exact) <= len(found.months) * len(CostKind) / 2
        assert found.total.other_costs.get("CHF", 0) == paid["CHF"]


def _possible_end(terms: CostTerms) -> date | None:
    is_once = terms.rhythm is CostRhythm.ONCE
    return None if is_once or (terms.last_month or MAX) < terms.first_month else terms.last_month


def is_paid(terms: CostTerms, month: date) -> bool:
    if terms.rhythm is CostRhythm.ONCE:
        return month == terms.first_month
    return terms.first_month <= month <= (terms.last_month or MAX)


def paid_in(items: list[CostTerms], first: date, last: date, currency: str) -> int:
    """What items of one currency come to, month by month."""
    return sum(
        terms.micros
        for terms in items
        for month in months(first, last)
        if terms.currency == currency and is_paid(terms, month)
    )


def test_periods_are_in_order_and_at_most_ten_years(empty: Database) -> None:
    reports = CostReports(empty, EUROS, UsageDays(empty))

    with pytest.raises(InvalidInput, match="not before the first"):
        reports.tco(ADMIN, FEBRUARY, JANUARY)
    with pytest.raises(InvalidInput, match="at most 120 months"):
        reports.tco(ADMIN, date(2016, 1, 1), date(2026, 1, 1))
    assert len(reports.tco(ADMIN, date(2016, 2, 1), date(2026, 1, 1)).months) == 120


def test_only_active_administrators_see_what_everything_costs(empty: Database) -> None:
    reports = CostReports(empty, EUROS, UsageDays(empty))

    for person in (User("ben", "ben@nordhafen.example", "Ben"), replace(ADMIN, is_active=False)):
        with pytest.raises(AccessDenied):
            reports.tco(person, JANUARY, JANUARY)
        with pytest.raises(AccessDenied):
            reports.ideas(person)
    assert reports.this_month == month_of(now().date())
