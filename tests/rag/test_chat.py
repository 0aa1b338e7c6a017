"""Conversations in passage mode: stored, found again, judged, and nobody else's business."""

import json
import re

import pytest
from sqlmodel import select

from core.domain.answers import AnswerStatus, Support, Turn
from core.domain.conversations import Feedback, FeedbackReason, MessageRole
from core.domain.identity import User
from core.errors import InvalidInput, NotFound
from core.storage.tables import AnswerUsageRow, MessageRow
from rag.conversations.own import ExportFormat
from rag.service import Chat
from rag.writing.events import AnswerFinished, Step, StepStarted, TextAdded
from tests.rag.conftest import Knowledge

LEAVE = "Every parent gets 90 working days of parental leave per child."
QUESTION = "How many days of parental leave does every parent get per child?"


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(
        handbook, "Parental leave", LEAVE, "Twins add 30 working days of parental leave."
    )
    knowledge.document(handbook, "Canteen", "Lunch costs 4.90 EUR from April.")
    return knowledge.person("anna")


@pytest.fixture
def chat(knowledge: Knowledge) -> Chat:
    return knowledge.chat()


def ask(chat: Chat, user: User, question: str, conversation: str | None = None) -> AnswerFinished:
    events = list(chat.ask(user, question, conversation_id=conversation))
    assert isinstance(events[-1], AnswerFinished)
    return events[-1]


def test_an_answer_quotes_the_passage_and_cites_its_page(chat: Chat, anna: User) -> None:
    answer = ask(chat, anna, QUESTION).answer

    assert LEAVE in answer.text
    assert answer.citations[0].quote == LEAVE
    assert answer.citations[0].page == 1
    assert answer.engine == "passages"
    assert {s.support for s in answer.sentences} == {Support.SUPPORTED}


