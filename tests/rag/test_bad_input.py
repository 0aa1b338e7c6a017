"""Whatever is typed or pasted gets a fitting sentence, and is kept as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.answers import Answer, AnswerLevel, AnswerStatus
from core.domain.identity import User
from rag.service import Chat
from rag.writing.events import AnswerFinished
from rag.writing.generation import NOT_IN_DOCUMENTS
from rag.writing.refusals import LONG, NO_WORDS, TABLE, UNKNOWN_WORDS, has_words, refusal
from tests.growth import growth
from tests.rag.conftest import Knowledge

TABLE_PASTED = "Article\tStock\tPrice\nBolts\t40\t3.20\nNuts\t12\t0.80"
LONG_PASTED = "The volcano erupted over the glacier and nobody noticed it at all. " * 60


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Leave", "Full-time staff have 30 working days of annual leave.")
    return knowledge.person("anna")


@pytest.fixture
def chat(knowledge: Knowledge) -> Chat:
    return knowledge.chat()


def ask(chat: Chat, user: User, question: str) -> Answer:
    *_, event = chat.ask(user, question)
    assert isinstance(event, AnswerFinished)
    return event.answer


def kept(chat: Chat, user: User) -> str:
    """The question of the newest conversation as it is stored."""
    summary = chat.conversations.list(user)[0]
    return chat.conversations.get(user, summary.id).messages[0].text


@pytest.mark.parametrize("question", ["???", "... !!!", "—", "🙂🙂", "_ _"])
def test_signs_without_words_are_told_so(chat: Chat, anna: User, question: str) -> None:
    answer = ask(chat, anna, question)

    assert (answer.text, answer.level) == (NO_WORDS, AnswerLevel.TALK)
    assert kept(chat, anna) == question


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("asdf qwer", UNKNOWN_WORDS),
        (TABLE_PASTED, TABLE),
        ("Article;Stock;Price\nBolts;40;3.20\n", TABLE),
        (LONG_PASTED[:4000].strip(), LONG),
        ("Wie viele Vulkane gibt es in Island?", "You asked in German."),
        ("Quels sont les volcans en Islande ?", "You asked in French."),
    ],
)
def test_what_finds_nothing_is_answered_as_what_it_looks_like(
    chat: Chat, anna: User, question: str, said: str
) -> None:
    answer = ask(chat, anna, question)

    assert answer.abstained
    assert answer.text.startswith(f"{NOT_IN_DOCUMENTS} ")
    assert said in answer.text
    assert kept(chat, anna) == question.strip()


def test_an_ordinary_question_without_an_answer_gets_no_hint(chat: Chat, anna: User) -> None:
    assert ask(chat, anna, "How often do volcanoes erupt in Iceland?").text == NOT_IN_DOCUMENTS


def test_a_pasted_text_that_the_documents_answer_is_answered(chat: Chat, anna: User) -> None:
    answer = ask(chat, anna, "annual leave\tdays\nfull-time staff\tworking days of annual leave")

    assert answer.status is AnswerStatus.COMPLETE
    assert "30 working days" in answer.text


@given(st.text(max_size=4000), st.floats(0, 1))
def test_every_text_gets_a_sentence(question: str, known: float) -> None:
    assert refusal(question, known).startswith(NOT_IN_DOCUMENTS)
    assert has_words(question) == any(c.isalnum() for c in question)


@pytest.mark.parametrize("piece", [";", "a;b"])
def test_many_separators_cost_no_more_than_their_number(piece: str) -> None:
    assert growth(lambda length: refusal(piece * (length // len(piece)), 0), 4_000, 16_000) < 9
