"""Whose answer is made when many ask at once."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from core.domain.answers import AnswerStatus
from core.domain.identity import User
from rag.answering.turns import AnswerTurns
from rag.service import Chat
from rag.writing.events import AnswerEvent, AnswerFinished, Step, StepStarted
from tests.rag.conftest import Knowledge

QUESTION = "How many working days of parental leave does a parent get per child?"


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Leave", "Every parent gets 90 working days of leave per child.")
    return knowledge.person("anna")


@pytest.fixture
def chat(knowledge: Knowledge) -> Chat:
    return knowledge.chat(turns=AnswerTurns(per_person=1))


def until(events: Iterator[AnswerEvent], is_it: Callable[[AnswerEvent], bool]) -> AnswerEvent:
    return next(event for event in events if is_it(event))


def is_step(step: Step) -> Callable[[AnswerEvent], bool]:
    return lambda event: isinstance(event, StepStarted) and event.step is step


def test_waiting_is_told_and_ends_with_an_answer(chat: Chat, anna: User) -> None:
    first = chat.ask(anna, QUESTION)
    until(first, is_step(Step.SEARCHING))

    second = chat.ask(anna, QUESTION)
    assert isinstance(next(second), StepStarted)
    assert is_step(Step.WAITING)(next(second))
    list(first)

    *_, last = second
    assert isinstance(last, AnswerFinished)
    assert last.answer.status is AnswerStatus.COMPLETE


def test_a_colleague_does_not_wait_for_somebodys_tabs(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    tabs = [chat.ask(anna, QUESTION) for _ in range(6)]
    for tab in tabs:
        next(tab)

    steps = [
        e.step for e in chat.ask(knowledge.person("ben"), QUESTION) if isinstance(e, StepStarted)
    ]

    assert steps == [Step.SEARCHING, Step.READING]


def test_stop_works_while_waiting(chat: Chat, anna: User) -> None:
    first = chat.ask(anna, QUESTION)
    next(first)
    waiting = chat.ask(anna, QUESTION)

    with closing(waiting):
        until(waiting, is_step(Step.WAITING))

    newest, _ = chat.conversations.list(anna)
    answer = chat.conversations.get(anna, newest.id).messages[-1].answer
    assert answer is not None
    assert (answer.status, answer.text) == (AnswerStatus.STOPPED, "")
    list(first)
    *_, last = chat.ask(anna, QUESTION)
    assert isinstance(last, AnswerFinished)


def test_a_second_search_of_the_same_answer_does_not_wait_for_the_first(
    chat: Chat, anna: User
) -> None:
    two = chat.ask(anna, "How many days of leave do I get, and who approves the leave?")

    steps = [event.step for event in two if isinstance(event, StepStarted)]

    assert steps.count(Step.SEARCHING) == 2
    assert Step.WAITING not in steps
