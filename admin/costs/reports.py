"""What everything costs, and what ideas bring for it, for administrators."""

from dataclasses import dataclass
from datetime import date

from admin.costs.totals import read_total_cost
from admin.costs.values import CostReport
from admin.usage.days import UsageDays
from core.domain.access import require_admin
from core.domain.clock import now
from core.domain.costs.money import ExchangeRates
from core.domain.costs.months import month_of, months
from core.domain.ideas.break_even import Course
from core.domain.ideas.returns import IdeaReturn, Worth, all_together, sum_of
from core.domain.identity import User
from core.errors import InvalidInput
from core.storage.database import Database
from core.storage.queries.ideas.returns import actual_by_month, idea_returns

LONGEST_MONTHS = 120


@dataclass(frozen=True, slots=True)
class PortfolioReturn:
    """Benefit and cost of all ideas up to today: together month by month, and of each one.

    The best net value comes first. `worth` is the sum, with what could not be converted.
    """

    currency: str
    worth: Worth
    course: Course
    ideas: tuple[IdeaReturn, ...]


class CostReports:
    """Total cost of ownership, and cost against value."""

    def __init__(self, database: Database, rates: ExchangeRates, days: UsageDays) -> None:
        """Take the rates by which costs are told, and the days that are kept added up."""
        self._database = database
        self._rates = rates
        self._days = days

    @property
    def rates(self) -> ExchangeRates:
        """The rates by which costs are told in the company's currency."""
        return self._rates

    @property
    def zone(self) -> str:
        """The time zone in which months begin."""
        return getattr(self._days.zone, "key", "UTC")

    @property
    def this_month(self) -> date:
        """The month of now on the company's calendar."""
        return month_of(now().astimezone(self._days.zone).date())

    def tco(self, admin: User, first_month: date, last_month: date) -> CostReport:
        """Return what the months cost from the first to the last, both included.

        Raises InvalidInput if they are in the wrong order, or more than ten years.
        """
        require_admin(admin)
        number = len(months(first_month, last_month))
        if number < 1:
            raise InvalidInput("Choose a last month that is not before the first one.")
        if number > LONGEST_MONTHS:
            raise InvalidInput(f"Choose at most {LONGEST_MONTHS} months.")
        self._days.refresh()
        with self._database.read() as session:
            return read_total_cost(session, self._days, self._rates, first_month, last_month, now())

    def ideas(self, admin: User) -> PortfolioReturn:
        """Return what all ideas brought and cost up to this month."""
        require_admin(admin)
        today = self.this_month
        with self._database.read() as session:
            ledger = actual_by_month(session, self._rates, today)
            ideas = idea_returns(session, self._rates, today)
        return PortfolioReturn(
            self._rates.currency, sum_of(ledger.values()), all_together(ledger), tuple(ideas)
        )
