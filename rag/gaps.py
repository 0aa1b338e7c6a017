"""Sends questions that the documents do not answer to people who can, and brings the replies."""

from dataclasses import replace

from sqlmodel import Session, select

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.gaps import GapDraft, GapRoute, GapStatus, KnowledgeGap
from core.domain.identity import User
from core.errors import InvalidInput, NotFound
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.collections import readable_collections
from core.storage.queries.gaps import (
    gap_of_answer,
    near_collections,
    to_gap,
    told_of_answer,
)
from core.storage.queries.messages import own_answer, question_of
from core.storage.tables import (
    CollectionRow,
    GapQuestionRow,
    KnowledgeGapRow,
    MessageRow,
    UserRow,
)
from rag.conversations.stored import messages_of

MAX_NOTE = 1_000
COLLECTIONS_OFFERED = 2
ADMINISTRATORS = GapRoute()


class GapRequests:
    """Knowledge gaps as the person who asked uses them; only their own answers count."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def prepare(self, user: User, message_id: str) -> GapDraft:
        """Return what would be sent and who can be asked, the likeliest first; raises NotFound."""
        require_active(user)
        with self._database.read() as session:
            answer = own_answer(session, user, message_id)
            question = question_of(session, answer)
            return GapDraft(
                question, _searched_for(session, user, answer), _routes(session, user, answer.id)
            )

    def ask(
        self, user: User, message_id: str, *, collection_id: str = "", note: str = ""
    ) -> KnowledgeGap:
        """Record the question as it was typed; a second time, return what was recorded.

        Without a collection it goes to the administrators. Raises NotFound for somebody else's
        answer or a collection that is no route of its draft, InvalidInput for a question that the
        documents did answer and for an overlong note.
        """
        require_active(user)
        note = _clean_note(note)
        with self._database.begin() as session:
            answer = _unanswered(session, user, message_id)
            row = gap_of_answer(session, answer.id)
            if row is None:
                route = _route(session, user, answer.id, collection_id)
                row = _new_row(session, user, answer, route, note)
                record_event(session, user, "gap.asked", row.id, has_owner=bool(route.owner_id))
            return to_gap(session, row, user)

    def of_answer(self, user: User, message_id: str) -> KnowledgeGap | None:
        """Return what was sent for this answer, or told without that; None if there is neither."""
        require_active(user)
        with self._database.read() as session:
            row = gap_of_answer(session, own_answer(session, user, message_id).id)
            if row is None:
                return told_of_answer(session, message_id, user)
            return to_gap(session, row, user)

    def mark_read(self, user: User, message_id: str) -> None:
        """Mark the reply below this answer as seen."""
        require_active(user)
        with self._database.begin() as session:
            row = gap_of_answer(session, own_answer(session, user, message_id).id)
            if row is not None and row.status != GapStatus.OPEN and row.read_at is None:
                row.read_at = now()
            told = session.get(GapQuestionRow, message_id)
            if told is not None and told.outcome_id and told.read_at is None:
                told.read_at = now()


def _unanswered(session: Session, user: User, message_id: str) -> MessageRow:
    """Return the row of an answer that abstained or is tentative; raises InvalidInput for others.

    It is locked, so that two clicks at once record one gap (SQLite has one writer anyway).
    """
    session.exec(select(MessageRow.id).where(MessageRow.id == message_id).with_for_update()).all()
    answer = own_answer(session, user, message_id)
    if not answer.abstained and not answer.is_tentative:
        raise InvalidInput("Only a question that the documents do not answer can be sent on.")
    return answer


def _clean_note(note: str) -> str:
    note = clean(note).text.strip()
    if len(note) > MAX_NOTE:
        raise InvalidInput(f"Keep the note below {MAX_NOTE:,} characters.")
    return note


def _new_row(
    session: Session, user: User, answer: MessageRow, route: GapRoute, note: str
) -> KnowledgeGapRow:
    question = question_of(session, answer)
    row = KnowledgeGapRow(
        message_id=answer.id,
        asker_id=user.id or None,
        collection_id=route.collection_id or None,
        owner_id=route.owner_id or None,
        question=question,
        searched_for=_searched_for(session, user, answer),
        note=note,
        status=GapStatus.OPEN.value,
    )
    session.add(row)
    session.flush()
    return row


def _searched_for(session: Session, user: User, answer: MessageRow) -> str:
    """Return the standalone query as the person may read it now, empty if it is as typed."""
    [message] = messages_of(session, user, [answer])
    query = message.answer.standalone_query if message.answer else ""
    return "" if query == question_of(session, answer) else query


def _route(session: Session, user: User, message_id: str, collection_id: str) -> GapRoute:
    for route in _routes(session, user, message_id):
        if route.collection_id == collection_id:
            return route
    raise NotFound("This question cannot be sent to the owner of that collection.")


def _routes(session: Session, user: User, message_id: str) -> tuple[GapRoute, ...]:
    """Return owners by how near their collections came, and the administrators once.

    The administrators come first where the nearest collection has no owner, else last.
    """
    readable = {c.id for c in readable_collections(session, user)}
    nearest = [
        collection_id
        for collection_id in near_collections(session, message_id)
        if collection_id in readable
    ]
    routes = [
        _collection_route(session, collection_id) for collection_id in nearest[:COLLECTIONS_OFFERED]
    ]
    owned = [route for route in routes if route.owner_id]
    if routes and not routes[0].owner_id:
        return (routes[0], *owned)
    return (*owned, ADMINISTRATORS)


def _collection_route(session: Session, collection_id: str) -> GapRoute:
    row = session.get_one(CollectionRow, collection_id)
    owner = session.get(UserRow, row.owner_id) if row.owner_id else None
    route = GapRoute(row.id, row.name)
    if owner is None or not owner.is_active:
        return route
    return replace(route, owner_id=owner.id, owner_name=owner.name)
