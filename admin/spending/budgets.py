"""Budgets of people, groups and the company, set by administrators; each change is audited."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from admin.spending.values import Blocked, BudgetLine, BudgetTerms
from core.domain.access import require_account, require_admin
from core.domain.clock import now
from core.domain.costs.budgets import (
    Budget,
    BudgetScope,
    BudgetUse,
)
from core.domain.costs.money import ExchangeRates
from core.domain.identity import ADMINISTRATOR, FORMER_EMPLOYEE, User
from core.domain.prices import Price
from core.errors import Conflict, InvalidFields, NotFound
from core.spending.ledger import Ledger
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.spending import accounts
from core.storage.queries.spending.refusals import refusals
from core.storage.tables import BudgetRow, GroupRow, UserRow

ReadPrices = Callable[[], Mapping[str, Price | None]]

MOST = Decimal(1_000_000_000)
MICROS = 1_000_000
CHANGED = (
    "Someone else changed this budget after you opened it. Look at it as it is now, then repeat "
    "what you wanted to do."
)
EACH, COMPANY = "Each person", "The whole company"
GONE = {BudgetScope.PERSON: FORMER_EMPLOYEE, BudgetScope.GROUP: "a deleted group"}


class Budgets:
    """What requests to models may cost in a day or a month."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        rates: ExchangeRates,
        prices: ReadPrices = dict,
    ) -> None:
        """Take the ledger, and what reads the prices of the models in use, by their names."""
        self._prices = prices
        self._database = database
        self._ledger = ledger
        self._rates = rates

    @property
    def currency(self) -> str:
        """The company's currency, in which budgets are set."""
        return self._rates.currency

    def list_all(self, admin: User) -> list[BudgetLine]:
        """Return all budgets with what is used of them: the company's first, then the others."""
        require_admin(admin)
        self._ledger.give_back_expired()
        with self._database.read() as session:
            budgets = accounts.budgets(session)
            rows = {row.id: row for row in session.exec(select(BudgetRow)).all()}
            names = _names(session, budgets)
            setters = _people(session, {row.set_by for row in rows.values() if row.set_by})
        return [
            self._line(
                budget, names[budget.id], rows[budget.id], setters.get(rows[budget.id].set_by or "")
            )
            for budget in budgets
        ]

    def unpayable(self, admin: User) -> list[str]:
        """Return the models in use whose cost cannot be told in the company's currency."""
        require_admin(admin)
        return [
            model
            for model, price in self._prices().items()
            if price is None or not self._can_tell(price)
        ]

    def _can_tell(self, price: Price) -> bool:
        is_free = not price.input_micros and not price.output_micros
        return is_free or price.currency in (self.currency, *self._rates.rates)

    def mine(self, user: User) -> list[BudgetUse]:
        """Return the budgets that pay for this person, the most used one first."""
        require_account(user)
        return sorted(self._ledger.uses(user), key=lambda use: -use.percent)

    def set(self, admin: User, terms: BudgetTerms, *, version: int | None = None) -> Budget:
        """Store a budget, in place of one for the same and the same period.

        Raises InvalidFields with a sentence for each field, and Conflict if somebody else changed
        it since this `version` (None if it is not known).
        """
        require_admin(admin)
        limit = _micros(terms.amount)
        with self._database.begin() as session:
            _require_subject(session, terms)
            row = _row(session, terms)
            if row is not None and version is not None and row.row_version != version:
                raise Conflict(CHANGED)
            before = row.limit_micros if row else None
            if row is None or row.currency != self.currency:
                row = self._anew(session, row, terms)
            row.limit_micros, row.set_by, row.set_at = limit, admin.id or None, now()
            row.row_version += 1
            session.add(row)
            session.flush()
            record_event(session, admin, "budget.set", row.id, before=before, **_facts(row))
            return accounts.to_budget(row)

    def _anew(self, session: Session, old: BudgetRow | None, terms: BudgetTerms) -> BudgetRow:
        """Return a new row; what was spent of one in another currency is told anew with it."""
        if old is not None:
            session.delete(old)
            session.flush()
        return BudgetRow(
            scope=terms.scope.value,
            subject_id=terms.subject,
            period=terms.period.value,
            limit_micros=0,
            currency=self.currency,
            row_version=0,
        )

    def remove(self, admin: User, budget_id: str) -> None:
        """Remove a budget, so that it limits nothing from now on; raises NotFound."""
        require_admin(admin)
        with self._database.begin() as session:
            row = session.get(BudgetRow, budget_id)
            if row is None:
                raise NotFound("This budget no longer exists.")
            record_event(session, admin, "budget.removed", row.id, **_facts(row))
            session.delete(row)

    def blocked_this_month(self, admin: User) -> Blocked:
        """Return how many requests were refused in the month so far."""
        return self.blocked(admin, self._ledger.begin_of_month(), now())

    def blocked(self, admin: User, since: datetime, until: datetime) -> Blocked:
        """Return how many requests were refused from `since` up to, and without, `until`.

        Test questions do not count.
        """
        require_admin(admin)
        with self._database.read() as session:
            return Blocked(refusals(session, since, until))

    def _line(self, budget: Budget, who: str, row: BudgetRow, setter: str | None) -> BudgetLine:
        by = setter or ADMINISTRATOR
        if budget.scope is BudgetScope.EVERYBODY:
            with self._database.read() as session:
                uses = accounts.all_uses(session, budget, self._ledger.today())
            most = max(uses, key=lambda use: use.percent, default=None)
            return BudgetLine(
                budget,
                who,
                most,
                by,
                row.set_at,
                row.row_version,
                people=len(uses),
                near=sum(use.is_near for use in uses),
                full=sum(use.left_micros <= 0 for use in uses),
            )
        use = self._ledger.use_of(budget, budget.subject_id)
        return BudgetLine(
            budget, who, use, by, row.set_at, row.row_version, self._ledger.forecast(use)
        )


