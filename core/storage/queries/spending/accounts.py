"""The ledger of budgets: money is reserved by one conditional UPDATE, and settled by another."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy import ColumnElement, CursorResult
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, func, insert, or_, select, update

from core.domain.answers import AnswerStatus
from core.domain.clock import new_id
from core.domain.costs.budgets import Budget, BudgetPeriod, BudgetScope, BudgetUse, midnight
from core.domain.costs.money import ExchangeRates
from core.domain.identity import User
from core.storage.tables import (
    BudgetAccountRow,
    BudgetReservationRow,
    BudgetRow,
    MembershipRow,
    ModelCallRow,
)

WHOLE = 100
"""The share of a limit, in percent, that may be reserved unless something is kept back."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a budget that a request is paid from, in the period from `first_day` on.

    `id` is "" as long as there is none.
    """

    budget: Budget
    subject_id: str
    first_day: date
    id: str = ""


def to_budget(row: BudgetRow) -> Budget:
    """Return the domain value of a stored budget."""
    return Budget(
        row.id,
        BudgetScope(row.scope),
        BudgetPeriod(row.period),
        row.limit_micros,
        row.currency,
        row.subject_id,
    )


def budgets(session: Session) -> list[Budget]:
    """Return all budgets: the company's, everybody's, then those of groups and people."""
    rows = map(to_budget, session.exec(select(BudgetRow)).all())
    order = [
        BudgetScope.COMPANY,
        BudgetScope.EVERYBODY,
        BudgetScope.GROUP,
        BudgetScope.PERSON,
    ]
    return sorted(rows, key=lambda b: (order.index(b.scope), b.subject_id, b.period))


def accounts_of(session: Session, user: User | None, today: date) -> list[Account]:
    """Return the accounts that requests of a person are paid from, by their ids.

    A person's own budget takes the place of everybody's for the same period. Work for nobody is
    paid from the company's budgets alone.
    """
    person = user.id if user else ""
    scopes: list[ColumnElement[bool]] = [col(BudgetRow.scope) == BudgetScope.COMPANY.value]
    if person:
        groups = sorted(user.group_ids) if user else []
        scopes += [
            col(BudgetRow.scope) == BudgetScope.EVERYBODY.value,
            _is_of(BudgetScope.PERSON, [person]),
            _is_of(BudgetScope.GROUP, groups),
        ]
    rows = session.exec(select(BudgetRow).where(or_(*scopes))).all()
    found = [to_budget(row) for row in rows]
    own = {budget.period for budget in found if budget.scope is BudgetScope.PERSON}
    paying = [b for b in found if b.scope is not BudgetScope.EVERYBODY or b.period not in own]
    return _with_ids(session, [_account(budget, person, today) for budget in paying])


def account_of(session: Session, budget: Budget, subject_id: str, today: date) -> Account:
    """Return the account of a budget for one person, one group or the company."""
    account = Account(budget, subject_id, budget.period.first_day(today))
    return _with_ids(session, [account])[0]


def _account(budget: Budget, person: str, today: date) -> Account:
    subject = person if budget.scope is BudgetScope.EVERYBODY else budget.subject_id
    return Account(budget, subject, budget.period.first_day(today))


def _is_of(scope: BudgetScope, subjects: Sequence[str]) -> ColumnElement[bool]:
    return (col(BudgetRow.scope) == scope.value) & col(BudgetRow.subject_id).in_(subjects)


def _with_ids(session: Session, accounts: Iterable[Account]) -> list[Account]:
    wanted = list(accounts)
    rows = session.exec(
        select(BudgetAccountRow).where(
            col(BudgetAccountRow.budget_id).in_({account.budget.id for account in wanted}),
            col(BudgetAccountRow.first_day).in_({account.first_day for account in wanted}),
            col(BudgetAccountRow.subject_id).in_({account.subject_id for account in wanted}),
        )
    ).all()
    ids = {(row.budget_id, row.subject_id, row.first_day): row.id for row in rows}
    found = [
        Account(
            a.budget,
            a.subject_id,
            a.first_day,
            ids.get((a.budget.id, a.subject_id, a.first_day), ""),
        )
        for a in wanted
    ]
    return sorted(found, key=lambda account: account.id)


def use_of(session: Session, account: Account, zone: tzinfo, rates: ExchangeRates) -> BudgetUse:
    """Return the use of an account; one that is not opened yet shows what was spent before.

    `zone` is the company's, `rates` convert what was spent in other currencies.
    """
    if account.id:
        return uses(session, [account])[0]
    spent, unpriced = spent_before(session, account, zone, rates)
    return BudgetUse(account.budget, account.first_day, spent, 0, unpriced)


def spent_before(
    session: Session, account: Account, zone: tzinfo, rates: ExchangeRates
) -> tuple[int, int]:
    """Return what recorded requests of the period cost so far, and how many cannot be told.

    A budget that is set in the middle of a month begins with it. Of a group it is what its members
    of today have spent. Requests under way are left out: they settle what they reserved.
    """
    since = midnight(account.first_day, zone)
    until = midnight(account.budget.period.next_first_day(account.first_day), zone)
    rows = session.exec(
        select(
            ModelCallRow.currency,
            func.coalesce(func.sum(ModelCallRow.cost_micros), 0),
            func.count(),
        )
        .where(
            col(ModelCallRow.created_at) >= since,
            col(ModelCallRow.created_at) < until,
            col(ModelCallRow.status) != AnswerStatus.PENDING.value,
            col(ModelCallRow.cost_micros) > 0,
            *_whose(account),
        )
        .group_by(col(ModelCallRow.currency))
    ).all()
    told, others = rates.convert({c: int(cost) for c, cost, _ in rows}, account.budget.currency)
    return told, sum(number for currency, _, number in rows if currency in others)


def _whose(account: Account) -> list[ColumnElement[bool]]:
    match account.budget.scope:
        case BudgetScope.COMPANY:
            return []
        case BudgetScope.GROUP:
            members = select(MembershipRow.user_id).where(
                MembershipRow.group_id == account.subject_id
            )
            return [col(ModelCallRow.user_id).in_(members)]
        case BudgetScope.PERSON | BudgetScope.EVERYBODY:
            return [col(ModelCallRow.user_id) == account.subject_id]


def open_account(session: Session, account: Account, spent: int, unpriced: int) -> None:
    """Add the account unless another request was first."""
    values = {
        "id": new_id(),
        "budget_id": account.budget.id,
        "subject_id": account.subject_id,
        "first_day": account.first_day,
        "spent_micros": spent,
        "reserved_micros": 0,
        "unpriced": unpriced,
    }
    dialect = session.get_bind().dialect.name
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    session.execute(make(BudgetAccountRow).values(values).on_conflict_do_nothing())


def take(session: Session, account: Account, amount: int, percent: int = WHOLE) -> bool:
    """Reserve the amount if so much of this share of the limit is left; return whether it is.

    One UPDATE both asks and takes, so that requests at the same moment never take the same money.
    """
    limit = (
        select(BudgetRow.limit_micros)
        .where(BudgetRow.id == BudgetAccountRow.budget_id)
        .scalar_subquery()
    )
    taken = col(BudgetAccountRow.spent_micros) + col(BudgetAccountRow.reserved_micros) + amount
    done = session.execute(
        update(BudgetAccountRow)
        .where(col(BudgetAccountRow.id) == account.id, taken * WHOLE <= limit * percent)
        .values(reserved_micros=col(BudgetAccountRow.reserved_micros) + amount)
        .execution_options(synchronize_session=False)
    )
    return _count(done) == 1


def note_reservation(
    session: Session, reservation_id: str, account: Account, amount: int, until: datetime
) -> None:
    """Keep what was taken from an account, so that it is given back whatever happens."""
    session.execute(
        insert(BudgetReservationRow).values(
            id=reservation_id, account_id=account.id, amount_micros=amount, expires_at=until
        )
    )


def settle(session: Session, reservation_id: str, costs: Mapping[str, int | None]) -> None:
    """Give back what is still reserved, and spend the cost of the request from each account.

    A cost of None is not known: it is counted, and nothing is spent.
    """
    rows = session.execute(
        delete(BudgetReservationRow)
        .where(col(BudgetReservationRow.id) == reservation_id)
        .returning(col(BudgetReservationRow.account_id), col(BudgetReservationRow.amount_micros))
        .execution_options(synchronize_session=False)
    ).all()
    held: dict[str, int] = dict(tuple(row) for row in rows)
    for account_id in sorted(costs):
        cost = costs[account_id]
        returned = held.get(account_id, 0)
        _change(session, account_id, returned, cost or 0, unpriced=int(cost is None))


def give_back_expired(session: Session, at: datetime) -> int:
    """Give back what requests reserved that never came to an end; return how many amounts."""
    rows = session.execute(
        delete(BudgetReservationRow)
        .where(col(BudgetReservationRow.expires_at) < at)
        .returning(col(BudgetReservationRow.account_id), col(BudgetReservationRow.amount_micros))
        .execution_options(synchronize_session=False)
    ).all()
    sums: Counter[str] = Counter()
    for account_id, amount in rows:
        sums[account_id] += amount
    for account_id in sorted(sums):
        _change(session, account_id, sums[account_id], 0)
    return len(rows)


def has_expired(session: Session, at: datetime) -> bool:
    """Return whether a request did not end in the time that it had."""
    return (
        session.exec(
            select(BudgetReservationRow.id)
            .where(col(BudgetReservationRow.expires_at) < at)
            .limit(1)
        ).first()
        is not None
    )


def uses(session: Session, accounts: Sequence[Account]) -> list[BudgetUse]:
    """Return what is spent and reserved of the budgets behind accounts, in the same order."""
    ids = [account.id for account in accounts if account.id]
    rows: Mapping[str, BudgetAccountRow] = {
        row.id: row
        for row in session.exec(select(BudgetAccountRow).where(col(BudgetAccountRow.id).in_(ids)))
    }
    return [_use(account, rows.get(account.id)) for account in accounts]


def all_uses(session: Session, budget: Budget, today: date) -> list[BudgetUse]:
    """Return how much of everybody's budget each person used who used some of it."""
    rows = session.exec(
        select(BudgetAccountRow).where(
            BudgetAccountRow.budget_id == budget.id,
            BudgetAccountRow.first_day == budget.period.first_day(today),
        )
    ).all()
    return [_use(Account(budget, r.subject_id, r.first_day, r.id), r) for r in rows]


def _use(account: Account, row: BudgetAccountRow | None) -> BudgetUse:
    if row is None:
        return BudgetUse(account.budget, account.first_day)
    return BudgetUse(
        account.budget, account.first_day, row.spent_micros, row.reserved_micros, row.unpriced
    )


def _change(
    session: Session, account_id: str, returned: int, cost: int, *, unpriced: int = 0
) -> None:
    session.execute(
        update(BudgetAccountRow)
        .where(col(BudgetAccountRow.id) == account_id)
        .values(
            reserved_micros=col(BudgetAccountRow.reserved_micros) - returned,
            spent_micros=col(BudgetAccountRow.spent_micros) + cost,
            unpriced=col(BudgetAccountRow.unpriced) + unpriced,
        )
        .execution_options(synchronize_session=False)
    )


def _count(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