def test_a_quote_of_several_sentences_is_supported_as_a_whole(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    both = "The bicycle allowance is 25 EUR a month. The bicycle allowance is paid in March."
    knowledge.document(knowledge.collection("Bikes", is_open=True), "Bicycle allowance", both)

    answer = ask(chat, anna, "How much is the bicycle allowance?").answer

    assert answer.citations[0].quote == both
    assert [s.support for s in answer.sentences] == [Support.SUPPORTED] * len(answer.citations)


def test_the_steps_are_told_before_the_words(chat: Chat, anna: User) -> None:
    kinds = [type(event) for event in chat.ask(anna, QUESTION)]

    assert kinds[:2] == [StepStarted, StepStarted]
    assert kinds[2] is TextAdded
    assert kinds[-1] is AnswerFinished


def test_searching_names_the_number_of_collections(chat: Chat, anna: User) -> None:
    assert next(iter(chat.ask(anna, QUESTION))) == StepStarted(Step.SEARCHING, 1)


def test_a_question_about_something_else_is_not_answered(chat: Chat, anna: User) -> None:
    answer = ask(chat, anna, "Which volcano erupted in Iceland?").answer

    assert answer.abstained
    assert answer.citations == ()
    assert answer.nearest != ()


def test_a_conversation_is_read_back_as_it_was_answered(chat: Chat, anna: User) -> None:
    finished = ask(chat, anna, QUESTION)
    summary = chat.conversations.list(anna)[0]

    conversation = chat.conversations.get(anna, summary.id)

    assert [m.role for m in conversation.messages] == [MessageRole.USER, MessageRole.ASSISTANT]
    stored = conversation.messages[1].answer
    assert stored is not None
    assert stored.citations == finished.answer.citations
    assert stored.sentences == finished.answer.sentences
    assert (stored.lead, stored.cards) == (finished.answer.lead, finished.answer.cards)
    assert stored.cards[0].text == LEAVE


def test_a_table_is_read_back_cell_by_cell(chat: Chat, anna: User, knowledge: Knowledge) -> None:
    rates = "City | Limit per night\nHamburg | 135 EUR\nLondon | 190 EUR\nParis | 185 EUR"
    knowledge.document(knowledge.collection("Travel", is_open=True), "Hotel rates", rates)

    finished = ask(chat, anna, "What is the limit per night in London?")

    conversation = chat.conversations.get(anna, chat.conversations.list(anna)[0].id)
    stored = conversation.messages[1].answer
    assert stored is not None
    assert stored.cards == finished.answer.cards
    assert stored.cards[0].table is not None
    assert stored.cards[0].table.header == ("City", "Limit per night")
    assert stored.lead == "London: 190 EUR, limit per night"


def test_a_follow_up_brings_the_earlier_question_along(chat: Chat, anna: User) -> None:
    ask(chat, anna, QUESTION)
    conversation = chat.conversations.list(anna)[0].id

    answer = ask(chat, anna, "And for twins?", conversation).answer

    assert answer.standalone_query == f"{QUESTION[:-1]} for twins?"
    assert any("Twins" in citation.quote for citation in answer.citations)


def test_the_last_messages_of_a_conversation_are_read_alone(chat: Chat, anna: User) -> None:
    ask(chat, anna, QUESTION)
    conversation = chat.conversations.list(anna)[0].id
    ask(chat, anna, "And for twins?", conversation)

    whole = chat.conversations.get(anna, conversation)
    end = chat.conversations.get(anna, conversation, last=2)

    assert (len(whole.messages), whole.earlier) == (4, 0)
    assert (end.messages, end.earlier) == (whole.messages[2:], 2)
    assert chat.conversations.get(anna, conversation, last=4) == whole


def test_a_stopped_answer_is_kept_as_far_as_it_came(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    events = chat.ask(anna, QUESTION)
    shown = next(event for event in events if isinstance(event, TextAdded))

    events.close()

    conversation = chat.conversations.get(anna, chat.conversations.list(anna)[0].id)
    answer = conversation.messages[1].answer
    assert answer is not None
    assert answer.status is AnswerStatus.STOPPED
    assert answer.text == shown.text
    assert (answer.lead, answer.cards) == ("", ())


def test_an_empty_question_is_refused_and_nothing_is_stored(chat: Chat, anna: User) -> None:
    with pytest.raises(InvalidInput):
        ask(chat, anna, "   ")

    assert chat.conversations.list(anna) == []


def test_nobody_reads_or_changes_the_conversation_of_another(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    finished = ask(chat, anna, QUESTION)
    conversation = chat.conversations.list(anna)[0].id
    ben = knowledge.person("ben")

    assert chat.conversations.list(ben) == []
    for attempt in (
        lambda: chat.conversations.get(ben, conversation),
        lambda: chat.conversations.rename(ben, conversation, "mine"),
        lambda: chat.conversations.delete(ben, conversation),
        lambda: chat.conversations.restore(ben, conversation),
        lambda: chat.conversations.pin(ben, conversation, is_pinned=True),
        lambda: chat.conversations.export(ben, conversation, ExportFormat.JSON),
        lambda: list(chat.ask(ben, "hello there", conversation_id=conversation)),
        lambda: list(chat.ask_again(ben, finished.message_id)),
        lambda: chat.give_feedback(ben, finished.message_id, Feedback(1)),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_conversations_are_searched_renamed_pinned_deleted_and_restored(
    chat: Chat, anna: User
) -> None:
    ask(chat, anna, QUESTION)
    ask(chat, anna, "What does lunch cost?")
    lunch = chat.conversations.list(anna)[0].id

    chat.conversations.rename(anna, lunch, "Canteen prices")
    leave = chat.conversations.list(anna, "parental")
    chat.conversations.pin(anna, leave[0].id, is_pinned=True)
    chat.conversations.delete(anna, lunch)

    assert [c.id for c in chat.conversations.list(anna)] == [leave[0].id]
    chat.conversations.restore(anna, lunch)
    assert [c.title for c in chat.conversations.list(anna)] == [QUESTION, "Canteen prices"]


def test_a_markdown_export_shows_words_of_people_and_documents_letter_for_letter(
    chat: Chat, anna: User
) -> None:
    picture = "![x](http://evil.example/x.png) on 31. Dezember & <img src=x>"
    conversation = chat.start_conversation(anna, picture)
    ask(chat, anna, picture, conversation)
    chat.conversations.rename(anna, conversation, f"{picture}\u202e")

    markdown = chat.conversations.export(anna, conversation, ExportFormat.MARKDOWN).decode()

    assert "![" not in markdown
    assert not re.search(r"(?<!\\)\]\(", markdown)
    assert "http://" not in markdown
    assert not re.search(r"(?<!\\)[<&]", markdown)
    assert "\u202e" not in markdown


def test_an_export_holds_question_answer_and_sources(chat: Chat, anna: User) -> None:
    ask(chat, anna, QUESTION)
    conversation = chat.conversations.list(anna)[0].id

    markdown = chat.conversations.export(anna, conversation, ExportFormat.MARKDOWN).decode()
    record = json.loads(chat.conversations.export(anna, conversation, ExportFormat.JSON))

    assert QUESTION in markdown
    assert "Parental leave (parental-leave.txt), page 1" in markdown
    assert record["messages"][1]["citations"][0]["quote"] == LEAVE


def test_feedback_is_stored_and_the_last_one_counts(chat: Chat, anna: User) -> None:
    message = ask(chat, anna, QUESTION).message_id

    chat.give_feedback(anna, message, Feedback(1))
    chat.give_feedback(anna, message, Feedback(-1, FeedbackReason.OUTDATED, "changed in May"))

    conversation = chat.conversations.get(anna, chat.conversations.list(anna)[0].id)
    assert conversation.messages[1].feedback == Feedback(
        -1, FeedbackReason.OUTDATED, "changed in May"
    )


def shown(chat: Chat, user: User) -> list[str]:
    """The messages of the newest conversation."""
    conversation = chat.conversations.get(user, chat.conversations.list(user)[0].id)
    return [message.text for message in conversation.messages]


def test_asking_again_puts_a_second_answer_in_place_of_the_last(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    first = ask(chat, anna, QUESTION)

    *_, again = chat.ask_again(anna, first.message_id)

    assert isinstance(again, AnswerFinished)
    assert shown(chat, anna) == [QUESTION, again.answer.text]
    with knowledge.database.read() as session:
        assert len(session.exec(select(MessageRow)).all()) == 4
        assert len(session.exec(select(AnswerUsageRow)).all()) == 2


def test_an_earlier_answer_asked_again_stays_where_it_is(chat: Chat, anna: User) -> None:
    first = ask(chat, anna, QUESTION)
    conversation = chat.conversations.list(anna)[0].id
    ask(chat, anna, "And for twins?", conversation)

    list(chat.ask_again(anna, first.message_id))

    assert shown(chat, anna)[::2] == [QUESTION, "And for twins?", QUESTION]


def test_a_changed_question_takes_the_place_of_the_last_and_leans_on_what_was_before(
    chat: Chat, anna: User
) -> None:
    ask(chat, anna, QUESTION)
    conversation = chat.conversations.list(anna)[0].id
    wrong = ask(chat, anna, "And for twinns?", conversation)

    *_, new = chat.ask_instead(anna, wrong.message_id, "And for twins?")

    assert isinstance(new, AnswerFinished)
    assert shown(chat, anna)[::2] == [QUESTION, "And for twins?"]
    assert new.answer.standalone_query == f"{QUESTION[:-1]} for twins?"
    assert chat.conversations.list(anna, "twinns") == []
    assert chat.conversations.get(anna, conversation, last=2).earlier == 2


def test_a_change_that_gets_no_answer_brings_the_earlier_one_back(chat: Chat, anna: User) -> None:
    first = ask(chat, anna, QUESTION)

    events = chat.ask_instead(anna, first.message_id, "And for twins?")
    next(events)
    events.close()

    assert shown(chat, anna)[::2] == [QUESTION, "And for twins?"]


def test_only_ones_own_last_question_can_be_changed(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    ben = knowledge.person("ben")
    first = ask(chat, anna, QUESTION)
    conversation = chat.conversations.list(anna)[0].id
    ask(chat, anna, "And for twins?", conversation)

    with pytest.raises(InvalidInput, match="Only the last question"):
        chat.ask_instead(anna, first.message_id, "x")
    with pytest.raises(NotFound):
        chat.ask_instead(ben, first.message_id, "x")
    assert len(chat.conversations.list(anna)) == 1
    assert chat.conversations.list(ben) == []


def test_every_answer_leaves_a_usage_row(chat: Chat, anna: User, knowledge: Knowledge) -> None:
    ask(chat, anna, QUESTION)
    chat.answer_once(anna, "And for twins?", history=(Turn("user", QUESTION),))

    with knowledge.database.read() as session:
        rows = session.exec(select(AnswerUsageRow)).all()
    assert [row.surface for row in rows] == ["chat", "terminal"]
    assert all(row.sentences == row.supported_sentences > 0 for row in rows)


def test_answers_that_a_crash_left_open_are_closed_at_start(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    ask(chat, anna, QUESTION)
    with knowledge.database.begin() as session:
        row = session.exec(select(MessageRow).where(MessageRow.role == "assistant")).one()
        row.status = AnswerStatus.PENDING.value

    assert chat.close_interrupted() == 1

    conversation = chat.conversations.get(anna, chat.conversations.list(anna)[0].id)
    answer = conversation.messages[1].answer
    assert answer is not None
    assert answer.status is AnswerStatus.FAILED
    assert "restarted" in answer.error
