"""Every figure of the board equals SQL that was written from the sentence that defines it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import SQLModel

from admin.kpis.service import KpiReports
from admin.kpis.values import Kpi, KpiReport
from admin.measures import Measure
from admin.usage.days import UsageDays
from admin.usage.period import Period
from admin.usage.unusual import FORECAST_FROM_DAY
from bootstrap.services import Services
from core.domain.clock import now
from core.domain.costs.money import ExchangeRates
from core.domain.identity import SYSTEM
from core.storage.database import Database
from tests.demo import kpi_sql
from tests.demo.kpi_sql import Told, Year, total_cost_before
from tests.demo.kpi_year import fill
from tests.terminal.conftest import LEAVE, LUNCH, opened_terminal

BERLIN = ZoneInfo("Europe/Berlin")
FROM_RUNS = {"last_evaluation"}
"""Figures that the gate of the evaluation tells, which has tests of its own."""
PERIODS = ("90 days", "12 months", "clocks change", "ended")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox with a year, up to a moment."""

    services: Services
    path: Path
    moment: datetime

    def period(self, name: str) -> Period:
        """A period of Berlin by its name."""
        match name:
            case "90 days":
                return Period.of_days(90, BERLIN, self.moment)
            case "12 months":
                return Period.of_days(365, BERLIN, self.moment)
            case "clocks change":
                change = last_change(self.moment.astimezone(BERLIN).date())
                first = change - timedelta(days=12)
                return Period(first, first + timedelta(days=25), BERLIN, self.moment)
            case _:
                last = self.moment.astimezone(BERLIN).date() - timedelta(days=45)
                return Period(last - timedelta(days=59), last, BERLIN, self.moment)

    def report(self, name: str) -> KpiReport:
        return self.services.kpis.report(SYSTEM, self.period(name))

    def year(self, period: Period) -> Year:
        return Year(self.path, period, self.moment)


def last_change(today: date) -> date:
    """The last day at least two weeks ago on which clocks changed."""
    day = today - timedelta(days=14)
    while not _changes(day):
        day -= timedelta(days=1)
    return day


def _changes(day: date) -> bool:
    morning, evening = (
        datetime(day.year, day.month, day.day, hour, tzinfo=BERLIN) for hour in (0, 23)
    )
    return morning.utcoffset() != evening.utcoffset()


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with opened_terminal(tmp_path_factory.mktemp("kpis")) as terminal:
        terminal("migrate")
        terminal("collections", "add", "Handbook", "--open")
        files = [terminal.file("leave.txt", LEAVE), terminal.file("lunch.txt", LUNCH)]
        terminal("ingest", *map(str, files), "--collection", "Handbook")
        terminal("demo", "load")
        moment = now()
        with terminal.services.database.begin() as session:
            fill(session, moment)
        yield Sandbox(terminal.services, terminal.folder / "data" / "sandbox.db", moment)


@pytest.fixture(scope="module")
def reports(sandbox: Sandbox) -> dict[str, KpiReport]:
    return {name: sandbox.report(name) for name in PERIODS}


def _of(report: KpiReport, key: str) -> Kpi:
    [kpi] = [one for one in report.kpis if one.measure.definition.key == key]
    return kpi


def assert_same(measure: Measure, told: Told) -> None:
    assert measure.value == (None if told.value is None else pytest.approx(told.value, rel=1e-6))
    assert measure.cases == told.cases
    shown = {part: value for part, value in measure.parts.items() if value is not None}
    counted = {part: value for part, value in told.parts.items() if value is not None}
    for part in shown.keys() | counted.keys():
        assert shown.get(part, 0) == pytest.approx(counted.get(part, 0), rel=1e-6), part


def test_every_figure_has_its_sql(reports: dict[str, KpiReport]) -> None:
    told = {kpi.measure.definition.key for kpi in reports["90 days"].kpis}

    assert told - set(dir(kpi_sql)) == FROM_RUNS
    assert len(told) == len(reports["90 days"].kpis)


