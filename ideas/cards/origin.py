"""The chat an idea came from: frozen when it starts, shown as far as its reader may read it."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from sqlmodel import Session, col, select

from core.domain.answers import WITHHELD, Citation, Source
from core.domain.conversations import MessageRole
from core.domain.ideas.card import IdeaOrigin
from core.domain.identity import User
from core.errors import NotFound
from core.storage.queries.messages import question_of
from core.storage.queries.sources import Reach, reach_of, sources_of
from core.storage.tables import (
    AnswerUsageRow,
    CitationRow,
    ConversationRow,
    MessageRow,
)

Json = dict[str, Any]  # Any: a JSON column
QUESTIONS_BEFORE = 5


def frozen_origin(session: Session, user: User, message_id: str) -> IdeaOrigin:
    """Return the question, answer, sources and cost as they are now; raise NotFound.

    Only an own answer, of a conversation that was not deleted, can become an idea.
    """
    answer = session.get(MessageRow, message_id)
    chat = session.get(ConversationRow, answer.conversation_id) if answer else None
    is_own = chat is not None and chat.user_id == user.id and chat.deleted_at is None
    if answer is None or answer.role != MessageRole.ASSISTANT or not is_own:
        raise NotFound("The answer this idea should start from no longer exists.")
    usage = session.exec(
        select(AnswerUsageRow).where(AnswerUsageRow.message_id == message_id)
    ).first()
    return IdeaOrigin(
        message_id,
        question_of(session, answer),
        answer.text,
        answer.engine,
        _citations(session, message_id),
        _sources(session, answer),
        cost_micros=usage.cost_micros if usage else None,
        currency=usage.currency if usage else "",
    )


def for_reader(origin: IdeaOrigin, reach: Reach) -> IdeaOrigin:
    """Withhold the answer unless everything that was read for it is open to the reader.

    An idea is open to everybody, but the documents behind its answer are not, not even to its
    author. The answer is a copy of document text, whether it cites its sources or not. One without
    any source is an answer of our own.
    """
    if origin.sources == () or reach.may_read(origin.sources):
        return origin
    return replace(origin, answer=WITHHELD, citations=())


def questions_before(session: Session, message_id: str) -> tuple[str, ...]:
    """Return what the person asked in this conversation before the answer and its question."""
    answer = session.get_one(MessageRow, message_id)
    asked = session.exec(
        select(MessageRow.text)
        .where(
            MessageRow.conversation_id == answer.conversation_id,
            MessageRow.role == MessageRole.USER.value,
            col(MessageRow.position) < answer.position,
        )
        .order_by(col(MessageRow.position).desc())
        .offset(1)
        .limit(QUESTIONS_BEFORE)
    ).all()
    return tuple(reversed(asked))


def reach_over(session: Session, user: User, origins: Iterable[IdeaOrigin | None]) -> Reach:
    """Return what this person may read of the documents behind these origins."""
    known = [origin for origin in origins if origin is not None]
    return reach_of(session, user, {s for origin in known for s in origin.sources or ()})


def to_json(origin: IdeaOrigin) -> Json:
    """Return the origin as it is stored."""
    return asdict(origin)


def from_json(stored: Json | None) -> IdeaOrigin | None:
    """Return what `to_json` wrote, or an earlier version did."""
    if stored is None:
        return None
    citations = tuple(Citation(**citation) for citation in stored["citations"])
    sources = stored.get("sources")
    read = None if sources is None else tuple(Source(**source) for source in sources)
    return IdeaOrigin(**{**stored, "citations": citations, "sources": read})


def _sources(session: Session, answer: MessageRow) -> tuple[Source, ...] | None:
    """Return the documents behind the answer; none for a text of our own, None if unknown."""
    if answer.abstained or not answer.text:
        return ()
    recorded = sources_of(session, [answer.id]).get(answer.id)
    return tuple(sorted(recorded, key=lambda source: source.document_id)) if recorded else None


def _citations(session: Session, message_id: str) -> tuple[Citation, ...]:
    rows = session.exec(
        select(CitationRow)
        .where(CitationRow.message_id == message_id, col(CitationRow.is_nearest).is_(False))
        .order_by(col(CitationRow.number))
    ).all()
    return tuple(
        Citation(**row.model_dump(exclude={"id", "message_id", "is_nearest"})) for row in rows
    )
