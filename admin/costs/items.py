"""Costs beside those of the models, kept by administrators; each change is audited."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from admin.costs.checks import problems, problems_of_months, tidy
from core.domain.access import require_admin
from core.domain.clock import now
from core.domain.costs.months import month_of
from core.domain.costs.terms import CostItem, CostRhythm, CostTerms
from core.domain.ideas.card import label_of
from core.domain.ideas.money import to_micros
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import ADMINISTRATOR, User
from core.errors import Conflict, InvalidFields, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.costs import cost_items, terms_of
from core.storage.tables import AuditEventRow, CostItemRow, IdeaRow, UserRow

BOUND_IN = (
    IdeaStatus.APPROVED,
    IdeaStatus.EXPERIMENT,
    IdeaStatus.PRODUCTION,
    IdeaStatus.MEASURED,
    IdeaStatus.RETIRED,
)
"""The states in which an idea can have costs of its own."""
TEXTS = frozenset({"name", "note"})
"""What people wrote; the audit log says only that it changed."""


@dataclass(frozen=True, slots=True)
class CostChange:
    """What somebody did to an item; `details` has each changed field before and after."""

    at: datetime
    by: str
    action: str
    details: Mapping[str, object]


class CostItems:
    """Licences, servers, staff and other costs, for administrators."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list_all(self, admin: User) -> list[CostItem]:
        """Return all items, by name."""
        require_admin(admin)
        with self._database.read() as session:
            return cost_items(session)

    def ideas(self, admin: User) -> Mapping[str, str]:
        """Return the ideas that an item can belong to: what they are called, by id."""
        require_admin(admin)
        query = (
            select(IdeaRow.id, IdeaRow.number, IdeaRow.title)
            .where(col(IdeaRow.status).in_([status.value for status in BOUND_IN]))
            .order_by(col(IdeaRow.number))
        )
        with self._database.read() as session:
            rows = session.exec(query).all()
        return {idea_id: f"{label_of(number)} {title}" for idea_id, number, title in rows}

    def history(self, admin: User, item_id: str) -> list[CostChange]:
        """Return what was done to an item, the latest first; also of one that was deleted."""
        require_admin(admin)
        query = (
            select(AuditEventRow, UserRow.name)
            .join(UserRow, col(UserRow.id) == AuditEventRow.actor_id, isouter=True)
            .where(
                AuditEventRow.object_id == item_id,
                col(AuditEventRow.action).startswith("cost."),
            )
            .order_by(col(AuditEventRow.id).desc())
        )
        with self._database.read() as session:
            return [
                CostChange(event.at, name or ADMINISTRATOR, event.action, event.details)
                for event, name in session.exec(query).all()
            ]

    def add(self, admin: User, terms: CostTerms) -> CostItem:
        """Store a new item; raise InvalidFields with a sentence for each field."""
        require_admin(admin)
        terms = tidy(terms)
        with self._database.begin() as session:
            _require_valid(session, terms)
            row = CostItemRow(**_columns(terms), added_by=admin.id or None)
            session.add(row)
            record_event(session, admin, "cost.created", row.id, **_facts(terms))
            session.flush()
            return _item(session, row)

    def change(self, admin: User, item_id: str, terms: CostTerms, *, version: int) -> CostItem:
        """Store other terms of an item.

        Raises InvalidFields with a sentence for each field, NotFound, and Conflict if somebody
        changed it since this `version`.
        """
        require_admin(admin)
        terms = tidy(terms)
        with self._database.begin() as session:
            row = _row_to_change(session, item_id, version)
            before = terms_of(row)
            _require_valid(session, terms, before.idea_id)
            return _store(session, admin, row, terms, "cost.changed")

    def end(self, admin: User, item_id: str, last_month: date, *, version: int) -> CostItem:
        """Make this the last month in which a monthly item is paid; raise as `change`."""
        require_admin(admin)
        with self._database.begin() as session:
            row = _row_to_change(session, item_id, version)
            before = terms_of(row)
            if before.rhythm is CostRhythm.ONCE:
                raise InvalidInput("This is paid once and has no end. Delete it if it is wrong.")
            ended = replace(before, last_month=month_of(last_month))
            found = dict(problems_of_months(ended, now().date()))
            if found:
                raise InvalidFields(found)
            return _store(session, admin, row, ended, "cost.ended")

    def delete(self, admin: User, item_id: str) -> None:
        """Delete an item that was entered by mistake: it leaves all months; raise NotFound."""
        require_admin(admin)
        with self._database.begin() as session:
            row = _found(session.get(CostItemRow, item_id))
            record_event(session, admin, "cost.deleted", row.id, **_facts(terms_of(row)))
            session.delete(row)


