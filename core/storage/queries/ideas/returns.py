"""Reads what ideas bring against what they cost: impacts, experiments and bound cost items."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, func, select

from core.domain.costs.money import Costs, ExchangeRates, added
from core.domain.costs.months import month_of
from core.domain.costs.terms import CostTerms, costs_by_month
from core.domain.ideas.break_even import NOTHING, course
from core.domain.ideas.money import from_micros
from core.domain.ideas.returns import IdeaReturn, Worth, sum_of
from core.domain.ideas.tracking import Impact, ImpactKind
from core.domain.ideas.workflow import IdeaStatus
from core.storage.queries.costs import bound_terms
from core.storage.tables import IdeaExperimentRow, IdeaImpactRow, IdeaRow


@dataclass(frozen=True, slots=True)
class ItemCosts:
    """What cost items come to by month, and in currencies without a rate."""

    by_month: Mapping[date, Decimal] = field(default_factory=dict)
    others: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return sum(self.by_month.values(), NOTHING)


NO_ITEMS = ItemCosts()


def item_costs(terms: Sequence[CostTerms], rates: ExchangeRates, last: date) -> ItemCosts:
    """Return what these items cost from their first month to `last`, in the company's currency."""
    first = min((each.first_month for each in terms), default=last)
    paid: dict[date, list[Costs]] = defaultdict(list)
    for (month, _), costs in costs_by_month(terms, first, last).items():
        paid[month].append(costs)
    told = {month: rates.convert(added(costs), rates.currency) for month, costs in paid.items()}
    return ItemCosts(
        {month: _amount(micros) for month, (micros, _) in told.items() if micros},
        dict(added(others for _, others in told.values())),
    )


def items_of_idea(session: Session, rates: ExchangeRates, idea_id: str, last: date) -> ItemCosts:
    """Return what the items that belong to an idea cost up to a month."""
    return item_costs(bound_terms(session, idea_id=idea_id).get(idea_id, []), rates, last)


def idea_returns(session: Session, rates: ExchangeRates, today: date) -> list[IdeaReturn]:
    """Return all ideas with a benefit or a cost so far, the best net value first.

    Cost items count up to the month of `today`.
    """
    impacts, spent = _impacts(session), _experiment_costs(session)
    items = {
        idea_id: item_costs(terms, rates, month_of(today))
        for idea_id, terms in bound_terms(session).items()
    }
    ids = impacts.keys() | spent.keys() | items.keys()
    columns = select(IdeaRow.id, IdeaRow.number, IdeaRow.title, IdeaRow.status)
    found = [
        _return_of(
            row, impacts.get(row[0], []), spent.get(row[0], NOTHING), items.get(row[0], NO_ITEMS)
        )
        for row in session.exec(columns).all()
        if row[0] in ids
    ]
    return sorted(found, key=lambda one: (-one.actual.net, one.number))


def actual_by_month(session: Session, rates: ExchangeRates, today: date) -> dict[date, Worth]:
    """Return benefit and cost of all ideas together in each month up to that of `today`.

    An experiment costs in the month in which it ended, or began if it is not over.
    """
    ledger: dict[date, list[Worth]] = defaultdict(list)
    for month, worth in (*_tracked(session, ImpactKind.ACTUAL), *_experiments(session)):
        ledger[month].append(worth)
    bound = [each for terms in bound_terms(session).values() for each in terms]
    for (month, _), costs in costs_by_month(bound, date.min, month_of(today)).items():
        micros, others = rates.convert(costs, rates.currency)
        ledger[month].append(Worth(NOTHING, _amount(micros), others))
    return {month: sum_of(parts) for month, parts in sorted(ledger.items())}


def actual_worth(
    session: Session, rates: ExchangeRates, first: date, last: date, today: date
) -> Worth:
    """Return what all ideas brought and cost in these months, both included; `roi` is the actual.

    Whatever is later than the month of `today` is left out of the cost of items.
    """
    ledger = actual_by_month(session, rates, today)
    return sum_of(worth for month, worth in ledger.items() if _is_within(month, first, last))


def planned_worth(session: Session, first: date, last: date) -> Worth:
    """Return what all ideas are planned to bring and to cost in these months; `roi` is projected.

    Experiments and cost items are no part of a plan.
    """
    tracked = _tracked(session, ImpactKind.PLANNED)
    return sum_of(worth for month, worth in tracked if _is_within(month, first, last))


def _return_of(
    row: tuple[str, int, str, str], impacts: Iterable[Impact], spent: Decimal, items: ItemCosts
) -> IdeaReturn:
    idea_id, number, title, status = row
    own = list(impacts)
    return IdeaReturn(
        idea_id,
        number,
        title,
        IdeaStatus(status),
        planned=course(own, ImpactKind.PLANNED, spent),
        actual=course(own, ImpactKind.ACTUAL, spent, items.by_month),
        item_cost=items.total,
        other_costs=items.others,
    )


def _impacts(session: Session) -> dict[str, list[Impact]]:
    found: dict[str, list[Impact]] = {}
    for row in session.exec(select(IdeaImpactRow)).all():
        impact = Impact(
            row.id,
            row.month,
            ImpactKind(row.kind),
            _amount(row.benefit_micros),
            _amount(row.cost_micros),
        )
        found.setdefault(row.idea_id, []).append(impact)
    return found


def _experiment_costs(session: Session) -> dict[str, Decimal]:
    costs = func.sum(col(IdeaExperimentRow.cost_micros))
    rows = session.exec(
        select(IdeaExperimentRow.idea_id, costs).group_by(IdeaExperimentRow.idea_id)
    ).all()
    return {idea_id: _amount(int(micros)) for idea_id, micros in rows if micros}


def _experiments(session: Session) -> Iterable[tuple[date, Worth]]:
    rows = session.exec(
        select(IdeaExperimentRow).where(col(IdeaExperimentRow.cost_micros).is_not(None))
    ).all()
    for row in rows:
        paid = row.ended_on or row.started_on
        yield month_of(paid), Worth(cost=_amount(row.cost_micros or 0))


def _tracked(session: Session, kind: ImpactKind) -> list[tuple[date, Worth]]:
    """Return benefit and cost of each month in which any idea has one."""
    rows = session.exec(
        select(
            col(IdeaImpactRow.month),
            func.sum(col(IdeaImpactRow.benefit_micros)),
            func.sum(col(IdeaImpactRow.cost_micros)),
        )
        .where(IdeaImpactRow.kind == kind.value)
        .group_by(col(IdeaImpactRow.month))
    ).all()
    return [
        (month, Worth(_amount(int(benefit)), _amount(int(cost)))) for month, benefit, cost in rows
    ]


def _is_within(month: date, first: date, last: date) -> bool:
    return month_of(first) <= month <= last


def _amount(micros: int) -> Decimal:
    return from_micros(micros) or NOTHING
