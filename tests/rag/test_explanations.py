"""Why an answer is what it is: told to its reader only, and nothing of what is closed to them."""

from dataclasses import replace

import pytest
from sqlmodel import select, update

from core.domain.answers import Timing
from core.domain.closeness import Closeness, closeness
from core.domain.identity import User
from core.errors import NotFound
from core.storage.tables import CollectionGroupRow, CollectionRow, PageRow, RetrievalRow
from rag.conversations.explanations import Explanation, Explanations, SearchedCollection, Use
from rag.finding.missing_words import missing_words
from rag.gaps import GapRequests
from rag.writing.events import AnswerFinished
from tests.rag.conftest import Knowledge

LEAVE = "Every parent gets 90 working days of parental leave per child."
QUESTION = "How many days of parental leave do I get?"
UNKNOWN = "Which volcano erupted in Iceland?"
SECRET = "The volcano Katla erupted in Iceland in 1918."


@pytest.fixture
def explanations(knowledge: Knowledge) -> Explanations:
    return Explanations(knowledge.database, knowledge.keywords)


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    handbook = knowledge.collection("Handbook", "staff")
    knowledge.document(handbook, "Parental leave", LEAVE, "Twins add 30 days of parental leave.")
    knowledge.document(knowledge.collection("Canteen", is_open=True), "Menu", "Soup costs 3 EUR.")
    return knowledge.person("anna", "staff")


def ask(knowledge: Knowledge, user: User, question: str, conversation: str | None = None) -> str:
    *_, finished = knowledge.chat().ask(user, question, conversation_id=conversation)
    assert isinstance(finished, AnswerFinished)
    return finished.message_id


def test_an_answer_is_explained_by_what_was_searched_found_and_used(
    knowledge: Knowledge, explanations: Explanations, anna: User
) -> None:
    explanation = explanations.explain(anna, ask(knowledge, anna, QUESTION))

    best = explanation.hits[0]
    assert (explanation.question, explanation.query) == (QUESTION, "")
    assert explanation.collections == (
        SearchedCollection("Handbook", 1, 2),
        SearchedCollection("Canteen", 1, 1),
    )
    assert (best.rank, best.document_title, best.page, best.use) == (
        1,
        "Parental leave",
        1,
        Use.QUOTED,
    )
    assert best.similarity is not None
    assert best.keyword_score is not None
    assert explanation.hits[-1].use is Use.READ
    assert (explanation.closed_collections, explanation.closed_hits) == (0, 0)
    assert explanation.answer.engine == "passages"


def test_what_was_put_together_without_a_search_is_explained_by_its_passages(
    knowledge: Knowledge, explanations: Explanations, anna: User
) -> None:
    explanation = explanations.explain(anna, ask(knowledge, anna, "Summarise the parental leave"))

    assert explanation.hits
    assert {
        (hit.document_title, hit.use, hit.similarity, hit.keyword_score) for hit in explanation.hits
    } == {("Parental leave", Use.QUOTED, None, None)}


def test_a_page_is_called_what_its_document_calls_it(
    knowledge: Knowledge, explanations: Explanations, anna: User
) -> None:
    message_id = ask(knowledge, anna, QUESTION)
    with knowledge.database.begin() as session:
        session.execute(update(PageRow).values(label="slide"))

    explanation = explanations.explain(anna, message_id)

    assert explanation.hits[0].place == "slide 1"


def test_what_a_follow_up_was_completed_to_is_told(
    knowledge: Knowledge, explanations: Explanations, anna: User
) -> None:
    ask(knowledge, anna, QUESTION)
    conversation = knowledge.chat().conversations.list(anna)[0].id

    explanation = explanations.explain(anna, ask(knowledge, anna, "And for twins?", conversation))

    assert explanation.question == "And for twins?"
    assert explanation.query == "How many days of parental leave do I get for twins?"


def test_nobody_is_told_about_the_answer_of_somebody_else(
    knowledge: Knowledge, explanations: Explanations, anna: User
) -> None:
    message = ask(knowledge, anna, QUESTION)
    other = knowledge.person("ole", "staff")

    with pytest.raises(NotFound):
        explanations.explain(other, message)


