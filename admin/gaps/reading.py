"""Reads topics with what their questions add up to, in SQL: nobody reads all questions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    Subquery,
    case,
    literal,
    union_all,
)
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, or_, select

from admin.gaps.joining import last_outcome
from core.domain.gaps import (
    GapCause,
    GapOutcome,
    GapQuestion,
    GapStatus,
    GapTopic,
    KnowledgeGap,
    TopicPage,
)
from core.domain.identity import ADMINISTRATOR, User
from core.storage.queries.gaps import document_name, is_kept, is_loose, to_gap
from core.storage.tables import (
    CollectionRow,
    ConversationRow,
    EvaluationCaseRow,
    GapQuestionRow,
    GapTopicRow,
    KnowledgeGapRow,
    MessageRow,
    UserRow,
)


@dataclass(frozen=True, slots=True)
class TopicFilter:
    """Which topics are wanted; None and "" leave nothing out.

    `search` looks into the question that stands for a topic, and into what was sent by name. At
    most `limit` topics are returned, all for None, without the first `offset`.
    """

    status: GapStatus | None = None
    collection_id: str | None = None
    cause: GapCause | None = None
    search: str = ""
    limit: int | None = None
    offset: int = 0


def read_topics(
    session: Session,
    reader: User,
    condition: ColumnElement[bool],
    wanted: TopicFilter,
) -> TopicPage:
    """Return the topics under this condition, those of most people first."""
    sums = _sums()
    query = (
        _topics(sums)
        .where(condition, *_conditions(wanted, sums))
        .order_by(
            sums.c.people.desc(),
            sums.c.questions.desc(),
            sums.c.last_asked.desc(),
            col(GapTopicRow.id),
        )
    )
    rows = session.execute(
        query.add_columns(func.count().over().label("total"))
        .limit(wanted.limit)
        .offset(wanted.offset)
    ).all()
    return TopicPage(tuple(_to_topics(session, reader, rows)), rows[0].total if rows else 0)


def read_topic(session: Session, reader: User, topic_id: str) -> GapTopic | None:
    """Return one topic, None if no question of it is left."""
    rows = session.execute(_topics(_sums(topic_id)).where(col(GapTopicRow.id) == topic_id)).all()
    found = _to_topics(session, reader, rows)
    return found[0] if found else None


def read_questions(session: Session, topic_id: str, limit: int) -> list[GapQuestion]:
    """Return single questions of a topic word for word, the newest first."""
    question = aliased(MessageRow)
    rows = session.exec(
        select(GapQuestionRow, question.text)
        .join(MessageRow, col(MessageRow.id) == GapQuestionRow.message_id)
        .join(question, _before(question))
        .where(GapQuestionRow.topic_id == topic_id, is_kept())
        .order_by(col(GapQuestionRow.asked_at).desc(), col(GapQuestionRow.message_id))
        .limit(limit)
    ).all()
    return [
        GapQuestion(
            row.message_id, words, row.asked_at, GapCause(row.cause), row.outcome_id is not None
        )
        for row, words in rows
    ]


def label_of(session: Session, topic: GapTopicRow) -> tuple[str, str]:
    """Return the answer whose question stands for a topic, and that question; "" if only sent."""
    return labels_of(session, [topic]).get(topic.id, ("", ""))


def _sums(topic_id: str | None = None) -> Subquery:
    """Add up, for each topic, questions of chats that are kept, and sent ones without a chat."""
    one = _asked(topic_id).subquery("asked")
    return (
        columns(
            one.c.topic_id,
            func.count().label("questions"),
            func.count(one.c.user_id.distinct()).label("people"),
            func.min(one.c.asked_at).label("first_asked"),
            func.max(one.c.asked_at).label("last_asked"),
            *(
                func.sum(case((one.c.cause == cause.value, 1), else_=0)).label(cause.value)
                for cause in GapCause
            ),
        )
        .group_by(one.c.topic_id)
        .subquery("sums")
    )


def _asked(topic_id: str | None) -> CompoundSelect[str, str, datetime, str]:
    asked: Select[str, str, datetime, str] = columns(
        col(GapQuestionRow.topic_id).label("topic_id"),
        col(GapQuestionRow.user_id).label("user_id"),
        col(GapQuestionRow.asked_at).label("asked_at"),
        col(GapQuestionRow.cause).label("cause"),
    ).where(is_kept())
    sent = columns(
        col(KnowledgeGapRow.topic_id),
        func.coalesce(KnowledgeGapRow.asker_id, KnowledgeGapRow.id),
        col(KnowledgeGapRow.asked_at),
        literal(GapCause.SENT.value),
    ).where(col(KnowledgeGapRow.topic_id).is_not(None), is_loose())
    if topic_id is not None:
        asked = asked.where(col(GapQuestionRow.topic_id) == topic_id)
        sent = sent.where(col(KnowledgeGapRow.topic_id) == topic_id)
    return union_all(asked, sent)


def _topics(sums: Subquery) -> Select[Any]:  # Any: a row of the table and its sums
    return columns(GapTopicRow, sums).join(sums, sums.c.topic_id == col(GapTopicRow.id))


def _conditions(wanted: TopicFilter, sums: Subquery) -> Iterable[ColumnElement[bool]]:
    if wanted.status is not None:
        yield col(GapTopicRow.status) == wanted.status.value
    if wanted.collection_id is not None:
        yield col(GapTopicRow.collection_id) == wanted.collection_id
    if wanted.cause is GapCause.SENT:
        yield col(GapTopicRow.id).in_(
            select(KnowledgeGapRow.topic_id).where(col(KnowledgeGapRow.topic_id).is_not(None))
        )
    elif wanted.cause is not None:
        yield sums.c[wanted.cause.value] > 0
    if wanted.search.strip():
        yield or_(*_mentions(wanted.search.strip()))


def _mentions(search: str) -> Iterable[ColumnElement[bool]]:
    question = aliased(MessageRow)
    yield (
        select(MessageRow.id)
        .join(question, _before(question))
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .where(
            col(MessageRow.id) == col(GapTopicRow.label_id),
            col(ConversationRow.deleted_at).is_(None),
            col(question.text).icontains(search, autoescape=True),
        )
        .exists()
    )
    fields = (KnowledgeGapRow.question, KnowledgeGapRow.note, UserRow.name)
    yield (
        select(KnowledgeGapRow.id)
        .join(UserRow, col(UserRow.id) == KnowledgeGapRow.asker_id, isouter=True)
        .where(
            col(KnowledgeGapRow.topic_id) == col(GapTopicRow.id),
            or_(*(col(field).icontains(search, autoescape=True) for field in fields)),
        )
        .exists()
    )


def _before(question: type[MessageRow]) -> ColumnElement[bool]:
    """Return the condition that a message is the question of an answer."""
    return (col(question.conversation_id) == MessageRow.conversation_id) & (
        col(question.position) == MessageRow.position - 1
    )


# Any: a row of the table and its sums
def _to_topics(session: Session, reader: User, rows: Sequence[Row[Any]]) -> list[GapTopic]:
    topics = [row.GapTopicRow for row in rows]
    labels = labels_of(session, topics)
    parts = _Parts(
        session,
        reader,
        labels,
        _sent(session, reader, [topic.id for topic in topics]),
        _golden(session, [answer for answer, _ in labels.values() if answer]),
    )
    return [parts.topic(row) for row in rows if row.GapTopicRow.id in labels]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What belongs to the topics of one page, read at once."""

    session: Session
    reader: User
    labels: Mapping[str, tuple[str, str]]
    sent: Mapping[str, tuple[KnowledgeGap, ...]]
    golden: set[str]

    def topic(self, row: Row[Any]) -> GapTopic:  # Any: a row of the table and its sums
        topic: GapTopicRow = row.GapTopicRow
        answer_id, label = self.labels[topic.id]
        place = self.session.get(CollectionRow, topic.collection_id or "")
        chosen = _active(self.session, topic.assignee_id)
        person = chosen or _active(self.session, place.owner_id if place else None)
        return GapTopic(
            id=topic.id,
            label=label,
            status=GapStatus(topic.status),
            questions=row.questions,
            people=row.people,
            causes={cause: getattr(row, cause.value) for cause in GapCause},
            first_asked=row.first_asked,
            last_asked=row.last_asked,
            collection_id=topic.collection_id or "",
            collection_name=place.name if place else "",
            assignee_id=person.id if person else "",
            assignee_name=person.name if person else "",
            is_assigned=chosen is not None,
            reopened_at=topic.reopened_at,
            outcome=_outcome(self.session, self.reader, topic.id),
            sent=self.sent.get(topic.id, ()),
            is_golden=answer_id in self.golden,
        )


