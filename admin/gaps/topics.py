"""Topics of questions without a good answer, for those who look after them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select, update

from admin.gaps.grouping import GapGrouping
from admin.gaps.inbox import clean_reply
from admin.gaps.noting import note_reading
from admin.gaps.reading import (
    TopicFilter,
    label_of,
    read_questions,
    read_topic,
    read_topics,
)
from admin.gaps.rights import GONE, owned, require_gaps, topic_row, topics_of
from admin.gaps.telling import tell
from core.domain.access import require_active, require_admin
from core.domain.clock import now
from core.domain.conversations import MessageRole
from core.domain.gaps import GapQuestion, GapStatus, GapTopic, TopicPage
from core.domain.ideas.life import Happening
from core.domain.identity import User
from core.errors import Conflict, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.collections import readable_collections
from core.storage.queries.ideas.notifications import notify
from core.storage.queries.messages import askers_of
from core.storage.tables import (
    DocumentRow,
    DocumentVersionRow,
    GapOutcomeRow,
    GapQuestionRow,
    GapTopicRow,
    KnowledgeGapRow,
    MessageRow,
    PageRow,
    UserRow,
)

QUESTIONS = 200
"""Single questions of a topic that are shown; older ones are counted."""
DOCUMENTS = 200
EARLIER = 4
"""Questions before one that it may lean on."""


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A question for the evaluation, and the words that answer it.

    Without a document, the documents must not answer it. `earlier` are the questions that it may
    lean on, `message_id` is the answer it comes from.
    """

    question: str
    earlier: tuple[str, ...]
    message_id: str
    document: str = ""
    page: int = 1
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a question is answered: exact words on a page of a document, counted from 1."""

    document_id: str
    page: int
    quote: str


Promote = Callable[[User, GoldenQuestion], str]
"""Stores a case of the evaluation, and returns its id."""


@dataclass(frozen=True, slots=True)
class DocumentChoice:
    """A document that can be named where a topic is closed."""

    id: str
    title: str


class GapTopics:
    """Topics of gaps: all for administrators, else those of one's collections and one's own.

    Whoever asked is known by number only, but for those who sent their question by name. Opening
    single questions is audited.
    """

    def __init__(self, database: Database, grouping: GapGrouping, promote: Promote) -> None:
        self._database = database
        self._grouping = grouping
        self._promote = promote

    def group_new(self, user: User, *, limit: int = 32) -> int:
        """Group what was asked since the last look, as much as a page can wait for."""
        with self._database.read() as session:
            require_gaps(session, user)
        return self._grouping.catch_up(limit)

    def group_all(self, user: User) -> int:
        """Group all that was asked since the last look, however long it takes."""
        require_admin(user)
        return self._grouping.refresh()

    def find(self, user: User, wanted: TopicFilter | None = None) -> TopicPage:
        """Return topics, those of most people first; whose words they have is recorded."""
        with self._database.read() as session:
            require_gaps(session, user)
            page = read_topics(session, user, topics_of(user), wanted or TopicFilter())
        note_reading(self._database, user, page.shown)
        return page

    def get(self, user: User, topic_id: str) -> GapTopic:
        """Return one topic; raise NotFound."""
        with self._database.read() as session:
            return _read(session, user, topic_row(session, user, topic_id))

    def questions(self, user: User, topic_id: str, *, limit: int = QUESTIONS) -> list[GapQuestion]:
        """Return single questions word for word, newest first; audited."""
        with self._database.begin() as session:
            topic_row(session, user, topic_id)
            found = read_questions(session, topic_id, limit)
            record_event(
                session,
                user,
                "gap.read_questions",
                topic_id,
                subjects=askers_of(session, [one.message_id for one in found]),
                count=len(found),
            )
        return found

    def reply(self, user: User, topic_id: str, words: str) -> GapTopic:
        """Reply to everyone who asked."""
        return self._settle(user, topic_id, GapStatus.ANSWERED, clean_reply(words))

    def close(
        self, user: User, topic_id: str, *, document_id: str = "", reason: str = ""
    ) -> GapTopic:
        """Close a topic by a document that answers it, or with a reason.

        Raises InvalidInput without either, and NotFound for a document that this person may not
        name.
        """
        require_active(user)
        if not document_id:
            return self._settle(user, topic_id, GapStatus.CLOSED, clean_reply(reason))
        reason = clean_reply(reason) if reason.strip() else ""
        return self._settle(user, topic_id, GapStatus.CLOSED, reason, document_id)

    def decline(self, user: User, topic_id: str, reason: str) -> GapTopic:
        """Tell everyone who asked that the documents will not answer."""
        return self._settle(user, topic_id, GapStatus.DECLINED, clean_reply(reason))

    def reopen(self, user: User, topic_id: str) -> GapTopic:
        """Open a settled topic again; what people were told stays with their answers."""
        with self._database.begin() as session:
            topic = topic_row(session, user, topic_id)
            if topic.status == GapStatus.OPEN:
                raise Conflict("These questions are open already.")
            topic.status, topic.reopened_at = GapStatus.OPEN.value, now()
            record_event(session, user, "gap.reopened", topic.id)
            return _read(session, user, topic)

    def assign(self, user: User, topic_id: str, person_id: str) -> GapTopic:
        """Give a topic to somebody, or back to the owner of its collection for ""."""
        with self._database.begin() as session:
            topic = topic_row(session, user, topic_id)
            person = session.get(UserRow, person_id) if person_id else None
            if person_id and (person is None or not person.is_active):
                raise NotFound("There is no active account of this person.")
            topic.assignee_id = person_id or None
            record_event(session, user, "gap.assigned", topic.id, person=person_id)
            if person_id:
                notify(session, user, Happening.GAP_ASSIGNED, [person_id], idea_id=None)
            return _read(session, user, topic)

    def documents(self, user: User, topic_id: str, search: str = "") -> list[DocumentChoice]:
        """Return documents that can close a topic, the newest first.

        They are those of its collection, and of all that an administrator may read.
        """
        with self._database.read() as session:
            topic = topic_row(session, user, topic_id)
            query = (
                select(DocumentRow.id, DocumentRow.title)
                .where(
                    col(DocumentRow.collection_id).in_(_collections(session, user, topic)),
                    col(DocumentRow.current_version_id).is_not(None),
                )
                .order_by(col(DocumentRow.created_at).desc(), col(DocumentRow.id))
                .limit(DOCUMENTS)
            )
            if search.strip():
                named = col(DocumentRow.title).icontains(search.strip(), autoescape=True)
                query = query.where(named)
            return [DocumentChoice(*row) for row in session.exec(query).all()]

    def make_golden(self, admin: User, topic_id: str, evidence: Evidence | None = None) -> str:
        """Make the question of a topic a case of the evaluation, and return its id.

        Without evidence the documents must not answer it. Raises Conflict if it is one already,
        NotFound if the chat with the question is gone, and InvalidInput for words that do not stand
        on that page.
        """
        require_admin(admin)
        with self._database.read() as session:
            topic = topic_row(session, admin, topic_id)
            if _read(session, admin, topic).is_golden:
                raise Conflict("This question is a golden question already.")
            golden = _golden(session, topic)
            if evidence is not None:
                golden = _with_evidence(session, admin, golden, evidence)
        return self._promote(admin, golden)

    def _settle(
        self,
        user: User,
        topic_id: str,
        status: GapStatus,
        reply: str,
        document_id: str = "",
    ) -> GapTopic:
        """Tell everyone who has heard nothing yet; raise Conflict if the topic is settled."""
        with self._database.begin() as session:
            topic = topic_row(session, user, topic_id)
            if topic.status != GapStatus.OPEN:
                raise Conflict("Someone else has already settled these questions.")
            if document_id:
                _require_document(session, user, topic, document_id)
            outcome = GapOutcomeRow(
                topic_id=topic.id,
                status=status.value,
                reply=reply,
                document_id=document_id or None,
                settled_by=user.id or None,
            )
            session.add(outcome)
            session.flush()
            told = _tell_everyone(session, outcome)
            topic.status = status.value
            record_event(
                session,
                user,
                f"gap.topic_{status.value}",
                topic.id,
                questions=told,
                characters=len(reply),
                document=document_id,
            )
            return _read(session, user, topic)


def _read(session: Session, user: User, row: GapTopicRow) -> GapTopic:
    session.flush()
    topic = read_topic(session, user, row.id)
    if topic is None:
        raise NotFound(GONE)
    return topic


def _tell_everyone(session: Session, outcome: GapOutcomeRow) -> int:
    """Settle the questions that wait and the sent ones; return how many questions there were."""
    rows = session.exec(
        select(GapQuestionRow).where(
            GapQuestionRow.topic_id == outcome.topic_id, col(GapQuestionRow.outcome_id).is_(None)
        )
    ).all()
    for row in rows:
        row.outcome_id = outcome.id
    gaps = session.execute(
        update(KnowledgeGapRow)
        .where(
            col(KnowledgeGapRow.topic_id) == outcome.topic_id,
            col(KnowledgeGapRow.status) == GapStatus.OPEN.value,
        )
        .values(
            status=outcome.status,
            reply=outcome.reply,
            replied_by=outcome.settled_by,
            replied_at=outcome.settled_at,
        )
        .returning(col(KnowledgeGapRow.id))
    ).all()
    tell(session, outcome, rows)
    return max(len(rows), len(gaps))


def _collections(session: Session, user: User, topic: GapTopicRow) -> list[str]:
    """Return where documents are that this person may name to those who asked."""
    mine = set(session.exec(owned(user)).all())
    if user.is_admin:
        mine |= {collection.id for collection in readable_collections(session, user)}
    if topic.collection_id and (user.is_admin or topic.assignee_id == user.id):
        readable = {collection.id for collection in readable_collections(session, user)}
        mine |= readable & {topic.collection_id}
    return sorted(mine)


def _require_document(
    session: Session, user: User, topic: GapTopicRow, document_id: str
) -> DocumentRow:
    row = session.get(DocumentRow, document_id)
    if (
        row is None
        or row.current_version_id is None
        or row.collection_id not in _collections(session, user, topic)
    ):
        raise NotFound("There is no such document that answers questions and that you can name.")
    return row


def _golden(session: Session, topic: GapTopicRow) -> GoldenQuestion:
    answer_id, question = label_of(session, topic)
    answer = session.get(MessageRow, answer_id) if answer_id else None
    if answer is None:
        raise NotFound("The conversation with this question is gone.")
    earlier = session.exec(
        select(MessageRow.text)
        .where(
            MessageRow.conversation_id == answer.conversation_id,
            MessageRow.role == MessageRole.USER.value,
            col(MessageRow.position) < answer.position - 1,
        )
        .order_by(col(MessageRow.position))
    ).all()
    return GoldenQuestion(question, tuple(earlier[-EARLIER:]), answer.id)


def _with_evidence(
    session: Session, admin: User, golden: GoldenQuestion, evidence: Evidence
) -> GoldenQuestion:
    row = session.get(DocumentRow, evidence.document_id)
    readable = {collection.id for collection in readable_collections(session, admin)}
    if row is None or row.current_version_id is None or row.collection_id not in readable:
        raise NotFound("There is no such document that you can read.")
    version = session.get_one(DocumentVersionRow, row.current_version_id)
    page = session.exec(
        select(PageRow.text).where(
            PageRow.version_id == version.id, PageRow.number == evidence.page
        )
    ).first()
    quote = " ".join(evidence.quote.split())
    if not quote or page is None or quote not in " ".join(page.split()):
        raise InvalidInput(f"Page {evidence.page} of this document does not say these words.")
    return replace(
        golden,
        document=row.external_id or version.file_name,
        page=evidence.page,
        quote=quote,
    )
