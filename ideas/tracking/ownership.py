"""Who answers for an idea: owner, sponsor, budget cap, success metric and end date."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.ideas.card import Ownership
from core.domain.ideas.life import Happening
from core.domain.ideas.money import to_micros
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.errors import AccessDenied, InvalidFields, MoveRefused
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.ideas.notifications import notify
from core.storage.queries.ideas.rows import idea_row, idea_to_change, note_change
from core.storage.tables import IdeaEditRow, IdeaRow, UserRow
from ideas.tracking.budget import Budget, budget_of
from ideas.workflow.rules import Part
from ideas.workflow.situation import ownership_of, parts_of

METRIC_LENGTH = (5, 500)
CAP_MAX = Decimal(1_000_000_000)
OWNED = frozenset(
    {
        IdeaStatus.EVALUATION,
        IdeaStatus.APPROVED,
        IdeaStatus.EXPERIMENT,
        IdeaStatus.PRODUCTION,
        IdeaStatus.MEASURED,
    }
)
"""The states in which an idea has an owner, or is about to get one."""
OF_OWNERS = frozenset({"success_metric", "pilot_ends_on"})
"""What the owner changes; the rest is the committee's."""


@dataclass(frozen=True, slots=True)
class OwnedIdea:
    """Who answers for an idea, and what became of the money."""

    ownership: Ownership
    budget: Budget


class IdeaOwnership:
    """Named by the committee from the evaluation on; the owner keeps metric and end date."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, user: User, idea_id: str) -> OwnedIdea:
        """Return who answers for the idea."""
        require_active(user)
        with self._database.read() as session:
            row = idea_row(session, idea_id)
            return OwnedIdea(ownership_of(row), budget_of(session, row))

    def set(self, user: User, idea_id: str, wanted: Ownership, *, version: int) -> OwnedIdea:
        """Store who answers for the idea, and keep what stood there; a new owner is told.

        Raises Conflict for another version, InvalidFields with a sentence for each field,
        AccessDenied for a field that is not this person's, MoveRefused in a state without an owner.
        """
        require_active(user)
        wanted = replace(wanted, success_metric=clean(wanted.success_metric).text.strip())
        _require_amount(wanted.budget_cap)
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id, version)
            before = values_of(ownership_of(row))
            after = values_of(wanted)
            changed = [name for name, value in before.items() if after[name] != value]
            if changed:
                _require_right(session, user, row, changed)
                _require_fields(session, wanted, changed)
                _store(session, user, row, before, {name: after[name] for name in changed})
            session.flush()
            return OwnedIdea(ownership_of(row), budget_of(session, row))


def values_of(ownership: Ownership) -> dict[str, str | int | date | None]:
    """Return the columns of an idea that say who owns it, how far and until when."""
    return {
        "owner_id": ownership.owner_id or None,
        "sponsor_id": ownership.sponsor_id or None,
        "budget_cap_micros": to_micros(ownership.budget_cap),
        "success_metric": ownership.success_metric,
        "pilot_ends_on": ownership.pilot_ends_on,
    }


def _require_right(session: Session, user: User, row: IdeaRow, changed: list[str]) -> None:
    if IdeaStatus(row.status) not in OWNED:
        raise MoveRefused("An idea can have an owner from its evaluation until it is closed.")
    parts = parts_of(session, user, row)
    if Part.COMMITTEE in parts:
        return
    if Part.OWNER not in parts:
        raise AccessDenied("Only reviewers who did not submit the idea name its owner.")
    if set(changed) - OF_OWNERS:
        raise AccessDenied(
            "The owner changes success metric and end date. Ask a reviewer for the rest."
        )


def _require_amount(cap: Decimal | None) -> None:
    if cap is not None and not (cap.is_finite() and 0 <= cap <= CAP_MAX):
        raise InvalidFields({"budget_cap": f"Give an amount from 0 to {CAP_MAX:,}."})


def _require_fields(session: Session, wanted: Ownership, changed: list[str]) -> None:
    found = {name: text for name, text in _problems(session, wanted) if name in changed}
    if found:
        raise InvalidFields(found)


def _problems(session: Session, wanted: Ownership) -> Iterator[tuple[str, str]]:
    shortest, longest = METRIC_LENGTH
    for name, person in (("owner_id", wanted.owner_id), ("sponsor_id", wanted.sponsor_id)):
        active = select(UserRow.id).where(UserRow.id == person, col(UserRow.is_active))
        if person and session.exec(active).first() is None:
            yield name, "This person has no active account. Choose someone else."
    if wanted.success_metric and not shortest <= len(wanted.success_metric) <= longest:
        yield "success_metric", f"Say in {shortest} to {longest} characters what success is."
    if wanted.pilot_ends_on is not None and wanted.pilot_ends_on < now().date():
        yield "pilot_ends_on", "Choose a day that is not over."


def _store(
    session: Session,
    user: User,
    row: IdeaRow,
    before: dict[str, str | int | date | None],
    after: dict[str, str | int | date | None],
) -> None:
    changes = {
        name: {"from": _shown(before[name]), "to": _shown(value)} for name, value in after.items()
    }
    session.add(
        IdeaEditRow(
            idea_id=row.id, editor_id=user.id or None, row_version=row.row_version, changes=changes
        )
    )
    for name, value in after.items():
        setattr(row, name, value)
    note_change(row, user)
    record_event(session, user, "idea.owner", row.id, fields=len(changes))
    if after.get("owner_id"):
        notify(session, user, Happening.OWNER_NAMED, [row.owner_id or ""], idea_id=row.id)


def _shown(value: str | int | date | None) -> str | int | None:
    return value.isoformat() if isinstance(value, date) else value
