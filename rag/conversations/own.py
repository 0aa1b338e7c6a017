"""A person's own conversations: list, search, rename, pin, delete, export."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from core.domain.access import require_account
from core.domain.answers import AnswerStatus, Turn
from core.domain.clock import now
from core.domain.conversations import Conversation, ConversationSummary, Message
from core.domain.governance.privacy import HiddenChat
from core.domain.identity import User
from core.errors import InvalidInput, NotFound
from core.guardrails.text import clean_line
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.gaps import unread_reply
from core.storage.queries.messages import is_shown
from core.storage.queries.privacy.holds import is_held_chat
from core.storage.queries.sources import is_open_text
from core.storage.tables import ConversationRow, MessageRow
from rag.conversations.printing import as_pdf
from rag.conversations.sharing import as_markdown
from rag.conversations.stored import read_messages
from rag.conversations.suggestions import suggestions_after

MAX_TITLE = 120
UNDO = timedelta(minutes=30)
"""How long a deletion can be undone where no setting says otherwise."""
UNFINISHED = "This answer was not finished. Your question is kept. Ask again."


class ExportFormat(StrEnum):
    """The file format of an exported conversation."""

    MARKDOWN = "md"
    PDF = "pdf"
    JSON = "json"


class Conversations:
    """The conversations of the person given to each method; those of others do not exist."""

    def __init__(
        self,
        database: Database,
        is_running: Callable[[str], bool] = lambda _: False,
        *,
        undo: timedelta = UNDO,
    ) -> None:
        """Take `is_running`, which tells by message id whether an answer is being made.

        `undo` is how long a deletion can be undone.
        """
        self._database = database
        self._undo = undo
        self._is_running = is_running

    def list(self, user: User, search: str = "") -> list[ConversationSummary]:
        """Return the conversations, newest first, pinned ones before.

        `search` looks into titles and messages.
        """
        require_account(user)
        with self._database.read() as session:
            query = select(ConversationRow, unread_reply()).where(
                ConversationRow.user_id == user.id, col(ConversationRow.deleted_at).is_(None)
            )
            if search.strip():
                query = query.where(_mentions(session, user, search.strip()))
            rows = session.exec(
                query.order_by(
                    col(ConversationRow.is_pinned).desc(), col(ConversationRow.updated_at).desc()
                )
            ).all()
            return [
                ConversationSummary(r.id, r.title, r.updated_at, r.is_pinned, has_reply)
                for r, has_reply in rows
            ]

    def get(
        self,
        user: User,
        conversation_id: str,
        *,
        last: int | None = None,
        with_replaced: bool = False,
        with_suggestions: bool = False,
    ) -> Conversation:
        """Return a conversation with all messages, or with its `last` messages.

        With `last`, it also holds the number of messages before them. Raises NotFound if it does
        not exist or belongs to somebody else.
        """
        with self._database.read() as session:
            row = owned_conversation(session, user, conversation_id)
            messages = read_messages(session, user, row.id, last=last, with_replaced=with_replaced)
            is_cut = last is not None and len(messages) == last
            return Conversation(
                row.id,
                row.title,
                row.created_at,
                row.updated_at,
                tuple(self._as_it_stands(message) for message in messages),
                _count(session, row.id) - len(messages) if is_cut else 0,
                suggestions_after(session, messages) if with_suggestions else (),
            )

    def _as_it_stands(self, message: Message) -> Message:
        """Return a pending answer as failed if nothing is making it any more."""
        answer = message.answer
        if answer is None or answer.status is not AnswerStatus.PENDING:
            return message
        if self._is_running(message.id):
            return message
        failed = replace(answer, status=AnswerStatus.FAILED, error=UNFINISHED)
        return replace(message, answer=failed)

    def rename(self, user: User, conversation_id: str, title: str) -> None:
        """Rename a conversation; raises InvalidInput for an empty title."""
        title = clean_line(title)
        if not title:
            raise InvalidInput("Enter a name for the conversation.")
        with self._database.begin() as session:
            owned_conversation(session, user, conversation_id).title = title[:MAX_TITLE]

    def pin(self, user: User, conversation_id: str, *, is_pinned: bool) -> None:
        """Keep a conversation at the top of the list, or no longer."""
        with self._database.begin() as session:
            owned_conversation(session, user, conversation_id).is_pinned = is_pinned

    def delete(self, user: User, conversation_id: str) -> HiddenChat:
        """Hide the conversation everywhere; `restore` brings it back for a while.

        Then a thread of the app deletes it for good, unless it is under a legal hold.
        """
        with self._database.begin() as session:
            row, at = owned_conversation(session, user, conversation_id), now()
            row.deleted_at = at
            record_event(session, user, "conversation.delete", conversation_id)
            held = select(ConversationRow.id).where(ConversationRow.id == row.id, is_held_chat())
            return HiddenChat(at + self._undo, is_held=session.exec(held).first() is not None)

    def restore(self, user: User, conversation_id: str) -> None:
        """Undo a deletion.

        Raises NotFound if the conversation is not this person's, or was deleted too long ago.
        """
        require_account(user)
        with self._database.begin() as session:
            row = session.get(ConversationRow, conversation_id)
            if row is None or row.user_id != user.id or self._is_too_late(row):
                raise NotFound("This conversation no longer exists.")
            if row.deleted_at is not None:
                row.deleted_at = None
                record_event(session, user, "conversation.restored", conversation_id)

    def _is_too_late(self, row: ConversationRow) -> bool:
        return row.deleted_at is not None and now() > row.deleted_at + self._undo

    def export(self, user: User, conversation_id: str, kind: ExportFormat) -> bytes:
        """Return the file with the whole conversation and its sources.

        It is recorded, since the words of documents leave the sandbox with it.
        """
        conversation = self.get(user, conversation_id)
        with self._database.begin() as session:
            record_event(
                session,
                user,
                "conversation.exported",
                conversation_id,
                kind=kind.value,
                messages=len(conversation.messages),
            )
        return _file(conversation, user, kind)

    def record_of(self, person: User, conversation_id: str) -> dict[str, object]:
        """Return a conversation as a record of all that is stored of it.

        That includes questions that were asked anew, with their answers.
        """
        return _as_json(self.get(person, conversation_id, with_replaced=True))

    def records(self, person: User) -> Iterator[dict[str, object]]:
        """Yield `record_of` each conversation that the person has not deleted."""
        for summary in self.list(person):
            yield self.record_of(person, summary.id)


def _file(conversation: Conversation, reader: User, kind: ExportFormat) -> bytes:
    match kind:
        case ExportFormat.MARKDOWN:
            return as_markdown(conversation, reader).encode()
        case ExportFormat.PDF:
            return as_pdf(conversation, reader)
        case ExportFormat.JSON:
            return json.dumps(_as_json(conversation), ensure_ascii=False, indent=2).encode()
        case _:
            assert_never(kind)


def owned_conversation(session: Session, user: User, conversation_id: str) -> ConversationRow:
    """Return a conversation of this person.

    Raises NotFound unless it belongs to them and is not deleted.
    """
    require_account(user)
    row = session.get(ConversationRow, conversation_id)
    if row is None or row.user_id != user.id or row.deleted_at is not None:
        raise NotFound("This conversation no longer exists.")
    return row


def _count(session: Session, conversation_id: str) -> int:
    return session.exec(
        select(func.count()).where(MessageRow.conversation_id == conversation_id, is_shown())
    ).one()


def turns(messages: Sequence[Message]) -> tuple[Turn, ...]:
    """Return the conversation as a follow-up needs it, without answers that are withheld."""
    return tuple(
        Turn(message.role.value, message.text, message.sources)
        for message in messages
        if message.text and not (message.answer and message.answer.is_withheld)
    )


def _mentions(session: Session, user: User, words: str) -> ColumnElement[bool]:
    """Return the condition that words stand in the title or in a message.

    Only messages that are open to this person count, since a hit tells what a message holds.
    """
    pattern = f"%{words.replace('%', '').replace('_', ' ')}%"
    inside = select(MessageRow.conversation_id).where(
        col(MessageRow.text).ilike(pattern), is_shown(), is_open_text(session, user)
    )
    return or_(col(ConversationRow.title).ilike(pattern), col(ConversationRow.id).in_(inside))


def _as_json(conversation: Conversation) -> dict[str, object]:
    return {
        "id": conversation.id,
        "title": conversation.title,
        "created_at": conversation.created_at.isoformat(),
        "messages": [_message_as_json(message) for message in conversation.messages],
    }


def _message_as_json(message: Message) -> dict[str, object]:
    record: dict[str, object] = {
        "role": message.role.value,
        "text": message.text,
        "created_at": message.created_at.isoformat(),
    }
    if message.answer is not None:
        record["engine"] = message.answer.engine
        record["abstained"] = message.answer.abstained
        record["level"] = message.answer.level.value
        record["citations"] = [
            {
                "number": c.number,
                "document": c.file_name,
                "title": c.document_title,
                "page": c.page,
                "quote": c.quote,
            }
            for c in message.answer.citations
        ]
    return record
