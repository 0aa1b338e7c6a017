"""All conversations of one person: exported, or deleted for good."""

import json
from collections.abc import Iterator
from dataclasses import replace

from sqlmodel import col, select

from core.domain.access import require_account, require_admin, require_confirmed
from core.domain.identity import User
from core.errors import NotFound
from core.storage.compaction import compact
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.people import user_by_id
from core.storage.queries.privacy.chats import CHAT_TABLES, remove_chats
from core.storage.queries.privacy.holds import require_nothing_held
from core.storage.tables import ConversationRow
from rag.conversations.own import Conversations


class PersonalConversations:
    """The conversations of others, for administrators or SYSTEM in the terminal.

    Each use is in the audit log.
    """

    def __init__(self, database: Database, conversations: Conversations) -> None:
        self._database = database
        self._conversations = conversations

    def export(self, actor: User, person: User) -> Iterator[dict[str, object]]:
        """Yield each conversation that the person has not deleted, with its sources, as JSON.

        Raises AccessDenied unless `actor` is an administrator, ConfirmationNeeded.
        """
        require_admin(actor)
        require_confirmed(actor)
        person = replace(person, is_active=True)  # people who have left may ask for theirs too
        summaries = self._conversations.list(person)
        with self._database.begin() as session:
            record_event(
                session,
                actor,
                "conversations.exported",
                person.id,
                subjects=[person.id],
                conversations=len(summaries),
            )
        for summary in summaries:
            yield self._conversations.record_of(person, summary.id)

    def export_lines(self, actor: User, person_id: str) -> str:
        """Return what `export` yields, one object a line; raises NotFound for a missing account."""
        require_admin(actor)
        require_confirmed(actor)
        with self._database.read() as session:
            person = user_by_id(session, person_id)
        if person is None:
            raise NotFound("This account no longer exists.")
        return "".join(
            f"{json.dumps(record, ensure_ascii=False)}\n" for record in self.export(actor, person)
        )

    def own_lines(self, person: User) -> str:
        """Return the person's own conversations as `export` does, one object a line."""
        require_account(person)
        summaries = self._conversations.list(person)
        with self._database.begin() as session:
            record_event(
                session, person, "conversations.exported", person.id, conversations=len(summaries)
            )
        return "".join(
            f"{json.dumps(self._conversations.record_of(person, each.id), ensure_ascii=False)}\n"
            for each in summaries
        )

    def delete(self, actor: User, person: User) -> int:
        """Delete all conversations for good, hidden ones included, and return their number.

        No byte of them is left. Ideas keep the chat that the person handed in with them, and costs
        keep their figures. Raises Conflict under a legal hold, and IndexUnavailable where the file
        is busy: the conversations are gone then, and their bytes go with the next deletion.
        """
        require_admin(actor)
        require_confirmed(actor)
        with self._database.begin() as session:
            require_nothing_held(session, person.id)
            is_theirs = col(ConversationRow.user_id) == person.id
            ids = session.exec(select(ConversationRow.id).where(is_theirs)).all()
            deleted = remove_chats(session, ids)
            record_event(
                session,
                actor,
                "conversations.deleted",
                person.id,
                subjects=[person.id],
                conversations=deleted,
            )
        compact(self._database, CHAT_TABLES)
        return deleted
