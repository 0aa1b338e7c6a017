"""What of each class of data is older than its period, counted and deleted by the same queries."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlmodel import Session, SQLModel, col

from core.domain.gaps import GapStatus
from core.domain.governance.incidents import IncidentState
from core.domain.governance.privacy import DataClass
from core.storage.queries.privacy.chats import remove_chats
from core.storage.queries.privacy.holds import held_people, is_held_chat
from core.storage.queries.privacy.marks import USAGE, set_mark
from core.storage.tables import (
    AnswerUsageRow,
    ConversationRow,
    FeedbackRow,
    GuardNoteRow,
    IdeaDraftRow,
    IncidentRow,
    KnowledgeGapRow,
    MessageRow,
    ModelCallRow,
    PasswordLinkRow,
    RefusedCallRow,
    SessionRow,
    UsageChangeRow,
    UsageDayAskerRow,
    UsageDayPersonRow,
)

DropDrafts = Callable[[Session, Sequence[str]], object]
"""Deletes drafts of ideas with their files."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Until when data of each class goes, None for what is kept.

    For usage, that is the beginning of `usage_day` on the company's calendar.
    """

    until: Mapping[DataClass, datetime]
    usage_day: date | None = None


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of a table that are due, by a condition that leaves out what is held."""

    table: type[SQLModel]
    condition: ColumnElement[bool]

    def count(self, session: Session) -> int:
        query = select(func.count()).select_from(self.table).where(self.condition)
        return session.scalar(query) or 0

    def delete(self, session: Session) -> None:
        session.execute(delete(self.table).where(self.condition))