def _micros(amount: Decimal | None) -> int:
    if amount is None:
        raise InvalidFields({"amount": "Give an amount. 0 lets only models without a price work."})
    if not 0 <= amount <= MOST:
        raise InvalidFields({"amount": f"Give an amount from 0 to {MOST:,}."})
    return int((amount * MICROS).to_integral_value())


def _require_subject(session: Session, terms: BudgetTerms) -> None:
    if terms.scope is BudgetScope.PERSON and session.get(UserRow, terms.subject) is None:
        raise InvalidFields({"subject": "Choose a person."})
    if terms.scope is BudgetScope.GROUP and session.get(GroupRow, terms.subject) is None:
        raise InvalidFields({"subject": "Choose a group."})


def _row(session: Session, terms: BudgetTerms) -> BudgetRow | None:
    return session.exec(
        select(BudgetRow)
        .where(
            BudgetRow.scope == terms.scope.value,
            BudgetRow.subject_id == terms.subject,
            BudgetRow.period == terms.period.value,
        )
        .with_for_update()
    ).first()


def _names(session: Session, budgets: Sequence[Budget]) -> dict[str, str]:
    """Return whose each budget is."""
    ids = {budget.subject_id for budget in budgets}
    people = _people(session, ids)
    query = select(GroupRow.id, GroupRow.name).where(col(GroupRow.id).in_(ids))
    groups = dict(session.exec(query).all())
    return {budget.id: _who(budget, people, groups) for budget in budgets}


def _who(budget: Budget, people: Mapping[str, str], groups: Mapping[str, str]) -> str:
    match budget.scope:
        case BudgetScope.COMPANY:
            return COMPANY
        case BudgetScope.EVERYBODY:
            return EACH
        case BudgetScope.PERSON:
            return people.get(budget.subject_id, GONE[budget.scope])
        case BudgetScope.GROUP:
            return groups.get(budget.subject_id, GONE[budget.scope])


def _people(session: Session, ids: Iterable[str]) -> dict[str, str]:
    query = select(UserRow.id, UserRow.name).where(col(UserRow.id).in_(list(ids)))
    return dict(session.exec(query).all())


def _facts(row: BudgetRow) -> dict[str, str]:
    """Return what the audit log holds of a budget."""
    return {
        "scope": row.scope,
        "subject": row.subject_id,
        "period": row.period,
        "limit_micros": str(row.limit_micros),
        "currency": row.currency,
    }
