"""Answers that end early: stopped with the app, killed, or impossible to store."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import cast

import pytest
from sqlalchemy import text
from sqlmodel import select

from core.domain.answers import Answer, AnswerStatus, UsageSource
from core.domain.identity import User
from core.errors import AnswerInterrupted, AnswerNotStored, NotFound
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.storage.database import Database
from core.storage.tables import AnswerUsageRow, ModelCallRow, RetrievalRow
from rag.answering.running import RunningAnswers
from rag.service import Chat
from rag.writing.events import AnswerEvents, AnswerFinished, TextAdded
from tests.rag.conftest import Knowledge, price_of_fake_models
from tools.trial.provider import FakeProvider, Reply

LEAVE = "Every parent gets 90 working days of parental leave per child."
QUESTION = "How many working days of parental leave does a parent get per child?"
BREAK = "CREATE TRIGGER broken BEFORE INSERT ON citations BEGIN SELECT RAISE(ABORT, 'no'); END"
MEND = "DROP TRIGGER broken"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(Reply(f"{LEAVE} [1] ", pause_s=0.002, endless=True)) as running:
        yield running


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Parental leave", LEAVE)
    with knowledge.database.begin() as session:
        session.add(price_of_fake_models())
    return knowledge.person("anna")


@pytest.fixture
def chat(knowledge: Knowledge, provider: FakeProvider) -> Chat:
    """Saves at every piece of text, and does not wait before it tries again to record."""
    limits = ChatLimits(timeout_s=5, max_retries=0, max_output_tokens=10_000)
    endpoint = ChatEndpoint(provider.base_url, "fake-1", "", "local")
    return knowledge.chat(
        OpenAICompatibleChat(endpoint, limits),
        partial(RunningAnswers, save_seconds=0, retry_seconds=(0, 0)),
    )


def begin(chat: Chat, user: User, words: int = 2) -> AnswerEvents:
    """A stream that has shown so many pieces of text."""
    events = chat.ask(user, QUESTION)
    for event in events:
        words -= isinstance(event, TextAdded)
        if not words:
            return events
    raise AssertionError("the answer ended")


def stored(chat: Chat, user: User) -> Answer:
    newest = chat.conversations.list(user)[0].id
    answer = chat.conversations.get(user, newest).messages[-1].answer
    assert answer is not None
    return answer


def calls(knowledge: Knowledge) -> list[ModelCallRow]:
    with knowledge.database.read() as session:
        return list(session.exec(select(ModelCallRow)))


def usages(knowledge: Knowledge) -> list[AnswerUsageRow]:
    with knowledge.database.read() as session:
        return list(session.exec(select(AnswerUsageRow)))


def execute(knowledge: Knowledge, statement: str) -> None:
    with knowledge.database.begin() as session:
        session.connection().execute(text(statement))


def test_the_request_is_counted_before_its_first_word(
    chat: Chat, anna: User, knowledge: Knowledge, provider: FakeProvider
) -> None:
    seen: list[int] = []
    provider.script(Reply(lambda _: seen.append(len(calls(knowledge))) or "Yes [1]"))  # type: ignore[func-returns-value]

    list(chat.ask(anna, QUESTION))

    assert seen == [1]


def test_a_killed_process_loses_neither_text_nor_cost(
    chat: Chat, anna: User, knowledge: Knowledge, provider: FakeProvider
) -> None:
    events = begin(chat, anna)

    # A new process on the same data: it knows nothing of the stream of the old one.
    after = knowledge.chat()
    assert after.close_interrupted() == 1

    answer = stored(after, anna)
    assert answer.status is AnswerStatus.FAILED
    assert "restarted" in answer.error
    assert answer.text.startswith(LEAVE)
    assert [citation.quote for citation in answer.citations]
    call, usage = calls(knowledge)[0], usages(knowledge)[0]
    assert len(provider.requests) == len(calls(knowledge)) == len(usages(knowledge)) == 1
    assert (call.status, call.usage_source) == ("failed", UsageSource.ESTIMATED)
    assert usage.cost_micros == call.cost_micros > 0
    assert answer.usage.source is UsageSource.ESTIMATED
    events.close()


def test_what_was_read_is_stored_with_the_text_so_far(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    events = begin(chat, anna)

    with knowledge.database.read() as session:
        assert [row.is_read for row in session.exec(select(RetrievalRow))] == [True]
    events.close()


def test_the_text_so_far_is_for_nobody_else(chat: Chat, anna: User, knowledge: Knowledge) -> None:
    events = begin(chat, anna)
    conversation = chat.conversations.list(anna)[0].id

    with pytest.raises(NotFound):
        chat.conversations.get(knowledge.person("ben"), conversation)
    events.close()


def test_the_app_ends_and_records_every_answer_that_is_being_written(
    chat: Chat, anna: User, knowledge: Knowledge, provider: FakeProvider
) -> None:
    people = [anna, *(knowledge.person(f"p{n}") for n in range(4))]
    streams = [begin(chat, person) for person in people]

    assert chat.stop_answers() == len(people)

    for person in people:
        answer = stored(chat, person)
        assert (answer.status, "restarted" in answer.error) == (AnswerStatus.FAILED, True)
        assert answer.text.startswith(LEAVE)
    assert len(provider.requests) == len(calls(knowledge)) == len(people)
    for events in streams:
        with pytest.raises(AnswerInterrupted):
            next(events)
    assert len(usages(knowledge)) == len(people)


def test_a_question_that_comes_while_the_app_ends_is_kept(
    chat: Chat, anna: User, provider: FakeProvider
) -> None:
    chat.stop_answers()

    with pytest.raises(AnswerInterrupted):
        list(chat.ask(anna, QUESTION))

    assert stored(chat, anna).status is AnswerStatus.FAILED
    assert provider.requests == []


def test_an_app_that_starts_again_answers_again(chat: Chat, anna: User) -> None:
    chat.stop_answers()
    chat.close_interrupted()

    begin(chat, anna).close()

    assert stored(chat, anna).status is AnswerStatus.STOPPED


def test_saving_leaves_no_row_twice(
    chat: Chat, anna: User, knowledge: Knowledge, provider: FakeProvider
) -> None:
    provider.script(Reply(" ".join(f"{LEAVE} [1]" for _ in range(5)), pause_s=0.001))

    *_, last = chat.ask(anna, QUESTION)

    answer = cast("AnswerFinished", last).answer
    assert answer.status is AnswerStatus.COMPLETE
    assert stored(chat, anna) == answer
    assert [call.status for call in calls(knowledge)] == ["complete"]
    assert [usage.status for usage in usages(knowledge)] == ["complete"]


def test_an_answer_that_cannot_be_stored_has_failed_and_is_not_pending(
    chat: Chat, anna: User, knowledge: Knowledge, provider: FakeProvider
) -> None:
    provider.script(Reply(f"{LEAVE} [1]"))
    execute(knowledge, BREAK)

    with pytest.raises(AnswerNotStored, match="could not be stored"):
        list(chat.ask(anna, QUESTION))

    answer = stored(chat, anna)
    assert (answer.status, "could not be stored" in answer.error) == (AnswerStatus.FAILED, True)
    execute(knowledge, MEND)
    assert list(chat.ask(anna, QUESTION))


def test_a_database_that_takes_nothing_at_all_leaves_no_answer_pending(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    events = begin(chat, anna)
    execute(
        knowledge,
        "CREATE TRIGGER broken BEFORE UPDATE ON messages BEGIN SELECT RAISE(ABORT, 'no'); END",
    )

    events.close()

    answer = stored(chat, anna)
    assert (answer.status, answer.error) == (
        AnswerStatus.FAILED,
        "This answer was not finished. Your question is kept. Ask again.",
    )


def test_a_second_try_stores_what_the_first_could_not(knowledge: Knowledge, anna: User) -> None:
    url = knowledge.database.engine.url.render_as_string(hide_password=False)
    impatient = Database(url, busy_timeout_ms=1)
    with knowledge.database.engine.connect() as other:  # another process that writes
        chat = replace(knowledge, database=impatient).chat(
            running=partial(RunningAnswers, retry_seconds=(0.1,), sleep=lambda _: other.rollback())
        )
        events = chat.ask(anna, QUESTION)
        other.execute(text("DELETE FROM feedback"))

        *_, last = events

    assert isinstance(last, AnswerFinished)
    assert stored(chat, anna).status is AnswerStatus.COMPLETE
    impatient.close()
