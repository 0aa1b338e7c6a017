"""Reserves money for requests before they are made, and settles what they cost."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from sqlmodel import Session

from core.domain.clock import new_id, now
from core.domain.costs.budgets import (
    Budget,
    BudgetPeriod,
    BudgetScope,
    BudgetUse,
    midnight,
)
from core.domain.costs.money import ExchangeRates
from core.domain.costs.months import month_of
from core.domain.costs.refusals import Reason
from core.domain.identity import User
from core.errors import StorageUnavailable
from core.storage.database import Database
from core.storage.queries.spending import accounts as queries
from core.storage.queries.spending.accounts import WHOLE, Account

# A request that ends in its time settles before its reservation ends.
SPARE_SECONDS = 60.0
SETTLING_ATTEMPTS = 2
FORECAST_FROM_DAY = 5
"""Before it, a month says too little about its end."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in millionths of a currency unit; `micros` is None where the price is unknown."""

    micros: int | None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a request under way is paid from; without accounts nothing limits it."""

    id: str = ""
    accounts: tuple[Account, ...] = ()


class BudgetFull(Exception):
    """A budget does not pay for a request; leaves a transaction in which others did."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget.id)
        self.budget = budget


class PriceUnknown(Exception):
    """There is a budget, and it is not known what a request costs in its currency."""


class Ledger:
    """The budgets of everyone, as the database has them; safe for threads and processes.

    Days and months are those of `zone`. What is spent and reserved of a budget never exceeds its
    limit, as long as no request costs more than was reserved for it.
    """

    def __init__(
        self,
        database: Database,
        zone: tzinfo,
        rates: ExchangeRates,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._zone = zone
        self._rates = rates
        self._clock = clock

    def today(self) -> date:
        """Return the day on the company's calendar."""
        return self._clock().astimezone(self._zone).date()

    def begin_of_month(self) -> datetime:
        """Return the moment at which this month began on the company's calendar."""
        return midnight(month_of(self.today()), self._zone)

    def reserve(
        self,
        user: User | None,
        most: Money,
        *,
        seconds: float,
        percent: int = WHOLE,
        takes_unknown: bool = False,
    ) -> Reservation:
        """Take the most that a request can cost from every budget that pays for this person.

        At most `percent` of each limit are taken. What was reserved is given back `seconds` and a
        minute later, if the request never ends. Raises BudgetFull, and PriceUnknown unless
        `takes_unknown`, which reserves nothing then. Either of them leaves all budgets as they are.
        """
        accounts = self._open(user)
        if not accounts:
            return Reservation()
        amounts = {account.id: self._told(most, account.budget) for account in accounts}
        if None in amounts.values() and not takes_unknown:
            raise PriceUnknown
        reservation = Reservation(new_id(), tuple(accounts))
        until = self._clock() + timedelta(seconds=seconds + SPARE_SECONDS)
        with self._database.begin() as session:
            for account in accounts:
                amount = amounts[account.id] or 0
                if not queries.take(session, account, amount, percent):
                    raise BudgetFull(account.budget)
                queries.note_reservation(session, reservation.id, account, amount, until)
        return reservation

    def settle(self, reservation: Reservation, cost: Money) -> None:
        """Give back what was reserved, and spend what the request cost.

        If the database does not take it, the reservation is given back when it ends.
        """
        if not reservation.accounts:
            return
        told = {a.id: self._told(cost, a.budget) for a in reservation.accounts}
        for attempt in range(1, SETTLING_ATTEMPTS + 1):
            try:
                with self._database.begin() as session:
                    queries.settle(session, reservation.id, told)
            except StorageUnavailable as error:
                logger.warning(
                    "request not settled attempt=%s error=%s", attempt, type(error).__name__
                )
            else:
                return

    def full(
        self, user: User | None, least: Money, *, percent: int = WHOLE
    ) -> tuple[Budget, ...] | None:
        """Return the budgets that cannot pay even the least that a request may cost.

        Returns None where there are budgets and the price is not known.
        """
        found = self.uses(user)
        told = [(use, self._told(least, use.budget)) for use in found]
        if any(amount is None for _, amount in told):
            return None
        return tuple(
            use.budget
            for use, amount in told
            if (use.taken_micros + (amount or 0)) * WHOLE > use.budget.limit_micros * percent
        )

    def uses(self, user: User | None) -> list[BudgetUse]:
        """Return how much is taken of each budget that pays for this person; write nothing."""
        with self._database.read() as session:
            accounts = queries.accounts_of(session, user, self.today())
            return [self._use(session, account) for account in accounts]

    def use_of(self, budget: Budget, subject_id: str) -> BudgetUse:
        """Return how much is taken of one budget for one person, one group or the company."""
        with self._database.read() as session:
            account = queries.account_of(session, budget, subject_id, self.today())
            return self._use(session, account)

    def forecast(self, use: BudgetUse) -> int | None:
        """Return what a month will come to if it goes on so; None for a day and early in a month.

        It is what is spent so far by the share of the month that is over.
        """
        today = self.today()
        if use.budget.period is BudgetPeriod.DAY or today.day < FORECAST_FROM_DAY:
            return None
        begins, ends = (midnight(day, self._zone) for day in (use.first_day, use.begins_again))
        return round(use.spent_micros * ((ends - begins) / (self._clock() - begins)))

    def give_back_expired(self) -> int:
        """Give back what requests reserved that never ended; return how many amounts."""
        with self._database.read() as session:
            if not queries.has_expired(session, self._clock()):
                return 0
        with self._database.begin() as session:
            return queries.give_back_expired(session, self._clock())

    def _open(self, user: User | None) -> list[Account]:
        """Return the accounts of a person, each opened with what was spent before it."""
        with self._database.read() as session:
            accounts = queries.accounts_of(session, user, self.today())
            before = [(a, self._before(session, a)) for a in accounts if not a.id]
        if before:
            with self._database.begin() as session:
                for account, (spent, unpriced) in before:
                    queries.open_account(session, account, spent, unpriced)
            with self._database.read() as session:
                accounts = [a for a in queries.accounts_of(session, user, self.today()) if a.id]
        if accounts:
            self.give_back_expired()
        return accounts

    def _use(self, session: Session, account: Account) -> BudgetUse:
        return queries.use_of(session, account, self._zone, self._rates)

    def _before(self, session: Session, account: Account) -> tuple[int, int]:
        return queries.spent_before(session, account, self._zone, self._rates)

    def _told(self, money: Money, budget: Budget) -> int | None:
        """Return an amount in the currency of a budget, None if it cannot be told."""
        if money.micros is None:
            return None
        if not money.micros:
            return 0
        told, others = self._rates.convert({money.currency: money.micros}, budget.currency)
        return None if others else told


def reason_of(budget: Budget) -> Reason:
    """Return why a request was refused that this budget does not pay for."""
    is_own = budget.scope is BudgetScope.EVERYBODY
    scope = BudgetScope.PERSON if is_own else budget.scope
    return Reason(f"{scope.value}.{budget.period.value}")
