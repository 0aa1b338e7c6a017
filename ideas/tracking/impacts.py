"""Planned and actual benefit and cost of each month, with evidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.costs.money import ExchangeRates
from core.domain.costs.months import month_of
from core.domain.ideas.break_even import NOTHING, Course, course
from core.domain.ideas.money import from_micros, to_micros
from core.domain.ideas.tracking import Impact, ImpactKind
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import ADMINISTRATOR, User
from core.errors import InvalidFields, MoveRefused, NotFound
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.ideas.returns import NO_ITEMS, ItemCosts, items_of_idea
from core.storage.queries.ideas.rows import idea_row, idea_to_change
from core.storage.tables import IdeaImpactRow, IdeaRow, UserRow
from ideas.tracking.budget import experiment_costs
from ideas.tracking.rights import require_owner_or_committee

AMOUNT_MAX = Decimal(1_000_000_000)
EVIDENCE_LENGTH = (10, 2_000)
YEARS = 10
"""How far from today a month may be."""
PLANNED_IN = frozenset(
    {
        IdeaStatus.APPROVED,
        IdeaStatus.EXPERIMENT,
        IdeaStatus.PRODUCTION,
        IdeaStatus.MEASURED,
    }
)
ACTUAL_IN = frozenset({IdeaStatus.PRODUCTION, IdeaStatus.MEASURED, IdeaStatus.RETIRED})
"""Where it is in use, and afterwards, since the last months become known late."""


@dataclass(frozen=True, slots=True)
class MonthEntry:
    """What somebody enters for a month, which any of its days names."""

    month: date
    kind: ImpactKind
    benefit: Decimal
    cost: Decimal
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Impacts:
    """All months of an idea, and what they come to.

    The actual course also holds `items`: cost items of administrators that belong to the idea.
    """

    entries: tuple[Impact, ...]
    planned: Course
    actual: Course
    items: ItemCosts = NO_ITEMS


class IdeaImpacts:
    """Months, entered by the owner and the committee."""

    def __init__(self, database: Database, rates: ExchangeRates) -> None:
        """Take the rates by which cost items are told in the company's currency."""
        self._database = database
        self._rates = rates

    def of(self, user: User, idea_id: str) -> Impacts:
        """Return all months in their order, planned and actual."""
        require_active(user)
        with self._database.read() as session:
            idea_row(session, idea_id)
            return _impacts(session, self._rates, idea_id)

    def enter(self, user: User, idea_id: str, entry: MonthEntry) -> Impacts:
        """Store a month, in place of what stood there; an actual one needs evidence.

        Raises AccessDenied for anyone but owner and committee, MoveRefused in a state without
        impact, InvalidFields with a sentence for each field.
        """
        require_active(user)
        evidence = clean(entry.evidence).text.strip()
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id)
            require_owner_or_committee(session, user, row)
            _require_state(row, entry.kind)
            problems = dict(_problems(entry, evidence))
            if problems:
                raise InvalidFields(problems)
            _store(session, user, row, entry, evidence)
            session.flush()
            return _impacts(session, self._rates, idea_id)

    def remove(self, user: User, impact_id: str) -> Impacts:
        """Remove a month that was entered by mistake."""
        require_active(user)
        with self._database.begin() as session:
            impact = session.get(IdeaImpactRow, impact_id)
            if impact is None:
                raise NotFound("This month was removed already.")
            row = idea_to_change(session, impact.idea_id)
            require_owner_or_committee(session, user, row)
            _require_state(row, ImpactKind(impact.kind))
            session.delete(impact)
            record_event(session, user, "idea.impact_removed", row.id, kind=impact.kind)
            session.flush()
            return _impacts(session, self._rates, row.id)


def _store(session: Session, user: User, row: IdeaRow, entry: MonthEntry, evidence: str) -> None:
    month = entry.month.replace(day=1)
    impact = session.exec(
        select(IdeaImpactRow).where(
            IdeaImpactRow.idea_id == row.id,
            IdeaImpactRow.month == month,
            IdeaImpactRow.kind == entry.kind.value,
        )
    ).first() or IdeaImpactRow(idea_id=row.id, month=month, kind=entry.kind.value)
    impact.benefit_micros = to_micros(entry.benefit) or 0
    impact.cost_micros = to_micros(entry.cost) or 0
    impact.evidence, impact.added_by, impact.added_at = evidence, user.id or None, now()
    session.add(impact)
    record_event(session, user, "idea.impact", row.id, kind=entry.kind.value)


def _require_state(row: IdeaRow, kind: ImpactKind) -> None:
    status = IdeaStatus(row.status)
    if kind is ImpactKind.ACTUAL and status not in ACTUAL_IN:
        raise MoveRefused("Actual benefit and cost can be entered once the idea is in production.")
    if kind is ImpactKind.PLANNED and status not in PLANNED_IN:
        raise MoveRefused("Planned benefit and cost can be entered once the idea is approved.")


def _problems(entry: MonthEntry, evidence: str) -> Iterator[tuple[str, str]]:
    for name, amount in (("benefit", entry.benefit), ("cost", entry.cost)):
        if not (amount.is_finite() and 0 <= amount <= AMOUNT_MAX):
            yield name, f"Give an amount from 0 to {AMOUNT_MAX:,}."
    today = now().date()
    if abs(entry.month.year - today.year) > YEARS:
        yield "month", f"Choose a month of the {YEARS} years before or after today."
    if entry.kind is ImpactKind.ACTUAL and entry.month > today:
        yield "month", "Choose this month or an earlier one: it has to have happened."
    shortest, longest = EVIDENCE_LENGTH
    if entry.kind is ImpactKind.ACTUAL and len(evidence) < shortest:
        yield "evidence", f"Say in at least {shortest} characters how this is known."
    if len(evidence) > longest:
        yield "evidence", f"Keep the evidence below {longest:,} characters."


def _impacts(session: Session, rates: ExchangeRates, idea_id: str) -> Impacts:
    rows = session.exec(
        select(IdeaImpactRow, UserRow.name)
        .join(UserRow, col(UserRow.id) == IdeaImpactRow.added_by, isouter=True)
        .where(IdeaImpactRow.idea_id == idea_id)
        .order_by(col(IdeaImpactRow.month), col(IdeaImpactRow.kind))
    ).all()
    entries = tuple(_to_impact(row, name) for row, name in rows)
    spent = experiment_costs(session, idea_id)
    items = items_of_idea(session, rates, idea_id, month_of(now().date()))
    return Impacts(
        entries,
        course(entries, ImpactKind.PLANNED, spent),
        course(entries, ImpactKind.ACTUAL, spent, items.by_month),
        items,
    )


def _to_impact(row: IdeaImpactRow, name: str | None) -> Impact:
    return Impact(
        id=row.id,
        month=row.month,
        kind=ImpactKind(row.kind),
        benefit=from_micros(row.benefit_micros) or NOTHING,
        cost=from_micros(row.cost_micros) or NOTHING,
        evidence=row.evidence,
        by_name=name or ADMINISTRATOR,
    )
