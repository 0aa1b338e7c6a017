"""Traces an answer to the passage that misled it, and takes that passage back from everybody.

The document of the passage is turned off, which closes every answer made from it; the people who
got an answer from the passage are told, and later copies of it are recognised. All of it can be
undone, and is audited in ids and counts.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from admin.incidents.passages import (
    Effects,
    Misled,
    ReadPassage,
    effects_of,
    misled_by,
    passage_read,
    read_passages,
)
from core.domain.access import require_admin
from core.domain.clock import now
from core.domain.costs.refusals import SwitchKind
from core.domain.ideas.life import Happening
from core.domain.identity import User
from core.domain.screening import Poison
from core.errors import Conflict, InvalidInput, NotFound
from core.guardrails.text import clean_line
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.ideas.notifications import notify
from core.storage.queries.poison import forget_poison
from core.storage.queries.spending.switches import documents_off
from core.storage.tables import ChunkRow, IncidentRow, SwitchRow

REASON_LENGTH = (3, 200)

KeepPoison = Callable[[str, str, Sequence[str]], int]
"""Keeps fingerprints of passages of a document and version; returns how many copies are known."""


class Withdrawals:
    """Passages that misled answers, for administrators."""

    def __init__(self, database: Database, keep: KeepPoison) -> None:
        self._database = database
        self._keep = keep

    def passages(self, admin: User, incident_id: str) -> list[ReadPassage]:
        """Return the passages that the answer of a problem was made from; the look is audited.

        Raises NotFound once the problem or the answer is gone.
        """
        require_admin(admin)
        with self._database.begin() as session:
            found = read_passages(session, admin, _answer_id(session, incident_id))
            record_event(session, admin, "incident.passages_read", incident_id, count=len(found))
        return found

    def effects(self, admin: User, incident_id: str, chunk_id: int) -> Effects:
        """Return what withdrawing a passage would come to; raise NotFound if it is gone."""
        require_admin(admin)
        with self._database.read() as session:
            chunk = passage_read(session, _answer_id(session, incident_id), chunk_id)
            return effects_of(session, chunk, misled_by(session, chunk))

    def withdraw(self, admin: User, incident_id: str, chunk_id: int, reason: str) -> Effects:
        """Turn the document of a passage off, tell the people it misled, and keep its fingerprint.

        Raises NotFound if the passage is gone, InvalidInput without a reason, and Conflict if the
        document is turned off already.
        """
        require_admin(admin)
        reason = _checked(reason)
        with self._database.begin() as session:
            chunk = passage_read(session, _answer_id(session, incident_id), chunk_id)
            if documents_off(session, [chunk.document_id]):
                raise Conflict("This document is turned off already.")
            session.add(
                SwitchRow(
                    kind=SwitchKind.DOCUMENT.value,
                    name=chunk.document_id,
                    reason=reason,
                    off_by=admin.id or None,
                )
            )
            misled = misled_by(session, chunk)
            effects = effects_of(session, chunk, misled)
            _record(session, admin, "passage.withdrawn", incident_id, chunk, effects)
            _tell(session, admin, Happening.ANSWER_WITHDRAWN, misled)
        copies = self._keep(chunk.document_id, chunk.version_id, [chunk.text])
        return replace(effects, copies=copies)

    def restore(self, admin: User, incident_id: str, chunk_id: int) -> Effects:
        """Undo a withdrawal: the document answers again, and the same people are told.

        Raises NotFound if the passage is gone or its document is not turned off.
        """
        require_admin(admin)
        with self._database.begin() as session:
            chunk = passage_read(session, _answer_id(session, incident_id), chunk_id)
            switch = _switch(session, chunk.document_id)
            switch.on_at, switch.on_by = now(), admin.id or None
            forget_poison(session, chunk.version_id, Poison.MISLEADING)
            misled = misled_by(session, chunk)
            effects = effects_of(session, chunk, misled)
            _record(session, admin, "passage.restored", incident_id, chunk, effects)
            _tell(session, admin, Happening.ANSWER_RESTORED, misled)
        return effects


def _record(  # noqa: PLR0913  who did what to which passage, and what came of it
    session: Session,
    admin: User,
    action: str,
    incident_id: str,
    chunk: ChunkRow,
    effects: Effects,
) -> None:
    record_event(
        session,
        admin,
        action,
        chunk.document_id,
        incident=incident_id,
        page=chunk.page_from,
        answers=effects.answers,
        people=effects.people,
        closed=effects.closed,
    )


def _answer_id(session: Session, incident_id: str) -> str:
    row = session.get(IncidentRow, incident_id)
    if row is None:
        raise NotFound("This problem no longer exists.")
    if not row.message_id:
        raise NotFound("The conversation with this answer was deleted.")
    return row.message_id


def _switch(session: Session, document_id: str) -> SwitchRow:
    found = session.exec(
        select(SwitchRow).where(
            SwitchRow.kind == SwitchKind.DOCUMENT.value,
            SwitchRow.name == document_id,
            col(SwitchRow.on_at).is_(None),
        )
    ).first()
    if found is None:
        raise NotFound("This document is not turned off.")
    return found


def _tell(session: Session, admin: User, what: Happening, misled: Sequence[Misled]) -> None:
    """Tell each person once, with the day of their latest answer and how many there were."""
    latest = {one.user_id: one for one in misled}
    for user_id, one in latest.items():
        notify(
            session,
            admin,
            what,
            [user_id],
            idea_id=None,
            conversation=one.conversation_id,
            day=one.at.date().isoformat(),
            answers=sum(other.user_id == user_id for other in misled),
        )


def _checked(reason: str) -> str:
    reason = clean_line(reason)
    shortest, longest = REASON_LENGTH
    if not shortest <= len(reason) <= longest:
        raise InvalidInput(f"Say why in {shortest} to {longest} characters.")
    return reason