def _active(session: Session, user_id: str | None) -> UserRow | None:
    row = session.get(UserRow, user_id) if user_id else None
    return row if row is not None and row.is_active else None


def _outcome(session: Session, reader: User, topic_id: str) -> GapOutcome | None:
    row = last_outcome(session, topic_id)
    if row is None:
        return None
    by = session.get(UserRow, row.settled_by) if row.settled_by else None
    return GapOutcome(
        status=GapStatus(row.status),
        reply=row.reply,
        by=by.name if by else ADMINISTRATOR,
        at=row.settled_at,
        document_id=row.document_id or "",
        document_name=document_name(session, row.document_id, reader),
        is_personal=row.is_personal,
    )


def labels_of(session: Session, topics: Sequence[GapTopicRow]) -> dict[str, tuple[str, str]]:
    """Return for each topic the answer and question that stand for it.

    Where that chat is hidden or gone, the oldest question that is left stands in.
    """
    question = aliased(MessageRow)
    rows = session.execute(
        columns(col(MessageRow.id), col(question.text))
        .join(question, _before(question))
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .where(
            col(MessageRow.id).in_([topic.label_id for topic in topics if topic.label_id]),
            col(ConversationRow.deleted_at).is_(None),
        )
    ).all()
    words = {row[0]: row[1] for row in rows}
    found = {
        topic.id: (topic.label_id, words[topic.label_id])
        for topic in topics
        if topic.label_id in words
    }
    for topic in topics:
        if topic.id not in found and (label := _stand_in(session, topic.id)):
            found[topic.id] = label
    return {id_: (answer or "", text) for id_, (answer, text) in found.items()}


