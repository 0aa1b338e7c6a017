"""The board's figures of a period, for administrators."""

from collections.abc import Iterator
from itertools import chain

from sqlmodel import Session

from admin.kpis.adoption import adoption
from admin.kpis.budgets import budget_figures
from admin.kpis.cost import TOTAL, cost, total_cost
from admin.kpis.files import file_name, kpi_pdf, kpi_xlsx
from admin.kpis.governance import governance
from admin.kpis.portfolio import ROI_ACTUAL, ROI_PLANNED, portfolio
from admin.kpis.quality import QualityState, quality
from admin.kpis.values import Course, Kpi, KpiGroup, KpiReport, Windows
from admin.usage.days import UsageDays
from admin.usage.figures import Figures
from admin.usage.period import Period
from core.background_files import BackgroundFile, BackgroundFiles, Progress
from core.domain.access import require_admin
from core.domain.costs.money import ExchangeRates
from core.domain.identity import User
from core.storage.database import Database

WINDOWS = 6
"""Periods of a trend, the newest one included."""


class KpiReports:
    """The board's figures, each with its definition, the period before, and a trend."""

    def __init__(
        self, database: Database, rates: ExchangeRates, days: UsageDays, state: QualityState
    ) -> None:
        """Take the rates by which money is told, and the days that are kept added up."""
        self._database = database
        self._state = state
        self._rates = rates
        self._days = days
        self._files = BackgroundFiles()

    def report(self, admin: User, period: Period) -> KpiReport:
        """Return all figures of a period."""
        require_admin(admin)
        self._days.refresh()
        windows = windows_of(period)
        with self._database.read() as session:
            figures = Figures(session, self._days, self._rates, period)
            kpis = tuple(
                Kpi.of(group, course, currency)
                for group, course, currency in self._courses(session, figures, windows)
            )
        return KpiReport(period, figures.currency, kpis)

    def xlsx(self, admin: User, report: KpiReport) -> bytes:
        """Return what a report shows as an Excel workbook."""
        require_admin(admin)
        return kpi_xlsx(report)

    def start_pdf(self, admin: User, period: Period) -> None:
        """Begin to make the PDF of a period; do nothing while one is being made."""
        require_admin(admin)

        def make(tell: Progress) -> bytes:
            tell(0.0, "Adding up")
            return kpi_pdf(self.report(admin, period), tell)

        self._files.start(admin.id, file_name(period, "pdf"), make)

    def pdf(self, admin: User) -> BackgroundFile | None:
        """Return the PDF that was begun last, whether it is there or not."""
        require_admin(admin)
        return self._files.of(admin.id)

    def _courses(
        self, session: Session, figures: Figures, windows: Windows
    ) -> Iterator[tuple[KpiGroup, Course, str]]:
        total = total_cost(session, self._days, self._rates, windows[0])
        of_group = {
            KpiGroup.PORTFOLIO: portfolio(session, self._rates, windows),
            KpiGroup.COST: chain(
                cost(session, self._rates, figures, windows, total),
                budget_figures(session, self._rates, self._days.zone, windows),
            ),
            KpiGroup.ADOPTION: adoption(session, self._days, figures, windows),
            KpiGroup.QUALITY: quality(session, figures, self._state, windows),
            KpiGroup.GOVERNANCE: governance(session, figures, windows),
        }
        own = {
            ROI_ACTUAL: self._rates.currency,
            ROI_PLANNED: self._rates.currency,
            TOTAL: total.currency,
        }
        for group, courses in of_group.items():
            for course in courses:
                yield group, course, own.get(course[0].definition, figures.currency)


def windows_of(period: Period) -> Windows:
    """Return the period and those of the same length before it, newest first."""
    windows = [period]
    while len(windows) < WINDOWS:
        windows.append(windows[-1].previous)
    return windows
