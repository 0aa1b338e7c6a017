"""What a report says of unusual days and of the running month, from stored requests."""

from datetime import UTC, date, datetime, timedelta

import pytest

import admin.usage.reports as usage_reports
from admin.usage.period import Period
from admin.usage.reports import UsageReports
from core.domain.costs.money import ExchangeRates
from core.domain.identity import SYSTEM
from core.storage.database import Database
from core.storage.tables import ModelCallRow, UserRow

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def call(at: datetime, user_id: str, cost: int, group: str = "Customs") -> ModelCallRow:
    return ModelCallRow(
        user_id=user_id,
        group_names=group,
        created_at=at,
        surface="chat",
        purpose="answer",
        provider="local",
        model_requested="large",
        status="complete",
        cost_micros=cost,
    )


@pytest.fixture
def spent(database: Database) -> Database:
    """Four weeks of two people, and a day on which one of them spent much."""
    rows = [
        call(NOON - timedelta(days=day), person, 1_000_000)
        for day in range(35)
        for person in ("anna", "ben")
    ]
    with database.begin() as session:
        session.add(
            UserRow(id="anna", email="anna@nordhafen.example", name="Anna", role="employee")
        )
        session.add_all([*rows, call(NOON - timedelta(days=1), "anna", 10_000_000)])
    return database


def test_an_unusual_day_names_who_spent_most(spent: Database) -> None:
    reports = UsageReports(spent, ExchangeRates("EUR"))

    [day] = reports.report(SYSTEM, period=Period.of_days(30, UTC, NOON)).unusual

    assert (day.day, day.cost_micros, day.median_micros) == (
        date(2026, 11, 19),
        12_000_000,
        2_000_000,
    )
    assert (day.largest, round(day.share, 2)) == ("Anna", 0.92)


def test_the_running_month_is_expected_to_go_on(
    spent: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_reports, "now", lambda: NOON)
    reports = UsageReports(spent, ExchangeRates("EUR"))

    expected = reports.report(SYSTEM, days=30).forecast

    assert expected is not None
    assert (expected.month, expected.so_far_micros) == (date(2026, 11, 1), 48_000_000)
    assert expected.expected_micros == round(48_000_000 * 30 / 19.5)


@pytest.mark.parametrize("today", [datetime(2026, 11, 4, 12, tzinfo=UTC)])
def test_the_first_days_of_a_month_allow_no_forecast(
    spent: Database, monkeypatch: pytest.MonkeyPatch, today: datetime
) -> None:
    monkeypatch.setattr(usage_reports, "now", lambda: today)

    assert UsageReports(spent, ExchangeRates("EUR")).report(SYSTEM, days=30).forecast is None


def test_a_month_that_is_over_needs_no_forecast(
    spent: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_reports, "now", lambda: NOON)
    over = Period(date(2026, 10, 1), date(2026, 10, 31), UTC, NOON)

    assert UsageReports(spent, ExchangeRates("EUR")).report(SYSTEM, period=over).forecast is None
