"""Two questions in one: searched apart, answered apart, guarded and recorded as one answer."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlmodel import col, delete, select

from core.domain.answers import WITHHELD, Answer, AnswerLevel, AnswerStatus
from core.domain.identity import User
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.storage.tables import DocumentRow, MembershipRow, MessageRow, ModelCallRow
from ingestion.erasing.redaction import redact
from rag.conversations.own import ExportFormat
from rag.service import Chat
from rag.writing.events import AnswerFinished, TextAdded, TextWithdrawn
from rag.writing.generation import NOT_IN_DOCUMENTS
from tests.rag.conftest import Knowledge
from tools.trial.provider import FakeProvider, Reply

LEAVE = "Every parent gets 90 working days of parental leave per child."
HOTEL = "The hotel limit is 190 EUR per night in London."
BOTH = "How many days of parental leave do I get, and what is the hotel limit in London?"
FIRST, SECOND = "How many days of parental leave do I get?", "What is the hotel limit in London?"


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Parental leave", LEAVE, "The manager approves the leave.")
    knowledge.document(handbook, "Travel", HOTEL, "Meals are paid up to 45 EUR a day.")
    return knowledge.person("anna")


def ask(chat: Chat, user: User, question: str) -> Answer:
    *_, last = chat.ask(user, question)
    assert isinstance(last, AnswerFinished)
    return last.answer


def stored(chat: Chat, user: User) -> Answer:
    """The last answer as it is read back."""
    [summary] = chat.conversations.list(user)
    answer = chat.conversations.get(user, summary.id).messages[-1].answer
    assert answer is not None
    return answer


def test_each_question_has_its_own_part_with_its_cards(knowledge: Knowledge, anna: User) -> None:
    answer = ask(knowledge.chat(), anna, BOTH)

    assert [part.title for part in answer.parts] == [FIRST, SECOND]
    assert [part.level for part in answer.parts] == [AnswerLevel.ANSWER] * 2
    by_number = {card.number: card for card in answer.cards}
    first, second = ([by_number[n].text for n in part.numbers] for part in answer.parts)
    assert first[0] == LEAVE
    assert second[0] == HOTEL
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert answer.text.index(FIRST) < answer.text.index(LEAVE) < answer.text.index(SECOND)


def test_a_part_without_an_answer_says_so_beside_the_other(
    knowledge: Knowledge, anna: User
) -> None:
    question = "How many days of parental leave do I get and which volcano erupted in Iceland?"

    answer = ask(knowledge.chat(), anna, question)

    assert not answer.abstained
    first, second = answer.parts
    assert (first.level, second.level) == (AnswerLevel.ANSWER, AnswerLevel.NONE)
    assert (second.note, second.numbers) == (NOT_IN_DOCUMENTS, ())
    assert "volcano" not in "".join(citation.quote for citation in answer.citations)


def test_only_if_no_part_is_answered_the_whole_is_not(knowledge: Knowledge, anna: User) -> None:
    question = "Which volcano erupted in Iceland and who won the football championship?"

    answer = ask(knowledge.chat(), anna, question)

    assert (answer.abstained, answer.level) == (True, AnswerLevel.NONE)
    assert (answer.text, answer.parts, answer.cards) == (NOT_IN_DOCUMENTS, (), ())
    assert answer.nearest != ()


def test_the_second_question_may_lean_on_the_first(knowledge: Knowledge, anna: User) -> None:
    answer = ask(knowledge.chat(), anna, "How many days of leave do I get and who approves it?")

    assert answer.parts[1].title == "Who approves it?"
    assert f"{answer.parts[0].title} who approves it?" in answer.standalone_query


def test_a_comparison_is_answered_side_by_side(knowledge: Knowledge, anna: User) -> None:
    answer = ask(knowledge.chat(), anna, "How do parental leave and hotel limits compare?")

    assert [part.title for part in answer.parts] == ["Parental leave", "Hotel limits"]
    assert all(part.is_beside for part in answer.parts)


def test_it_is_read_back_and_exported_with_its_parts(knowledge: Knowledge, anna: User) -> None:
    chat = knowledge.chat()
    answer = ask(chat, anna, BOTH)
    [summary] = chat.conversations.list(anna)

    assert stored(chat, anna).parts == answer.parts
    exported = chat.conversations.export(anna, summary.id, ExportFormat.MARKDOWN).decode()
    assert exported.index(f"**{FIRST}**") < exported.index("90 working days")
    assert exported.index(f"**{SECOND}**") < exported.index("> The hotel limit is 190 EUR")


def test_it_is_withheld_as_a_whole(knowledge: Knowledge) -> None:
    board = knowledge.collection("Board", "hr")
    knowledge.document(board, "Parental leave", LEAVE)
    knowledge.document(knowledge.collection("Open", is_open=True), "Travel", HOTEL)
    chat, hanna = knowledge.chat(), knowledge.person("hanna", "hr")
    assert len(ask(chat, hanna, BOTH).parts) == 2
    with knowledge.database.begin() as session:
        session.execute(delete(MembershipRow).where(col(MembershipRow.user_id) == hanna.id))

    answer = stored(chat, replace(hanna, group_ids=frozenset()))

    assert (answer.text, answer.parts, answer.cards) == (WITHHELD, (), ())


def test_people_who_may_not_read_get_that_part_not_answered(knowledge: Knowledge) -> None:
    board = knowledge.collection("Board", "hr")
    knowledge.document(board, "Parental leave", LEAVE)
    knowledge.document(knowledge.collection("Open", is_open=True), "Travel", HOTEL)

    answer = ask(knowledge.chat(), knowledge.person("ole"), BOTH)

    assert [part.level for part in answer.parts] == [AnswerLevel.NONE, AnswerLevel.ANSWER]
    assert "90 working days" not in f"{answer.text}{answer.cards}{answer.nearest}"


def test_erasing_a_document_removes_its_part(knowledge: Knowledge, anna: User) -> None:
    chat = knowledge.chat()
    ask(chat, anna, BOTH)
    with knowledge.database.begin() as session:
        travel = session.exec(select(DocumentRow.id).where(DocumentRow.title == "Travel")).one()
        redact(session, [travel])

    with knowledge.database.read() as session:
        row = session.exec(select(MessageRow).where(MessageRow.role == "assistant")).one()
        left = f"{row.text}{row.lead}{row.cards}{row.parts}{row.sentences}"
    assert "190 EUR" not in left


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(Reply("The sources say so. [1]")) as provider:
        yield provider


@pytest.fixture
def written(knowledge: Knowledge, provider: FakeProvider) -> Chat:
    endpoint = ChatEndpoint(provider.base_url, "fake-1", "sk-canary", "local")
    limits = ChatLimits(timeout_s=5, max_retries=0, max_output_tokens=100)
    return knowledge.chat(OpenAICompatibleChat(endpoint, limits))


def test_a_language_model_answers_each_question_from_its_own_passages(
    written: Chat, knowledge: Knowledge, anna: User, provider: FakeProvider
) -> None:
    answer = ask(written, anna, BOTH)

    assert len(provider.requests) == 2
    assert answer.text == (
        f"**{FIRST}**\n\nThe sources say so. [1]\n\n**{SECOND}**\n\nThe sources say so. [2]"
    )
    assert [citation.quote for citation in answer.citations] == [LEAVE, HOTEL]
    assert [sentence.citations for sentence in answer.sentences] == [(1,), (2,)]
    with knowledge.database.read() as session:
        calls = session.exec(select(ModelCallRow)).all()
    assert [(call.purpose, call.status) for call in calls] == [("answer", "complete")] * 2
    assert answer.usage.input_tokens == sum(call.input_tokens for call in calls)


def test_a_failing_model_ends_the_whole(written: Chat, anna: User, provider: FakeProvider) -> None:
    provider.script(Reply(status=500))

    answer = ask(written, anna, BOTH)

    assert (answer.status, len(provider.requests)) == (AnswerStatus.FAILED, 1)
    assert answer.error != ""


def test_what_a_reader_stops_is_kept_and_its_request_is_settled(
    written: Chat, knowledge: Knowledge, anna: User
) -> None:
    events = written.ask(anna, BOTH)
    for event in events:
        if isinstance(event, TextAdded) and "say so" in event.text:
            break
    events.close()

    answer = stored(written, anna)

    assert answer.status is AnswerStatus.STOPPED
    assert answer.text.startswith(f"**{FIRST}**\n\nThe sources say so.")
    with knowledge.database.read() as session:
        [call] = session.exec(select(ModelCallRow)).all()
    assert call.status == "stopped"


def test_the_text_shown_is_the_text_stored(written: Chat, anna: User) -> None:
    shown = ""
    for event in written.ask(anna, BOTH):
        if isinstance(event, TextAdded):
            shown += event.text
        elif isinstance(event, TextWithdrawn):
            shown = ""
        elif isinstance(event, AnswerFinished):
            assert shown == event.answer.text
