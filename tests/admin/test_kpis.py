"""The board's figures without data, around the fewest cases, in two currencies, and as files."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlmodel import SQLModel

from admin.kpis.files import kpi_pdf, kpi_xlsx
from admin.kpis.service import KpiReports
from admin.kpis.values import Kpi, KpiReport
from admin.kpis.words import part_name, part_value
from admin.measure_words import value_of
from admin.quality.values import LastEvaluation, Verdict
from admin.usage.days import UsageDays
from admin.usage.period import Period
from core.domain.clock import new_id, now
from core.domain.costs.money import ExchangeRates
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied
from core.storage.database import Database
from core.storage.tables import (
    AnswerUsageRow,
    CostItemRow,
    IdeaImpactRow,
    IdeaMoveRow,
    IdeaRow,
    ModelCallRow,
    UserRow,
)

BERLIN = ZoneInfo("Europe/Berlin")
CHINESE = "员工手册：年假与病假的规定，适用于全体员工" * 12


class NothingSaid:
    """Monitors and evaluations before the first one."""

    def newest(self, _session: object, /) -> list[Verdict]:
        return []

    def evaluation(self) -> LastEvaluation | None:
        return None


@pytest.fixture
def board(sqlite_database: Database) -> KpiReports:
    return of(sqlite_database)


def of(database: Database, currency: str = "EUR") -> KpiReports:
    days = UsageDays(database, "Europe/Berlin")
    return KpiReports(database, ExchangeRates(currency), days, NothingSaid())


def period() -> Period:
    return Period.of_days(30, BERLIN, now())


def kpi(report: KpiReport, key: str) -> Kpi:
    [found] = [one for one in report.kpis if one.measure.definition.key == key]
    return found


def store(database: Database, *rows: SQLModel) -> None:
    with database.begin() as session:
        for row in rows:
            session.add(row)
            session.flush()


def call(**values: Any) -> ModelCallRow:  # noqa: ANN401  whatever columns hold
    columns: dict[str, Any] = {
        "user_id": "anna",
        "surface": "chat",
        "purpose": "answer",
        "provider": "demo",
        "model_requested": "=HYPERLINK(1)",
        "status": "complete",
        "created_at": now() - timedelta(hours=2),
        "cost_micros": 12_000_000,
    }
    return ModelCallRow(**columns | values)


def answers(number: int) -> Iterator[AnswerUsageRow]:
    for _ in range(number):
        yield AnswerUsageRow(
            message_id=new_id(),
            conversation_id="talk",
            user_id="anna",
            created_at=now() - timedelta(hours=2),
            engine="passages",
            status="complete",
        )


def idea(status: str) -> IdeaRow:
    return IdeaRow(
        id=status,
        number=sum(map(ord, status)),
        title=status,
        problem="",
        proposal="",
        category="better_product",
        status=status,
        submitted_at=now() - timedelta(days=20),
    )


def test_employees_get_neither_figures_nor_files(board: KpiReports) -> None:
    ben = User("ben", "ben@nordhafen.example", "Ben", Role.EMPLOYEE)
    report = board.report(SYSTEM, period())

    for ask in (
        lambda: board.report(ben, period()),
        lambda: board.xlsx(ben, report),
        lambda: board.start_pdf(ben, period()),
        lambda: board.pdf(ben),
    ):
        with pytest.raises(AccessDenied):
            ask()


@pytest.mark.parametrize("days", [0, 400, -400, 20_000, -9_000])
def test_without_data_every_period_has_counts_of_zero_and_no_rates(
    board: KpiReports, days: int
) -> None:
    first = now().date() + timedelta(days=days)

    report = board.report(SYSTEM, Period(first, first + timedelta(days=40), BERLIN, now()))

    for one in report.kpis:
        assert not one.measure.value
        assert not one.measure.cases
        assert value_of(one.measure, one.currency) in ("–", "0", f"0.00 {one.currency}")


@pytest.mark.parametrize(("number", "shown"), [(19, "Too few"), (20, "0.60 EUR")])
def test_a_rate_is_told_from_twenty_cases_on(
    board: KpiReports, sqlite_database: Database, number: int, shown: str
) -> None:
    store(sqlite_database, call(), *answers(number))

    report = board.report(SYSTEM, period())

    per_answer = kpi(report, "cost_per_answer")
    assert per_answer.measure.cases == number
    assert (per_answer.measure.value is None) == (number < 20)
    assert value_of(per_answer.measure, "EUR") == shown
    assert (kpi(report, "abstained").measure.value is None) == (number < 20)


@pytest.mark.parametrize(("staff", "value"), [(19, None), (20, 5.0)])
def test_ideas_for_a_hundred_staff_need_twenty_of_them(
    board: KpiReports, sqlite_database: Database, staff: int, value: float | None
) -> None:
    people = [
        UserRow(id=f"p{n}", email=f"p{n}@nordhafen.example", name="P", role=Role.EMPLOYEE)
        for n in range(staff)
    ]
    store(sqlite_database, *people, idea("submitted"))

    measure = kpi(board.report(SYSTEM, period()), "ideas_per_hundred_staff").measure

    assert (measure.value, measure.cases) == (value, staff)


def test_ideas_from_before_moves_were_kept_are_counted_where_they_are(
    board: KpiReports, sqlite_database: Database
) -> None:
    moved = IdeaMoveRow(
        idea_id="experiment",
        from_status="approved",
        to_status="experiment",
        at=now() - timedelta(days=5),
    )
    store(sqlite_database, idea("production"), idea("approved"), idea("experiment"), moved)

    report = board.report(SYSTEM, period())

    # Nobody knows when it went into production: neither now nor within 0 days.
    assert kpi(report, "projects_implemented").measure.value == 0
    to_production = kpi(report, "idea_to_production").measure
    assert (to_production.value, to_production.cases) == (None, 0)
    assert to_production.parts["approved"] is None
    assert kpi(report, "conversion").measure.parts["submitted"] == 3
    assert kpi(report, "conversion").measure.parts["approved"] == 2
    ended = replace(period(), last=(now() - timedelta(days=10)).astimezone(BERLIN).date())
    ages = kpi(board.report(SYSTEM, ended), "open_ideas_age").measure
    assert ages.cases == 2
    assert set(ages.parts) == {"approved"}


def test_costs_without_a_rate_are_told_beside_the_figure(
    board: KpiReports, sqlite_database: Database
) -> None:
    store(sqlite_database, call(), call(cost_micros=3_000_000, currency="USD"))

    spend = kpi(board.report(SYSTEM, period()), "spend")

    assert (spend.measure.value, spend.currency) == (12_000_000, "EUR")
    assert spend.measure.note == "Not included, since no exchange rate is set: 3.00 USD"


def test_every_amount_stands_in_its_own_currency(
    board: KpiReports, sqlite_database: Database
) -> None:
    noon = datetime(2026, 5, 13, 12, tzinfo=BERLIN)
    day, month = noon.date(), noon.date().replace(day=1)
    store(
        sqlite_database,
        call(currency="USD", created_at=noon - timedelta(hours=2)),
        idea("production"),
        IdeaImpactRow(
            idea_id="production",
            month=month,
            kind="actual",
            benefit_micros=8_000_000_000,
            cost_micros=1_000_000_000,
        ),
        CostItemRow(
            name="Licence",
            kind="licence",
            rhythm="once",
            amount_micros=500_000_000,
            currency="EUR",
            first_month=month,
        ),
    )

    report = board.report(SYSTEM, Period(day, day, BERLIN, noon))

    spend, gain = kpi(report, "spend"), kpi(report, "roi_actual")
    total = kpi(report, "total_cost_per_month")
    assert value_of(spend.measure, spend.currency) == "12.00 USD"
    assert part_value(gain.measure, "benefit", gain.currency) == "8,000 EUR"
    assert value_of(total.measure, total.currency) == "500.00 EUR"
    assert "12.00 USD" in total.measure.note


def test_people_whose_account_is_gone_stay_in_what_was_asked(
    board: KpiReports, sqlite_database: Database
) -> None:
    store(sqlite_database, call(), *answers(3))

    report = board.report(SYSTEM, period())

    assert kpi(report, "monthly_active").measure.value == 1
    assert kpi(report, "activation").measure.cases == 0


def harmful(report: KpiReport) -> KpiReport:
    """The report with names that people chose as parts."""
    names = ["=cmd()", "+1", "-1", "@SUM(A1)", CHINESE, "x" * 3_000, "<b>&\x00\x07</b>", "other"]
    parts: dict[str, float | None] = dict.fromkeys(names, 6.0)
    return replace(
        report,
        kpis=tuple(
            replace(one, measure=replace(one.measure, parts=parts, value=8.0))
            if one.measure.definition.key in ("most_read", "spend")
            else one
            for one in report.kpis
        ),
    )


def test_the_workbook_shows_what_the_report_does_and_names_stay_texts(board: KpiReports) -> None:
    report = harmful(board.report(SYSTEM, period()))

    book = load_workbook(io.BytesIO(kpi_xlsx(report)))

    figures = list(book["Figures"].iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in figures] == [one.measure.definition.title for one in report.kpis]
    for row, one in zip(figures, report.kpis, strict=True):
        scale = 1e6 if one.measure.definition.unit.value == "money" else 1
        value = one.measure.value
        assert row[3] == (None if value is None else pytest.approx(value / scale))
        assert row[5] == one.measure.cases
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    names = [row[1] for row in book["Parts"].iter_rows(min_row=2, values_only=True)]
    assert {"=cmd()", "+1", "-1", "@SUM(A1)", "other"} <= {name.lstrip("'") for name in names}


def test_the_pdf_shows_every_figure_and_bears_any_name(board: KpiReports) -> None:
    report = harmful(board.report(SYSTEM, period()))

    pages = PdfReader(io.BytesIO(kpi_pdf(report, lambda _share, _step: None))).pages

    printed = " ".join(" ".join(page.extract_text() for page in pages).split())
    for one in report.kpis:
        assert one.measure.definition.title in printed
        assert value_of(one.measure, one.currency) in printed
    assert "=cmd()" in printed
    assert "@SUM(A1)" in printed


def test_a_name_that_is_also_a_kind_of_cost_stays_a_name(board: KpiReports) -> None:
    report = harmful(board.report(SYSTEM, period()))

    assert part_name(kpi(report, "most_read").measure, "other") == "other"
    assert part_name(kpi(report, "total_cost_per_month").measure, "other") == "Other costs"


def test_progress_goes_up_and_ends_before_the_last_step(board: KpiReports) -> None:
    told: list[float] = []

    kpi_pdf(board.report(SYSTEM, period()), lambda share, _step: told.append(share))

    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] < 1