def test_the_answer_of_a_deleted_conversation_is_not_explained(
    knowledge: Knowledge, explanations: Explanations, anna: User
) -> None:
    message = ask(knowledge, anna, QUESTION)
    conversations = knowledge.chat().conversations
    conversations.delete(anna, conversations.list(anna)[0].id)

    with pytest.raises(NotFound):
        explanations.explain(anna, message)


def test_what_is_closed_to_the_person_since_is_counted_and_not_named(
    knowledge: Knowledge, explanations: Explanations, anna: User
) -> None:
    message = ask(knowledge, anna, QUESTION)
    with knowledge.database.begin() as session:
        for row in session.exec(select(CollectionGroupRow)).all():
            session.delete(row)

    explanation = explanations.explain(anna, message)

    assert explanation.collections == (SearchedCollection("Canteen", 1, 1),)
    assert [hit.document_title for hit in explanation.hits] == ["Menu"]
    assert (explanation.closed_collections, explanation.closed_hits) == (1, 2)


def test_what_was_deleted_since_is_counted_and_not_named(
    knowledge: Knowledge, explanations: Explanations, anna: User
) -> None:
    message = ask(knowledge, anna, QUESTION)
    with knowledge.database.begin() as session:
        row = session.exec(select(CollectionRow).where(CollectionRow.name == "Handbook")).one()
        session.delete(row)

    explanation = explanations.explain(anna, message)

    assert [one.name for one in explanation.collections] == ["Canteen"]
    assert explanation.closed_hits == 2


def test_passages_beyond_those_read_are_found_and_not_used(
    knowledge: Knowledge, explanations: Explanations, anna: User
) -> None:
    message = ask(knowledge, anna, QUESTION)
    with knowledge.database.begin() as session:
        last = session.exec(select(RetrievalRow).where(RetrievalRow.rank == 3)).one()
        last.is_read = False

    assert explanations.explain(anna, message).hits[-1].use is Use.FOUND


def test_words_that_no_document_holds_are_named(
    knowledge: Knowledge, explanations: Explanations, anna: User
) -> None:
    message = ask(knowledge, anna, "Which volcanoes erupt during parental leave in Iceland?")
    explanation = explanations.explain(anna, message)

    assert explanation.answer.abstained
    assert explanation.missing_words == ("volcanoes", "erupt", "Iceland")


def test_a_word_counts_as_held_in_any_of_its_forms(knowledge: Knowledge, anna: User) -> None:
    with knowledge.database.read() as session:
        ids = list(session.exec(select(CollectionRow.id)).all())

    assert missing_words(knowledge.keywords, "Parents leaving the soups?", ids) == ()


def everything_said(knowledge: Knowledge, user: User, question: str) -> object:
    """What a person can learn about an answer, without what differs from run to run."""
    message = ask(knowledge, user, question)
    explanation = Explanations(knowledge.database, knowledge.keywords).explain(user, message)
    draft = GapRequests(knowledge.database).prepare(user, message)
    return untimed(explanation), draft


def untimed(explanation: Explanation) -> Explanation:
    return replace(explanation, answer=replace(explanation.answer, timing=Timing()))


def test_nothing_said_depends_on_collections_that_are_closed_to_the_person(
    knowledge: Knowledge, anna: User
) -> None:
    without = everything_said(knowledge, anna, UNKNOWN)

    closed = knowledge.collection("Geology", "geologists")
    knowledge.document(closed, "Volcanoes", SECRET)
    owner = knowledge.person("olga", "geologists")
    with knowledge.database.begin() as session:
        session.get_one(CollectionRow, closed).owner_id = owner.id

    assert SECRET in "".join(answer_of(knowledge, owner, UNKNOWN))
    assert everything_said(knowledge, anna, UNKNOWN) == without


def answer_of(knowledge: Knowledge, user: User, question: str) -> str:
    return knowledge.chat().answer_once(user, question).text


@pytest.mark.parametrize(
    ("similarity", "word"),
    [
        (0.9, Closeness.VERY_CLOSE),
        (0.5, Closeness.CLOSE),
        (0.35, Closeness.RELATED),
        (-0.2, Closeness.FAR),
        (None, Closeness.WORDS_ONLY),
    ],
)
def test_a_similarity_has_a_word(similarity: float | None, word: Closeness) -> None:
    assert closeness(similarity) is word
