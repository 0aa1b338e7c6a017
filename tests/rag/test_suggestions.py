"""What is suggested under an answer has an answer, is new, and comes from open documents."""

import pytest
from sqlmodel import select

from core.domain.identity import User
from core.storage.tables import ChunkRow, CollectionRow, DocumentRow
from rag.service import Chat
from rag.writing.events import AnswerFinished
from tests.rag.conftest import Knowledge

SECTIONS = {
    "4 Annual leave": "Full-time staff have 30 working days of annual leave.",
    "5 Unpaid leave": "Unpaid leave lasts up to 20 working days, and the department decides.",
    "6 Medical certificates": "Medical certificates are needed from the fourth day of illness.",
    "Who plans the annual leave?": "The team lead plans the annual leave in January.",
    "7 Introduction": "The introduction says that rules are short.",
}
QUESTION = "How many working days of annual leave do full-time staff have?"


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Handbook", *SECTIONS.values())
    with knowledge.database.begin() as session:
        for chunk in session.exec(select(ChunkRow)).all():
            chunk.headings = [next(h for h, text in SECTIONS.items() if text == chunk.text)]
    return knowledge.person("anna")


@pytest.fixture
def chat(knowledge: Knowledge) -> Chat:
    return knowledge.chat()


def ask(chat: Chat, user: User, question: str, conversation: str | None = None) -> str:
    *_, event = chat.ask(user, question, conversation_id=conversation)
    assert isinstance(event, AnswerFinished)
    return event.message_id


def suggested(chat: Chat, user: User) -> tuple[str, ...]:
    """Return what is suggested under the last answer of the newest conversation."""
    newest = chat.conversations.list(user)[0]
    return chat.conversations.get(user, newest.id, with_suggestions=True).suggestions


def test_questions_about_the_headings_near_the_answer_are_suggested(chat: Chat, anna: User) -> None:
    ask(chat, anna, QUESTION)

    assert suggested(chat, anna) == (
        "What are the rules for unpaid leave?",
        "What should I know about medical certificates?",
        "Who plans the annual leave?",
    )


def test_each_suggestion_has_an_answer(chat: Chat, anna: User) -> None:
    ask(chat, anna, QUESTION)

    for question in suggested(chat, anna):
        assert not chat.answer_once(anna, question).abstained


def test_what_was_asked_is_not_suggested_again(chat: Chat, anna: User) -> None:
    ask(chat, anna, "How long is unpaid leave?")
    conversation = chat.conversations.list(anna)[0].id

    ask(chat, anna, QUESTION, conversation)

    assert suggested(chat, anna)
    assert not any("unpaid leave" in question for question in suggested(chat, anna))


def test_only_what_is_asked_for_has_suggestions(chat: Chat, anna: User) -> None:
    ask(chat, anna, QUESTION)
    conversation = chat.conversations.list(anna)[0].id

    assert chat.conversations.get(anna, conversation).suggestions == ()


def test_nothing_is_suggested_from_documents_that_are_closed_now(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    ask(chat, anna, QUESTION)
    with knowledge.database.begin() as session:
        session.exec(select(CollectionRow)).one().is_open = False

    assert suggested(chat, anna) == ()


def test_nothing_is_suggested_from_a_version_that_was_replaced(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    ask(chat, anna, QUESTION)
    with knowledge.database.begin() as session:
        session.exec(select(DocumentRow)).one().current_version_id = None

    assert suggested(chat, anna) == ()


@pytest.mark.parametrize("question", ["hello", "How often do volcanoes erupt in Iceland?"])
def test_without_passages_nothing_is_suggested(chat: Chat, anna: User, question: str) -> None:
    ask(chat, anna, question)

    assert suggested(chat, anna) == ()