def _stand_in(session: Session, topic_id: str) -> tuple[str, str] | None:
    question = aliased(MessageRow)
    asked = session.exec(
        select(GapQuestionRow.message_id, question.text)
        .join(MessageRow, col(MessageRow.id) == GapQuestionRow.message_id)
        .join(question, _before(question))
        .where(GapQuestionRow.topic_id == topic_id, is_kept())
        .order_by(col(GapQuestionRow.asked_at), col(GapQuestionRow.message_id))
    ).first()
    if asked is not None:
        return asked[0], asked[1]
    sent = session.exec(
        select(KnowledgeGapRow.question)
        .where(KnowledgeGapRow.topic_id == topic_id, is_loose())
        .order_by(col(KnowledgeGapRow.asked_at), col(KnowledgeGapRow.id))
    ).first()
    return ("", sent) if sent is not None else None


def _sent(
    session: Session, reader: User, topic_ids: Sequence[str]
) -> dict[str, tuple[KnowledgeGap, ...]]:
    rows = session.exec(
        select(KnowledgeGapRow)
        .where(col(KnowledgeGapRow.topic_id).in_(topic_ids))
        .order_by(col(KnowledgeGapRow.asked_at).desc(), col(KnowledgeGapRow.id))
    ).all()
    found: dict[str, tuple[KnowledgeGap, ...]] = {}
    for row in rows:
        found[row.topic_id or ""] = (
            *found.get(row.topic_id or "", ()),
            to_gap(session, row, reader),
        )
    return found


def _golden(session: Session, answer_ids: Sequence[str]) -> set[str]:
    return set(
        session.exec(
            select(EvaluationCaseRow.source_message_id).where(
                col(EvaluationCaseRow.source_message_id).in_(answer_ids),
                col(EvaluationCaseRow.retired_at).is_(None),
            )
        ).all()
    )