class Expiry:
    """The rows that are due at one moment."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def counts(self, session: Session) -> dict[DataClass, int]:
        """Return how many rows of each class with a period are due."""
        return {
            name: sum(rows.count(session) for rows in self._rows(name))
            for name in DataClass
            if name in self._limits.until
        }

    def delete(self, session: Session, drop_drafts: DropDrafts) -> None:
        """Delete what `counts` counts; feedback keeps its rating and loses its words."""
        until = self._limits.until
        if DataClass.GUARD_NOTES in until:
            self._delete(session, DataClass.GUARD_NOTES)
        if DataClass.FEEDBACK in until:
            [words] = self._rows(DataClass.FEEDBACK)
            session.execute(update(FeedbackRow).where(words.condition).values(comment=""))
        if DataClass.CONVERSATIONS in until:
            remove_chats(session, session.scalars(self._chats()).all())
        if DataClass.DRAFTS in until:
            [drafts] = self._rows(DataClass.DRAFTS)
            due = select(col(IdeaDraftRow.id)).where(drafts.condition)
            drop_drafts(session, session.scalars(due).all())
        if DataClass.USAGE in until:
            self._delete_usage(session)
        for name in (
            *(DataClass.SENT_QUESTIONS, DataClass.INCIDENTS, DataClass.REFUSALS),
            DataClass.SIGN_INS,
        ):
            if name in until:
                self._delete(session, name)

    def _delete(self, session: Session, name: DataClass) -> None:
        for rows in self._rows(name):
            rows.delete(session)

    def _delete_usage(self, session: Session) -> None:
        """Delete single rows; the sums of their days, which were added up before, stay."""
        until = self._limits.until[DataClass.USAGE]
        set_mark(session, USAGE, until)
        self._delete(session, DataClass.USAGE)
        session.execute(delete(UsageChangeRow).where(col(UsageChangeRow.moment) < until))

    def _chats(self) -> Select[Any]:  # Any: what sqlalchemy makes of one column
        until = self._limits.until.get(DataClass.CONVERSATIONS)
        is_due = col(ConversationRow.updated_at) < until if until else col(ConversationRow.id) == ""
        is_shown = col(ConversationRow.deleted_at).is_(None)  # the others go by themselves
        return select(col(ConversationRow.id)).where(is_due, is_shown, ~is_held_chat())

    def _rows(self, name: DataClass) -> Sequence[_Rows]:
        until = self._limits.until[name]
        match name:
            case DataClass.CONVERSATIONS:
                return [_Rows(ConversationRow, col(ConversationRow.id).in_(self._chats()))]
            case DataClass.USAGE:
                return self._usage(until)
            case DataClass.GUARD_NOTES:
                return [_Rows(GuardNoteRow, self._of_messages(col(GuardNoteRow.message_id), until))]
            case DataClass.FEEDBACK:
                is_old = or_(
                    and_(col(FeedbackRow.updated_at) < until, self._of_free_chats()),
                    self._of_going_chats(col(FeedbackRow.message_id)),
                )
                return [_Rows(FeedbackRow, and_(col(FeedbackRow.comment) != "", is_old))]
            case DataClass.SENT_QUESTIONS:
                settled = func.coalesce(KnowledgeGapRow.replied_at, KnowledgeGapRow.asked_at)
                is_closed = col(KnowledgeGapRow.status) != GapStatus.OPEN.value
                free = _is_free(col(KnowledgeGapRow.asker_id))
                return [_Rows(KnowledgeGapRow, and_(is_closed, settled < until, free))]
            case DataClass.INCIDENTS:
                is_closed = col(IncidentRow.state) == IncidentState.CLOSED.value
                free = _is_free(col(IncidentRow.reporter_id))
                return [
                    _Rows(IncidentRow, and_(is_closed, col(IncidentRow.closed_at) < until, free))
                ]
            case DataClass.DRAFTS:
                is_old, person = col(IdeaDraftRow.saved_at) < until, col(IdeaDraftRow.user_id)
                return [_Rows(IdeaDraftRow, and_(is_old, _is_free(person)))]
            case DataClass.REFUSALS:
                is_old, person = col(RefusedCallRow.at) < until, col(RefusedCallRow.user_id)
                return [_Rows(RefusedCallRow, and_(is_old, _is_free(person)))]
            case DataClass.SIGN_INS:
                return _sign_ins(until)

    def _usage(self, until: datetime) -> list[_Rows]:
        day = self._limits.usage_day
        single = [
            _Rows(table, and_(col(table.created_at) < until, _is_free(col(table.user_id))))
            for table in (AnswerUsageRow, ModelCallRow)
        ]
        people = [
            _Rows(table, and_(col(table.day) < day, _is_free(col(table.user_id))))
            for table in (UsageDayPersonRow, UsageDayAskerRow)
        ]
        return [*single, *people]

    def _of_messages(
        self, message_id: SQLColumnExpression[str], until: datetime
    ) -> ColumnElement[bool]:
        """Return the condition for rows of old messages, or of conversations that go anyway."""
        old = (
            select(col(MessageRow.id))
            .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
            .where(col(MessageRow.created_at) < until, ~is_held_chat())
        )
        return or_(message_id.in_(old), self._of_going_chats(message_id))

    def _of_going_chats(self, message_id: SQLColumnExpression[str]) -> ColumnElement[bool]:
        inside = select(col(MessageRow.id)).where(
            col(MessageRow.conversation_id).in_(self._chats())
        )
        return message_id.in_(inside)

    def _of_free_chats(self) -> ColumnElement[bool]:
        free = (
            select(col(MessageRow.id))
            .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
            .where(~is_held_chat())
        )
        return col(FeedbackRow.message_id).in_(free)


def _sign_ins(until: datetime) -> list[_Rows]:
    ended = or_(col(SessionRow.revoked_at) < until, col(SessionRow.expires_at) < until)
    return [
        _Rows(SessionRow, and_(ended, _is_free(col(SessionRow.user_id)))),
        _Rows(
            PasswordLinkRow,
            and_(col(PasswordLinkRow.expires_at) < until, _is_free(col(PasswordLinkRow.user_id))),
        ),
    ]


def _is_free(
    person: SQLColumnExpression[Any],
) -> ColumnElement[bool]:  # Any: with or without nobody
    """Return the condition that a row is of nobody, or of somebody of whom nothing is held."""
    return or_(person.is_(None), person.not_in(held_people()))
