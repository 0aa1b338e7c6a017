"""Questions without a good answer come together by meaning, and are settled for all who asked."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import col, select

from admin.gaps.grouping import GapGrouping
from admin.gaps.reading import TopicFilter
from admin.gaps.topics import Evidence
from admin.gaps.wording import differing, normal
from core.domain.clock import now
from core.domain.gaps import GapCause, GapStatus, GapTopic
from core.domain.identity import User
from core.errors import AccessDenied, Conflict, InvalidInput, ModelUnavailable, NotFound
from core.storage.database import Database
from core.storage.queries.gaps import told_of_answer
from core.storage.tables import (
    AuditEventRow,
    GapQuestionRow,
    GapTopicRow,
    KnowledgeGapRow,
    NotificationRow,
    UserRow,
)
from tests.admin.gap_chats import INSURED, INSURED_TOO, REPAIRED, Asked, GapOffice


@pytest.fixture
def office(sqlite_database: Database) -> GapOffice:
    return GapOffice(sqlite_database)


def only(office: GapOffice, user: User | None = None) -> GapTopic:
    office.grouping.refresh()
    [topic] = office.topics.find(user or office.anna).shown
    return topic


def told(office: GapOffice, asked: Asked, reader: User) -> str:
    """What the person reads below the answer, "" for nothing."""
    with office.database.read() as session:
        gap = told_of_answer(session, asked.answer_id, reader)
    return gap.reply if gap else ""


def notified(office: GapOffice) -> list[tuple[str, str]]:
    with office.database.read() as session:
        rows = session.exec(
            select(NotificationRow, UserRow.name).join(
                UserRow, col(UserRow.id) == NotificationRow.user_id
            )
        ).all()
    return sorted((name, row.happening) for row, name in rows)


def test_questions_that_mean_the_same_are_one_topic_with_counts(database: Database) -> None:
    office = GapOffice(database)
    office.ask(office.ben, INSURED)
    office.ask(office.ben, INSURED_TOO)
    office.ask(office.cleo, INSURED.lower())
    office.ask(office.cleo, REPAIRED)
    office.ask(office.cleo, "Where is the canteen ?", abstained=False)

    office.grouping.refresh()

    first, second = office.topics.find(office.anna).shown
    assert (first.label, first.questions, first.people) == (INSURED, 3, 2)
    assert (second.label, second.questions, second.people) == (REPAIRED, 1, 1)
    assert (first.first_asked, first.last_asked) == (
        office.start + timedelta(minutes=1),
        office.start + timedelta(minutes=3),
    )


def test_the_counts_equal_those_of_an_independent_query(database: Database) -> None:
    office = GapOffice(database)
    for number in range(12):
        person = (office.ben, office.cleo, office.maria)[number % 3]
        asked = office.ask(person, (INSURED, REPAIRED)[number % 2], abstained=number % 4 != 3)
        if number % 4 == 3:
            office.rate(asked, person, -1)
    office.grouping.refresh()

    with database.read() as session:
        rows = session.connection().execute(
            text(
                "SELECT q.text, count(*), count(DISTINCT c.user_id), "
                "sum(CASE WHEN a.abstained THEN 0 ELSE 1 END) "
                "FROM messages a JOIN messages q ON q.conversation_id = a.conversation_id "
                "AND q.position = a.position - 1 JOIN conversations c ON c.id = a.conversation_id "
                "LEFT JOIN feedback f ON f.message_id = a.id "
                "WHERE a.role = 'assistant' AND (a.abstained OR f.rating = -1) GROUP BY q.text"
            )
        )
        expected = {tuple(row) for row in rows}
    assert len(expected) == 2
    assert expected == {
        (topic.label, topic.questions, topic.people, topic.causes[GapCause.NOT_HELPFUL])
        for topic in office.topics.find(office.anna).shown
    }


def test_a_topic_stays_the_same_row_and_questions_are_grouped_once(office: GapOffice) -> None:
    office.ask(office.ben, INSURED)
    before = only(office)
    read = office.embedder.embedded

    office.ask(office.cleo, INSURED_TOO)
    after = only(office)

    assert (after.id, after.label, after.questions) == (before.id, before.label, 2)
    assert office.embedder.embedded - read == 1
    assert office.grouping.refresh() == 0


def test_a_page_groups_no_more_than_it_can_wait_for(office: GapOffice) -> None:
    for number in range(5):
        office.ask(office.ben, f"Where is room {number}{number} ?")

    grouped = [office.topics.group_new(office.anna, limit=2) for _ in range(4)]

    assert grouped == [2, 2, 1, 0]


def test_weak_answers_of_a_model_and_unhelpful_ones_are_gaps(office: GapOffice) -> None:
    office.ask(office.ben, INSURED, abstained=False, engine="fake-1", support=(1, 3))
    office.ask(office.ben, "Quoted word for word ?", abstained=False, support=(0, 3))
    office.ask(office.ben, "Well supported ?", abstained=False, engine="fake-1", support=(2, 4))
    rated = office.ask(office.cleo, REPAIRED, abstained=False)
    office.rate(rated, office.cleo, -1)
    office.rate(office.ask(office.cleo, "Where is lunch ?", abstained=False), office.cleo, 1)

    office.grouping.refresh()

    causes = {
        topic.label: [cause for cause, count in topic.causes.items() if count]
        for topic in office.topics.find(office.anna).shown
    }
    assert causes == {INSURED: [GapCause.WEAK], REPAIRED: [GapCause.NOT_HELPFUL]}


def test_a_judgement_that_changed_takes_its_question_out(office: GapOffice) -> None:
    rated = office.ask(office.cleo, REPAIRED, abstained=False)
    office.rate(rated, office.cleo, -1)
    assert only(office).label == REPAIRED

    office.rate(rated, office.cleo, 1, at=now())
    office.grouping.refresh()

    assert office.labels() == []


def test_the_owner_of_the_nearest_collection_looks_after_a_topic(office: GapOffice) -> None:
    fleet = office.collection("Fleet", office.maria)
    office.ask(office.ben, INSURED, near=office.document(fleet, "Trucks"))
    office.ask(office.ben, "When is lunch ?")
    office.grouping.refresh()

    [topic] = office.topics.find(office.maria).shown

    assert (topic.label, topic.collection_name, topic.assignee_name) == (INSURED, "Fleet", "Maria")
    assert len(office.labels(office.anna)) == 2
    with pytest.raises(AccessDenied):
        office.topics.find(office.ben)


def test_a_topic_can_be_given_to_somebody_else_who_then_sees_it(office: GapOffice) -> None:
    fleet = office.collection("Fleet", office.maria)
    office.ask(office.ben, INSURED, near=office.document(fleet, "Trucks"))
    topic = only(office)

    given = office.topics.assign(office.maria, topic.id, office.cleo.id)

    assert (given.assignee_name, given.is_assigned) == ("Cleo", True)
    assert office.labels(office.cleo) == [INSURED]
    assert office.inbox.is_open_to(office.cleo)
    assert ("Cleo", "gap_assigned") in notified(office)
    assert office.topics.assign(office.maria, topic.id, "").assignee_name == "Maria"
    with pytest.raises(AccessDenied):
        office.topics.get(office.cleo, topic.id)


def test_a_topic_goes_to_no_one_who_has_left(office: GapOffice) -> None:
    office.ask(office.ben, INSURED)
    topic = only(office)
    with office.database.begin() as session:
        session.get_one(UserRow, office.cleo.id).is_active = False

    with pytest.raises(NotFound):
        office.topics.assign(office.anna, topic.id, office.cleo.id)


def test_a_reply_reaches_everyone_who_asked_once(database: Database) -> None:
    office = GapOffice(database)
    bens = [office.ask(office.ben, INSURED), office.ask(office.ben, INSURED_TOO)]
    cleos = office.ask(office.cleo, INSURED)
    topic = only(office)

    settled = office.topics.reply(office.anna, topic.id, " Nordversicherung. ")

    assert (settled.status, settled.outcome and settled.outcome.by) == (GapStatus.ANSWERED, "Anna")
    assert [told(office, one, office.ben) for one in bens] == ["Nordversicherung."] * 2
    assert told(office, cleos, office.cleo) == "Nordversicherung."
    assert notified(office) == [("Ben", "gap_answered"), ("Cleo", "gap_answered")]
    with pytest.raises(Conflict):
        office.topics.reply(office.anna, topic.id, "Again.")


def test_a_document_closes_a_topic_and_is_named_to_those_who_may_read_it(
    office: GapOffice,
) -> None:
    closed_off = office.collection("Board", office.maria, is_open=False)
    fleet = office.collection("Fleet", office.maria)
    policy = office.document(fleet, "Insurance policy")
    asked = office.ask(office.ben, INSURED, near=policy)
    topic = only(office)
    with pytest.raises(NotFound):
        office.topics.close(office.maria, topic.id, document_id="none")

    settled = office.topics.close(office.maria, topic.id, document_id=policy)

    assert settled.outcome is not None
    assert (settled.status, settled.outcome.document_name) == (GapStatus.CLOSED, "Insurance policy")
    with office.database.begin() as session:
        gap = told_of_answer(session, asked.answer_id, office.ben)
        session.connection().execute(
            text("UPDATE documents SET collection_id = :c"), {"c": closed_off}
        )
        session.expire_all()
        later = told_of_answer(session, asked.answer_id, office.ben)
    assert gap is not None
    assert later is not None
    assert (gap.document_name, later.document_name) == ("Insurance policy", "")


def test_documents_to_close_with_are_those_one_may_name(office: GapOffice) -> None:
    fleet = office.collection("Fleet", office.maria)
    other = office.collection("Board", None, is_open=False)
    office.document(other, "Minutes")
    office.ask(office.ben, INSURED, near=office.document(fleet, "Trucks"))
    topic = only(office)

    titles = [
        [one.title for one in office.topics.documents(user, topic.id)]
        for user in (office.maria, office.anna)
    ]

    assert titles == [["Trucks"], ["Trucks"]]


@pytest.mark.parametrize("ending", ["reply", "close", "decline"])
def test_a_settled_topic_opens_again_when_it_is_asked_again(office: GapOffice, ending: str) -> None:
    first = office.ask(office.ben, INSURED)
    topic = only(office)
    settle = {
        "reply": lambda: office.topics.reply(office.anna, topic.id, "Words."),
        "close": lambda: office.topics.close(office.anna, topic.id, reason="Words."),
        "decline": lambda: office.topics.decline(office.anna, topic.id, "Words."),
    }
    settle[ending]()

    again = office.ask(office.cleo, INSURED_TOO, at=now() + timedelta(minutes=1))
    after = only(office)

    assert after.is_open == (ending != "decline")
    assert (after.id, after.questions) == (topic.id, 2)
    assert (after.reopened_at is not None) == after.is_open
    assert (told(office, first, office.ben), told(office, again, office.cleo)) == ("Words.", "")


def test_a_question_from_before_the_reply_is_told_when_it_is_grouped(office: GapOffice) -> None:
    office.ask(office.ben, INSURED)
    topic = only(office)
    late = office.ask(office.cleo, INSURED)
    office.topics.reply(office.anna, topic.id, "Words.")

    after = only(office)

    assert not after.is_open
    assert told(office, late, office.cleo) == "Words."
    assert ("Cleo", "gap_answered") in notified(office)


def test_a_topic_is_opened_again_by_hand(office: GapOffice) -> None:
    office.ask(office.ben, INSURED)
    topic = only(office)
    office.topics.reply(office.anna, topic.id, "Words.")

    opened = office.topics.reopen(office.anna, topic.id)

    assert opened.is_open
    assert opened.reopened_at is not None
    with pytest.raises(Conflict):
        office.topics.reopen(office.anna, topic.id)


def test_sending_a_question_on_opens_even_a_declined_topic(office: GapOffice) -> None:
    asked = office.ask(office.ben, INSURED)
    topic = only(office)
    office.topics.decline(office.anna, topic.id, "Not ours.")

    office.send(office.ben, INSURED, asked)
    after = only(office)

    assert after.is_open
    assert [gap.asker_name for gap in after.sent] == ["Ben"]


def test_a_reply_to_a_topic_settles_what_was_sent(office: GapOffice) -> None:
    asked = office.ask(office.ben, INSURED)
    office.send(office.ben, INSURED, asked)
    office.ask(office.cleo, INSURED)

    office.topics.reply(office.anna, only(office).id, "Words.")

    [gap] = office.inbox.list(office.anna)
    assert (gap.status, gap.reply) == (GapStatus.ANSWERED, "Words.")
    assert office.inbox.count_open(office.anna) == 0


def test_a_reply_to_one_person_is_read_by_nobody_else(office: GapOffice) -> None:
    asked = office.ask(office.ben, INSURED)
    gap = office.send(office.ben, INSURED, asked)
    cleos = office.ask(office.cleo, INSURED)
    topic = only(office)

    office.inbox.answer(office.anna, gap, "Your contract says so.")
    still = office.topics.get(office.anna, topic.id)
    latecomer = office.ask(office.maria, INSURED)
    office.grouping.refresh()

    assert still.is_open
    assert still.outcome is not None
    assert still.outcome.is_personal
    assert told(office, cleos, office.cleo) == told(office, latecomer, office.maria) == ""


def test_a_topic_of_one_sent_question_is_settled_with_it(office: GapOffice) -> None:
    asked = office.ask(office.ben, INSURED)
    gap = office.send(office.ben, INSURED, asked)
    topic = only(office)

    office.inbox.answer(office.anna, gap, "Words.")

    assert office.topics.get(office.anna, topic.id).status is GapStatus.ANSWERED


def test_what_was_sent_and_answered_before_keeps_its_reply(office: GapOffice) -> None:
    asked = office.ask(office.ben, INSURED)
    office.send(office.ben, INSURED, asked, reply="Words.")
    office.send(office.cleo, "When is lunch ?", reply="At noon.")

    office.grouping.refresh()

    topics = {topic.label: topic for topic in office.topics.find(office.anna).shown}
    assert topics.keys() == {INSURED, "When is lunch ?"}
    assert {topic.status for topic in topics.values()} == {GapStatus.ANSWERED}
    replies = {name: topic.outcome.reply for name, topic in topics.items() if topic.outcome}
    assert replies == {INSURED: "Words.", "When is lunch ?": "At noon."}
    with office.database.read() as session:
        assert all(gap.topic_id for gap in session.exec(select(KnowledgeGapRow)).all())
    assert notified(office) == []


def test_opening_single_questions_is_recorded_and_names_nobody(office: GapOffice) -> None:
    office.ask(office.ben, INSURED)
    office.ask(office.cleo, INSURED_TOO)
    topic = only(office)

    found = office.topics.questions(office.anna, topic.id)

    assert [one.question for one in found] == [INSURED_TOO, INSURED]
    with office.database.read() as session:
        [event] = session.exec(
            select(AuditEventRow).where(AuditEventRow.action == "gap.read_questions")
        ).all()
    assert (event.actor_id, event.object_id, event.details) == (
        office.anna.id,
        topic.id,
        {"count": 2},
    )


def test_deleting_a_conversation_takes_its_words_and_counts_along(office: GapOffice) -> None:
    first = office.ask(office.ben, INSURED)
    office.ask(office.cleo, INSURED_TOO)
    topic = only(office)

    office.hide(first)

    left = office.topics.get(office.anna, topic.id)
    assert (left.label, left.questions, left.people) == (INSURED_TOO, 1, 1)
    assert [q.question for q in office.topics.questions(office.anna, topic.id)] == [INSURED_TOO]
    office.hide(first, is_hidden=False)
    assert office.topics.get(office.anna, topic.id).label == INSURED


def test_a_topic_without_questions_disappears(office: GapOffice) -> None:
    asked = office.ask(office.ben, INSURED)
    topic = only(office)
    office.topics.reply(office.anna, topic.id, "Words.")
    with office.database.begin() as session:
        session.connection().execute(
            text("DELETE FROM conversations WHERE id = :id"), {"id": asked.conversation_id}
        )

    office.grouping.refresh()

    assert office.labels() == []
    with office.database.read() as session:
        assert session.exec(select(GapTopicRow)).all() == []
        assert session.exec(select(GapQuestionRow)).all() == []


def test_a_topic_whose_first_question_is_gone_still_gathers(office: GapOffice) -> None:
    first = office.ask(office.ben, INSURED)
    office.ask(office.cleo, INSURED_TOO)
    topic = only(office)
    with office.database.begin() as session:
        session.connection().execute(
            text("DELETE FROM conversations WHERE id = :id"), {"id": first.conversation_id}
        )
    office.grouping.refresh()

    office.ask(office.maria, INSURED)

    after = only(office)
    assert (after.id, after.label, after.questions) == (topic.id, INSURED_TOO, 2)


def test_another_embedding_model_makes_the_vectors_again(office: GapOffice) -> None:
    office.ask(office.ben, INSURED)
    topic = only(office)
    office.embedder.name = "hashing-2"
    office.grouping.refresh()

    office.ask(office.cleo, INSURED_TOO)

    assert (only(office).id, only(office).questions) == (topic.id, 2)


def test_a_model_that_cannot_be_reached_loses_nothing(office: GapOffice) -> None:
    office.ask(office.ben, INSURED)
    office.embedder.forbidden_word = "trucks"
    with pytest.raises(ModelUnavailable):
        office.grouping.refresh()

    office.embedder.forbidden_word = ""

    assert only(office).label == INSURED


@pytest.mark.parametrize(
    ("wanted", "labels"),
    [
        (TopicFilter(search="INSURES"), [INSURED]),
        (TopicFilter(search="maria"), [REPAIRED]),
        (TopicFilter(cause=GapCause.SENT), [REPAIRED]),
        (TopicFilter(status=GapStatus.CLOSED), []),
        (TopicFilter(collection_id="none"), []),
        (TopicFilter(limit=1), [INSURED]),
        (TopicFilter(limit=1, offset=1), [REPAIRED]),
    ],
)
def test_the_list_is_narrowed(
    office: GapOffice, wanted: TopicFilter, labels: Sequence[str]
) -> None:
    office.ask(office.ben, INSURED)
    office.ask(office.cleo, INSURED)
    office.send(office.maria, REPAIRED, office.ask(office.maria, REPAIRED))
    office.grouping.refresh()

    page = office.topics.find(office.anna, wanted)

    assert [topic.label for topic in page.shown] == labels
    assert page.total == (2 if wanted.limit else len(labels))


def test_a_topic_becomes_a_golden_question_with_or_without_evidence(office: GapOffice) -> None:
    fleet = office.collection("Fleet", office.maria)
    policy = office.document(fleet, "Policy", "All trucks are insured\nby Nordversicherung.")
    asked = office.ask(office.ben, INSURED)
    topic = only(office)

    office.topics.make_golden(office.anna, topic.id)
    evidence = Evidence(policy, 1, "insured by  Nordversicherung")
    office.topics.make_golden(office.anna, topic.id, evidence)

    bare, shown = office.golden
    assert (bare.question, bare.message_id, bare.document) == (INSURED, asked.answer_id, "")
    assert (shown.document, shown.page, shown.quote) == (
        "Policy.txt",
        1,
        "insured by Nordversicherung",
    )
    with pytest.raises(InvalidInput):
        office.topics.make_golden(office.anna, topic.id, Evidence(policy, 1, "by nobody"))
    with pytest.raises(AccessDenied):
        office.topics.make_golden(office.maria, topic.id)


def test_another_process_groups_nothing_twice(database: Database) -> None:
    office = GapOffice(database)
    office.ask(office.ben, INSURED)
    other = GapGrouping(database, office.embedder)

    assert (office.grouping.refresh(), other.refresh()) == (1, 0)


WORDS = st.lists(st.sampled_from("who insures our trucks lorries repairs the".split()), max_size=6)


@given(WORDS, WORDS)
def test_what_two_questions_do_not_share_is_the_same_both_ways(
    one: list[str], other: list[str]
) -> None:
    mine, theirs = " ".join(one), " ".join(other)

    assert differing(mine, theirs) == differing(theirs, mine)[::-1]
    assert differing(mine, mine) == ("", "")
    assert normal(normal(mine)) == normal(mine)
