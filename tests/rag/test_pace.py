"""How many questions a person asks in a minute."""

import pytest
from sqlmodel import col, select, update

from core.domain.clock import now
from core.domain.identity import User
from core.errors import TooManyQuestions
from core.storage.tables import AnswerUsageRow, ConversationRow, MessageRow
from rag.answering.pace import WINDOW
from rag.service import Chat
from rag.writing.events import AnswerFinished
from tests.rag.conftest import Knowledge

QUESTION = "How many working days of parental leave does a parent get per child?"


@pytest.fixture
def chat(knowledge: Knowledge) -> Chat:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Leave", "Every parent gets 90 working days of leave per child.")
    return knowledge.chat(per_minute=3)


def ask_all(chat: Chat, person: User, times: int) -> None:
    for _ in range(times):
        list(chat.ask(person, QUESTION))


def test_further_questions_are_refused_and_nothing_of_them_is_stored(
    chat: Chat, knowledge: Knowledge
) -> None:
    anna = knowledge.person("anna")
    ask_all(chat, anna, 3)

    for ask in (chat.ask, chat.ask_temporarily, chat.start_conversation):
        with pytest.raises(TooManyQuestions, match=r"You asked 3 questions .* Ask again in \d+ s"):
            ask(anna, "And a fourth one?")

    with knowledge.database.read() as session:
        assert len(session.exec(select(ConversationRow)).all()) == 3
        assert "And a fourth one?" not in session.exec(select(MessageRow.text)).all()


def test_another_way_to_ask_the_same_counts_as_well(chat: Chat, knowledge: Knowledge) -> None:
    anna = knowledge.person("anna")
    list(chat.ask_temporarily(anna, QUESTION))
    *_, finished = chat.ask(anna, QUESTION)
    assert isinstance(finished, AnswerFinished)
    list(chat.ask_again(anna, finished.message_id))

    with pytest.raises(TooManyQuestions):
        chat.ask_instead(anna, finished.message_id, QUESTION)


def test_a_minute_later_and_for_a_colleague_nothing_is_refused(
    chat: Chat, knowledge: Knowledge
) -> None:
    anna, ben = knowledge.person("anna"), knowledge.person("ben")
    ask_all(chat, anna, 3)
    ask_all(chat, ben, 3)
    with knowledge.database.begin() as session:
        hers = col(AnswerUsageRow.user_id) == anna.id
        session.exec(update(AnswerUsageRow).where(hers).values(created_at=now() - WINDOW))

    ask_all(chat, anna, 3)


def test_what_an_evaluation_asks_is_not_limited(chat: Chat, knowledge: Knowledge) -> None:
    anna = knowledge.person("anna")

    for _ in range(5):
        chat.answer_once(anna, QUESTION, surface="evaluation")

    ask_all(chat, anna, 1)


def test_without_a_limit_nobody_waits(chat: Chat, knowledge: Knowledge) -> None:
    del chat
    ask_all(knowledge.chat(per_minute=0), knowledge.person("anna"), 5)
