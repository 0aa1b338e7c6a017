"""Gives a question its place in a conversation, with the messages that it may lean on."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from core.domain.answers import AnswerStatus, Turn, Way
from core.domain.clock import new_id, now
from core.domain.conversations import MessageRole
from core.domain.identity import User
from core.errors import InvalidInput
from core.guardrails.text import clean, clean_line
from core.storage.queries.audit import record_event
from core.storage.queries.gaps import gap_of_answer
from core.storage.queries.messages import own_answer, shown_pair
from core.storage.tables import ConversationRow, MessageRow
from rag.conversations.own import MAX_TITLE, turns
from rag.conversations.stored import read_messages

NOT_THE_LAST = (
    "Only the last question of a conversation can be changed. Ask this one as a new question."
)
REMEMBERED_MESSAGES = 20
"""Messages that a follow-up question may lean on; a model is given fewer (HISTORY_TURNS)."""


def new_conversation(session: Session, user: User, question: str) -> ConversationRow:
    """Add an empty conversation that is named after its first question."""
    row = ConversationRow(user_id=user.id, title=_title(question))
    session.add(row)
    session.flush()
    record_event(session, user, "conversation.start", row.id)
    return row


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question belongs: a conversation (None for a new one), and the answer it replaces."""

    conversation_id: str | None = None
    replaces: str = ""


def replaceable(session: Session, user: User, message_id: str) -> tuple[MessageRow, ...]:
    """Return the last question and answer of a conversation, none without an id.

    They stay if somebody was asked to answer: the reply appears below them. Raises InvalidInput if
    another question was asked since.
    """
    if not message_id:
        return ()
    answer = own_answer(session, user, message_id)
    pair = shown_pair(session, answer)
    if pair is None:
        raise InvalidInput(NOT_THE_LAST)
    return () if gap_of_answer(session, answer.id) else pair


def history_of(
    session: Session, user: User, conversation_id: str, replaced: Sequence[str]
) -> tuple[Turn, ...]:
    """Return the last messages of a conversation without those that are replaced."""
    messages = read_messages(session, user, conversation_id, last=REMEMBERED_MESSAGES)
    return turns([message for message in messages if message.id not in replaced])


def typed(question: str) -> str:
    """Return what can be seen of a question; raises InvalidInput if that is nothing."""
    visible = clean(question).text.strip()
    if not visible:
        raise InvalidInput("Type a question.")
    return visible


def _title(question: str) -> str:
    line = clean_line(question)
    return line if len(line) <= MAX_TITLE else line[: MAX_TITLE - 1].rsplit(" ", 1)[0] + "…"


def store_question(
    session: Session, conversation: ConversationRow, question: str, way: Way = Way.DOCUMENTS
) -> MessageRow:
    """Add the question and an empty pending answer, both asked in that way; return the answer."""
    position = session.exec(
        select(func.count(col(MessageRow.id))).where(MessageRow.conversation_id == conversation.id)
    ).one()
    question_row = MessageRow(
        conversation_id=conversation.id,
        position=position,
        role=MessageRole.USER.value,
        text=question.strip(),
        status=AnswerStatus.COMPLETE.value,
        way=way.value,
    )
    pending = MessageRow(
        id=new_id(),
        conversation_id=conversation.id,
        position=position + 1,
        role=MessageRole.ASSISTANT.value,
        text="",
        status=AnswerStatus.PENDING.value,
        way=way.value,
    )
    session.add_all([question_row, pending])
    conversation.updated_at = now()
    return pending
