"""Whose answer is made when many ask at once."""

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from core.domain.answers import AnswerStatus
from core.domain.identity import User
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from rag.answering.turns import AnswerTurns
from rag.service import Chat
from rag.writing.events import AnswerEvent, AnswerFinished, Step, StepStarted, TextAdded
from tests.rag.conftest import Knowledge
from tools.trial.provider import FakeProvider, Reply

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


def first_word_s(chat: Chat, person: User) -> float:
    """Seconds until a person reads the first word of an answer."""
    began = time.monotonic()
    with closing(chat.ask(person, QUESTION)) as events:
        until(events, lambda event: isinstance(event, TextAdded))
        return time.monotonic() - began


def test_six_busy_tabs_at_most_double_a_colleagues_time_to_the_first_word(
    anna: User, knowledge: Knowledge
) -> None:
    """With a provider that thinks for most of a second, and tabs that never stop asking."""
    ben, is_over = knowledge.person("ben"), threading.Event()
    reply = Reply("Every parent gets 90 working days of leave [1]. " * 8, delay_s=0.8)
    with FakeProvider(reply) as provider:
        endpoint = ChatEndpoint(provider.base_url, "fake-1", "sk-canary", "local")
        limits = ChatLimits(timeout_s=30, max_retries=0, max_output_tokens=200)
        chat = knowledge.chat(OpenAICompatibleChat(endpoint, limits))

        def keep_asking() -> None:
            while not is_over.is_set():
                list(chat.ask(anna, QUESTION))

        first_word_s(chat, ben)
        alone = min(first_word_s(chat, ben) for _ in range(3))
        tabs = [threading.Thread(target=keep_asking) for _ in range(6)]
        for tab in tabs:
            tab.start()
        while len(provider.requests) < 10:
            time.sleep(0.02)
        beside = statistics.median(first_word_s(chat, ben) for _ in range(5))
        is_over.set()
        for tab in tabs:
            tab.join()

    assert beside <= 2 * alone
