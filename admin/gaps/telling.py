"""Tells people what became of what they asked."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from core.domain.gaps import GapStatus
from core.domain.ideas.life import Happening
from core.domain.identity import User
from core.storage.queries.ideas.notifications import notify
from core.storage.tables import ConversationRow, GapOutcomeRow, GapQuestionRow

HAPPENINGS = {
    GapStatus.ANSWERED: Happening.GAP_ANSWERED,
    GapStatus.CLOSED: Happening.GAP_CLOSED,
    GapStatus.DECLINED: Happening.GAP_DECLINED,
}


def tell(session: Session, outcome: GapOutcomeRow, questions: Iterable[GapQuestionRow]) -> None:
    """Notify each person once, of their newest question; nobody about a chat that they deleted."""
    actor = User(id=outcome.settled_by or "", email="", name="")
    newest = {q.user_id: q for q in sorted(questions, key=lambda one: one.asked_at)}
    kept = _kept(session, [q.conversation_id for q in newest.values()])
    for person, question in newest.items():
        if question.conversation_id in kept:
            notify(
                session,
                actor,
                HAPPENINGS[GapStatus(outcome.status)],
                [person],
                idea_id=None,
                conversation=question.conversation_id,
            )


def _kept(session: Session, conversation_ids: Iterable[str]) -> set[str]:
    return set(
        session.exec(
            select(ConversationRow.id).where(
                col(ConversationRow.id).in_(list(conversation_ids)),
                col(ConversationRow.deleted_at).is_(None),
            )
        ).all()
    )
