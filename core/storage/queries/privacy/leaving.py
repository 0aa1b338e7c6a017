"""Takes a person out of every table, by the rules of core/storage/personal_data.toml."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Column, Table, func, or_, select, update
from sqlmodel import Session, col

from core.storage.personal_data import PersonRule, person_columns
from core.storage.queries.privacy.chats import remove_chats
from core.storage.tables import (
    CitationRow,
    ConversationRow,
    GapOutcomeRow,
    GapQuestionRow,
    GuardNoteRow,
    IncidentRow,
    KnowledgeGapRow,
    MessageRow,
    UserRow,
)

Counts = Counter[str]
"""Rows that were deleted or changed, by table."""


def leave(session: Session, person_id: str, pseudonym: str) -> Counts:
    """Delete what is a person's alone, and take their id out of the rest; return the counts.

    Figures of use get the pseudonym in place of the id, so that sums of days and numbers of people
    stay right. It can be repeated. The sealed audit log keeps the id.
    """
    counts: Counts = Counter()
    chats = session.scalars(
        select(col(ConversationRow.id)).where(col(ConversationRow.user_id) == person_id)
    ).all()
    _count_children(session, chats, counts)
    _blank_words_about(session, person_id, counts)
    remove_chats(session, chats)
    for table, column, rule in person_columns(
        PersonRule.ROW, PersonRule.CLEAR, PersonRule.PSEUDONYM
    ):
        changed = _apply(session, table, column, rule, person_id, pseudonym)
        if changed:
            counts[table.name] += changed
    session.flush()
    session.expire_all()
    row = session.get(UserRow, person_id)
    if row is not None:
        session.delete(row)
        session.flush()
        counts["users"] += 1
    return counts


def _apply(  # noqa: PLR0913  what to change, how, and for whom
    session: Session,
    table: Table,
    column: Column[object],
    rule: PersonRule,
    person_id: str,
    pseudonym: str,
) -> int:
    theirs = column == person_id
    if rule is PersonRule.ROW:
        result = session.execute(table.delete().where(theirs))
    elif rule is PersonRule.CLEAR:
        empty = None if column.nullable else ""
        result = session.execute(table.update().where(theirs).values({column: empty}))
    else:
        result = session.execute(table.update().where(theirs).values({column: pseudonym}))
    return int(getattr(result, "rowcount", 0))


def _count_children(session: Session, chats: Sequence[str], counts: Counts) -> None:
    """Count what goes with the conversations, which the database deletes by itself."""
    inside = select(col(MessageRow.id)).where(col(MessageRow.conversation_id).in_(chats))
    for table, condition in (
        (MessageRow, col(MessageRow.conversation_id).in_(chats)),
        (CitationRow, col(CitationRow.message_id).in_(inside)),
        (GuardNoteRow, col(GuardNoteRow.message_id).in_(inside)),
    ):
        found = session.scalar(select(func.count()).select_from(table).where(condition)) or 0
        if found:
            counts[str(table.__tablename__)] += found
    if chats:
        counts["conversations"] += len(chats)


def _blank_words_about(session: Session, person_id: str, counts: Counts) -> None:
    """Empty the words of the person, and those written to them, in rows that stay."""
    reported = (
        update(IncidentRow)
        .where(col(IncidentRow.reporter_id) == person_id)
        .where(or_(col(IncidentRow.words) != "", col(IncidentRow.reply) != ""))
        .values(words="", reply="")
    )
    counts["incidents"] += int(getattr(session.execute(reported), "rowcount", 0))
    told = select(col(GapQuestionRow.outcome_id)).where(col(GapQuestionRow.user_id) == person_id)
    sent = select(col(KnowledgeGapRow.id)).where(
        col(KnowledgeGapRow.asker_id) == person_id,
        col(KnowledgeGapRow.topic_id) == col(GapOutcomeRow.topic_id),
        col(KnowledgeGapRow.reply) == col(GapOutcomeRow.reply),
    )
    personal = (
        update(GapOutcomeRow)
        .where(col(GapOutcomeRow.is_personal), col(GapOutcomeRow.reply) != "")
        .where(or_(col(GapOutcomeRow.id).in_(told), sent.exists()))
        .values(reply="")
    )
    counts["gap_outcomes"] += int(getattr(session.execute(personal), "rowcount", 0))