@pytest.mark.parametrize("name", PERIODS)
def test_each_figure_is_what_sql_counts(
    sandbox: Sandbox, reports: dict[str, KpiReport], name: str, subtests: pytest.Subtests
) -> None:
    period = sandbox.period(name)
    for kpi in reports[name].kpis:
        key = kpi.measure.definition.key
        if key in FROM_RUNS:
            continue
        ask = getattr(kpi_sql, key)
        with subtests.test(key):
            assert_same(kpi.measure, ask(sandbox.year(period)))
        if kpi.previous is not None:
            with subtests.test(f"{key} before"):
                assert_same(kpi.previous, _before(sandbox, period, key))


def _before(sandbox: Sandbox, period: Period, key: str) -> Told:
    if key == "total_cost_per_month":
        return total_cost_before(sandbox.year(period))
    told: Told = getattr(kpi_sql, key)(sandbox.year(period.previous))
    has_parts = key != "cost_per_thousand_tokens"  # list prices are told of the period alone
    return told if has_parts else replace(told, parts={})


def test_the_year_has_something_of_everything(
    sandbox: Sandbox, reports: dict[str, KpiReport]
) -> None:
    month_is_young = sandbox.moment.astimezone(BERLIN).day < FORECAST_FROM_DAY
    nothing = {
        kpi.measure.definition.key for kpi in reports["12 months"].kpis if not kpi.measure.value
    }

    assert nothing <= (FROM_RUNS | {"forecast"} if month_is_young else FROM_RUNS)


def test_both_databases_tell_the_same_figures(
    sandbox: Sandbox, reports: dict[str, KpiReport], postgres_database: Database
) -> None:
    _copy(sandbox.services.database, postgres_database)
    days = UsageDays(postgres_database, "UTC")
    board = KpiReports(postgres_database, ExchangeRates("EUR"), days, sandbox.services.quality)

    report = board.report(SYSTEM, sandbox.period("90 days"))

    for here, there in zip(reports["90 days"].kpis, report.kpis, strict=True):
        assert there.measure.definition == here.measure.definition
        assert_same(there.measure, Told(here.measure.value, here.measure.cases, here.measure.parts))


def _copy(source: Database, target: Database) -> None:
    tables = [table for table in SQLModel.metadata.sorted_tables if "usage_d" not in table.name]
    with source.read() as session, target.begin() as copy:
        for table in tables:
            if table.name.startswith(("keyword_", "usage_changes")):
                continue
            copy.execute(table.delete())
            rows = [dict(row) for row in session.execute(table.select()).mappings().all()]
            if rows:
                copy.execute(table.insert(), rows)


def test_the_pages_usage_costs_and_quality_tell_the_same(
    sandbox: Sandbox, reports: dict[str, KpiReport]
) -> None:
    period, board = sandbox.period("90 days"), reports["90 days"]
    usage = sandbox.services.usage.report(SYSTEM, period=period)
    value = {kpi.measure.definition.key: kpi.measure.value for kpi in board.kpis}

    assert value["questions"] == usage.total.questions
    assert value["spend"] == usage.total.cost_micros
    assert value["unusual_days"] == len(usage.unusual)
    assert value["forecast"] == (usage.forecast.expected_micros if usage.forecast else None)
    assert value["cost_per_answer"] == pytest.approx(usage.total.cost_per_answer, abs=1)
    begun = min(period.last, sandbox.moment.astimezone(kpi_sql.COMPANY).date())
    costs = sandbox.services.costs.tco(SYSTEM, period.first, begun)
    months = len(costs.months)
    assert value["total_cost_per_month"] == pytest.approx(costs.total.micros / months)
    quality = sandbox.services.quality.report(SYSTEM, period)
    told = {one.now.definition.key: one.now for one in quality.measures}
    shown = {kpi.measure.definition.key: kpi.measure for kpi in board.kpis}
    assert told == {key: shown[key] for key in told}
