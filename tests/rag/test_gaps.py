"""A question that the documents do not answer goes to somebody who can, once, and comes back."""

import pytest
from sqlalchemy import update
from sqlmodel import select

from core.domain.gaps import GapStatus
from core.domain.identity import User
from core.errors import InvalidInput, NotFound
from core.storage.tables import (
    AuditEventRow,
    CollectionRow,
    ConversationRow,
    KnowledgeGapRow,
    MembershipRow,
    RetrievalRow,
    UserRow,
)
from rag.gaps import ADMINISTRATORS, MAX_NOTE, GapRequests
from rag.writing.events import AnswerFinished
from tests.rag.conftest import Knowledge

UNKNOWN = "Which volcano erupted in Iceland?"
KNOWN = "How many days of parental leave do I get?"
LEAVE = "Every parent gets 90 working days of parental leave per child."


@pytest.fixture
def gaps(knowledge: Knowledge) -> GapRequests:
    return GapRequests(knowledge.database)


@pytest.fixture
def maria(knowledge: Knowledge) -> User:
    """Owns the handbook, which is open to the group staff."""
    owner = knowledge.person("maria")
    handbook = knowledge.collection("Handbook", "staff")
    knowledge.document(handbook, "Parental leave", LEAVE)
    with knowledge.database.begin() as session:
        session.get_one(CollectionRow, handbook).owner_id = owner.id
    return owner


@pytest.fixture
def ben(knowledge: Knowledge, maria: User) -> User:
    return knowledge.person("ben", "staff")


def ask(knowledge: Knowledge, user: User, question: str = UNKNOWN, similarity: float = 0.5) -> str:
    """Asks in a new conversation, makes what is found that near, returns the id of the answer."""
    *_, finished = knowledge.chat().ask(user, question)
    assert isinstance(finished, AnswerFinished)
    with knowledge.database.begin() as session:
        session.execute(update(RetrievalRow).values(similarity=similarity))
    return finished.message_id


def reply(knowledge: Knowledge, owner: User) -> None:
    with knowledge.database.begin() as session:
        row = session.exec(select(KnowledgeGapRow)).one()
        row.status, row.reply, row.replied_by = "answered", "Katla, in 1918.", owner.id


def test_the_owner_of_the_nearest_collection_is_asked_with_the_words_as_typed(
    knowledge: Knowledge, gaps: GapRequests, maria: User, ben: User
) -> None:
    message = ask(knowledge, ben, "Does jo@private.example know\nwhich volcano erupted?")

    draft = gaps.prepare(ben, message)
    gap = gaps.ask(ben, message, collection_id=draft.routes[0].collection_id, note=" For a trip ")

    assert [route.owner_name for route in draft.routes] == ["Maria", ""]
    assert draft.question == gap.question == "Does jo@private.example know\nwhich volcano erupted?"
    assert (gap.status, gap.asker_name, gap.owner_name) == (GapStatus.OPEN, "Ben", "Maria")
    assert (gap.collection_name, gap.note) == ("Handbook", "For a trip")
    assert gaps.of_answer(ben, message) == gap


def test_asking_again_shows_what_was_recorded(
    knowledge: Knowledge, gaps: GapRequests, ben: User
) -> None:
    message = ask(knowledge, ben)
    first = gaps.ask(ben, message, note="First")

    second = gaps.ask(ben, message, note="Second")

    assert second == first
    with knowledge.database.read() as session:
        assert len(session.exec(select(KnowledgeGapRow)).all()) == 1


def test_where_no_collection_comes_near_the_administrators_are_asked(
    knowledge: Knowledge, gaps: GapRequests, ben: User
) -> None:
    message = ask(knowledge, ben, similarity=0.1)

    assert gaps.prepare(ben, message).routes == (ADMINISTRATORS,)
    gap = gaps.ask(ben, message)
    assert (gap.collection_name, gap.owner_name) == ("", "")


def test_for_a_collection_without_an_active_owner_the_administrators_stand_in(
    knowledge: Knowledge, gaps: GapRequests, maria: User, ben: User
) -> None:
    message = ask(knowledge, ben)
    with knowledge.database.begin() as session:
        session.get_one(UserRow, maria.id).is_active = False

    [route] = gaps.prepare(ben, message).routes

    assert (route.collection_name, route.owner_id) == ("Handbook", "")