def _require_valid(session: Session, terms: CostTerms, bound_before: str = "") -> None:
    found = problems(terms, now().date())
    if terms.idea_id and terms.idea_id != bound_before and not _can_be_bound(session, terms):
        found["idea_id"] = "Choose an idea that was approved."
    if found:
        raise InvalidFields(found)


def _can_be_bound(session: Session, terms: CostTerms) -> bool:
    idea = session.get(IdeaRow, terms.idea_id)
    return idea is not None and IdeaStatus(idea.status) in BOUND_IN


def _store(
    session: Session, admin: User, row: CostItemRow, terms: CostTerms, action: str
) -> CostItem:
    """Write what is different, and note it in the audit log; nothing happens without a change."""
    before, after = _facts(terms_of(row)), _facts(terms)
    changed = {
        name: f"{before[name]} → {after[name]}" for name in after if before[name] != after[name]
    }
    changed |= {name: "changed" for name in TEXTS if getattr(row, name) != getattr(terms, name)}
    if changed:
        for name, value in _columns(terms).items():
            setattr(row, name, value)
        row.row_version += 1
        record_event(session, admin, action, row.id, **changed)
        session.flush()
    return _item(session, row)


def _columns(terms: CostTerms) -> dict[str, Any]:  # Any: values of any column
    return {
        "name": terms.name,
        "kind": terms.kind.value,
        "rhythm": terms.rhythm.value,
        "amount_micros": to_micros(terms.amount),
        "hours_micros": to_micros(terms.hours),
        "rate_micros": to_micros(terms.hourly_rate),
        "currency": terms.currency,
        "first_month": terms.first_month,
        "last_month": terms.last_month,
        "note": terms.note,
        "idea_id": terms.idea_id or None,
    }


def _facts(terms: CostTerms) -> dict[str, str]:
    """Return what the audit log may hold of an item: no words of people."""
    values = {
        "kind": terms.kind.value,
        "rhythm": terms.rhythm.value,
        "amount": terms.amount,
        "hours": terms.hours,
        "hourly_rate": terms.hourly_rate,
        "currency": terms.currency,
        "first_month": f"{terms.first_month:%Y-%m}",
        "last_month": f"{terms.last_month:%Y-%m}" if terms.last_month else None,
        "idea_id": terms.idea_id,
    }
    return {name: _told(value) for name, value in values.items()}


def _told(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value) if value else "–"


def _row_to_change(session: Session, item_id: str, version: int) -> CostItemRow:
    locked = select(CostItemRow).where(CostItemRow.id == item_id).with_for_update()
    row = _found(session.exec(locked).first())
    if row.row_version != version:
        raise Conflict(
            "Someone else changed this cost after you opened it. Nothing of yours is lost: look at "
            "the list, which shows it as it is now, then repeat what you wanted to do."
        )
    return row


def _found(row: CostItemRow | None) -> CostItemRow:
    if row is None:
        raise NotFound("This cost no longer exists.")
    return row


def _item(session: Session, row: CostItemRow) -> CostItem:
    idea = session.get(IdeaRow, row.idea_id) if row.idea_id else None
    told = "" if idea is None else f"{label_of(idea.number)} {idea.title}"
    return CostItem(row.id, terms_of(row), row.row_version, told)