def test_the_owner_of_a_collection_that_was_closed_since_is_not_named(
    knowledge: Knowledge, gaps: GapRequests, maria: User, ben: User
) -> None:
    message = ask(knowledge, ben)
    stranger = knowledge.person("ben2")
    with knowledge.database.begin() as session:
        for row in session.exec(select(MembershipRow)).all():
            session.delete(row)
    ben = User(ben.id, ben.email, ben.name, ben.role, stranger.group_ids)

    assert gaps.prepare(ben, message).routes == (ADMINISTRATORS,)
    with pytest.raises(NotFound):
        gaps.ask(ben, message, collection_id=handbook(knowledge))


def handbook(knowledge: Knowledge) -> str:
    with knowledge.database.read() as session:
        return session.exec(select(CollectionRow.id).where(CollectionRow.name == "Handbook")).one()


def test_a_collection_that_was_never_searched_cannot_be_asked_about(
    knowledge: Knowledge, gaps: GapRequests, ben: User
) -> None:
    message = ask(knowledge, ben)
    secret = knowledge.collection("Board minutes")

    with pytest.raises(NotFound):
        gaps.ask(ben, message, collection_id=secret)


def test_nobody_sends_reads_or_marks_the_question_of_somebody_else(
    knowledge: Knowledge, gaps: GapRequests, maria: User, ben: User
) -> None:
    message = ask(knowledge, ben)
    gaps.ask(ben, message)

    for attempt in (gaps.prepare, gaps.ask, gaps.of_answer, gaps.mark_read):
        with pytest.raises(NotFound):
            attempt(maria, message)


def test_a_question_that_was_answered_is_not_sent_on(
    knowledge: Knowledge, gaps: GapRequests, ben: User
) -> None:
    message = ask(knowledge, ben, KNOWN)

    with pytest.raises(InvalidInput, match="do not answer"):
        gaps.ask(ben, message)


def test_an_overlong_note_is_refused(knowledge: Knowledge, gaps: GapRequests, ben: User) -> None:
    message = ask(knowledge, ben)

    with pytest.raises(InvalidInput, match="1,000 characters"):
        gaps.ask(ben, message, note="x" * (MAX_NOTE + 1))


def test_a_reply_marks_the_conversation_until_it_was_seen(
    knowledge: Knowledge, gaps: GapRequests, maria: User, ben: User
) -> None:
    conversations = knowledge.chat().conversations
    message, _ = ask(knowledge, ben), ask(knowledge, maria)
    gaps.ask(ben, message)
    [before] = conversations.list(ben)
    reply(knowledge, maria)
    [told], [other] = conversations.list(ben), conversations.list(maria)

    gaps.mark_read(ben, message)

    [after] = conversations.list(ben)
    gap = gaps.of_answer(ben, message)
    assert [c.has_reply for c in (before, told, after, other)] == [False, True, False, False]
    assert gap is not None
    assert (gap.reply, gap.replied_by, gap.has_news) == ("Katla, in 1918.", "Maria", False)


def test_a_question_survives_its_chat_its_people_and_its_collection(
    knowledge: Knowledge, gaps: GapRequests, maria: User, ben: User
) -> None:
    message = ask(knowledge, ben)
    gaps.ask(ben, message, collection_id=handbook(knowledge))

    with knowledge.database.begin() as session:
        session.delete(session.exec(select(ConversationRow)).one())
        session.delete(session.get_one(CollectionRow, handbook(knowledge)))
        session.delete(session.get_one(UserRow, maria.id))
        session.delete(session.get_one(UserRow, ben.id))

    with knowledge.database.read() as session:
        row = session.exec(select(KnowledgeGapRow)).one()
    assert row.question == UNKNOWN
    assert {row.message_id, row.asker_id, row.owner_id, row.collection_id} == {None}


def test_the_audit_log_tells_that_somebody_asked_and_nothing_of_the_words(
    knowledge: Knowledge, gaps: GapRequests, ben: User
) -> None:
    gap = gaps.ask(ben, ask(knowledge, ben), note="For a trip")

    with knowledge.database.read() as session:
        event = session.exec(select(AuditEventRow).where(AuditEventRow.action == "gap.asked")).one()
    assert (event.actor_id, event.object_id) == (ben.id, gap.id)
    assert event.details == {"has_owner": False}
