"""Answers that are asked for without documents: what leaves, what is shown, what they count as."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, timedelta

import pytest
from sqlmodel import select

from admin.gaps.waiting import waiting
from admin.quality.reading import sampled_questions
from admin.quality.values import Days
from admin.usage.sources import is_use
from core.domain.answers import NEEDS_A_MODEL, NOT_CHECKED, Answer, AnswerLevel, AnswerStatus, Way
from core.domain.clock import now
from core.domain.conversations import Feedback
from core.domain.costs.refusals import AtLimit
from core.domain.identity import User
from core.errors import InvalidInput
from core.storage.queries.questions import answered_since
from core.storage.tables import (
    AnswerUsageRow,
    ConversationRow,
    MembershipRow,
    MessageRow,
    ModelCallRow,
)
from rag.conversations.own import ExportFormat
from rag.prompting.prompt import FREE, load_prompt
from rag.service import Chat
from rag.writing.events import AnswerFinished, TextAdded
from tests.rag.conftest import Knowledge, written
from tests.rag.test_budgets import Sandbox, budget, ledger, provider, sandbox
from tests.rag.test_language_model import LEAVE, chat_with
from tools.trial.provider import FakeProvider, Reply

__all__ = ["ledger", "provider", "sandbox"]

DRAFT = "Dear Tom,\n\nplease find the notes attached [1]. See [gap].\n\nKind regards"
REQUEST = "Write a short mail to Tom with the notes attached."


@pytest.fixture
def model() -> Iterator[FakeProvider]:
    with FakeProvider(Reply(DRAFT)) as running:
        yield running


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    papers = knowledge.collection("Board papers", "hr")
    knowledge.document(papers, "Parental leave", LEAVE)
    return knowledge.person("anna", "hr")


@pytest.fixture
def chat(knowledge: Knowledge, model: FakeProvider) -> Chat:
    return chat_with(knowledge, model.base_url)


def freely(chat: Chat, user: User, request: str = REQUEST, chat_id: str | None = None) -> Answer:
    *_, last = chat.ask(user, request, conversation_id=chat_id, way=Way.FREE)
    assert isinstance(last, AnswerFinished)
    return last.answer


def only_chat(chat: Chat, user: User) -> str:
    [conversation] = chat.conversations.list(user)
    return conversation.id


def stored(chat: Chat, user: User) -> list[Answer]:
    found = chat.conversations.get(user, only_chat(chat, user)).messages
    return [message.answer for message in found if message.answer]


def test_the_model_gets_no_document_and_all_it_writes_is_shown(
    chat: Chat, anna: User, model: FakeProvider, knowledge: Knowledge
) -> None:
    answer = freely(chat, anna, f"{REQUEST} Mention parental leave.")

    [request] = model.requests
    assert LEAVE not in request.prompt
    assert (answer.text, answer.level) == (DRAFT, AnswerLevel.FREE)
    assert (answer.citations, answer.sentences, answer.nearest) == ((), (), ())
    assert stored(chat, anna) == [answer]
    with knowledge.database.read() as session:
        usage = session.exec(select(AnswerUsageRow)).one()
        call = session.exec(select(ModelCallRow)).one()
        assert session.exec(select(is_use(AnswerUsageRow.surface))).one()  # type: ignore[arg-type]
    assert (usage.surface, usage.prompt_version) == ("free", "free.v1")
    assert (usage.passages_found, usage.sentences, usage.abstained) == (0, 0, False)
    assert (call.surface, call.purpose) == ("free", "answer")


def test_what_is_private_is_masked_on_the_way_out_and_put_back(
    chat: Chat, anna: User, model: FakeProvider
) -> None:
    model.script(Reply("Write to <EMAIL_1> today."))

    answer = freely(chat, anna, "Whom do I write to, tom.hale@nordhafen.example?")

    assert "tom.hale" not in model.requests[-1].prompt
    assert answer.text == "Write to tom.hale@nordhafen.example today."


def test_without_a_model_it_is_refused_and_nothing_is_stored(
    knowledge: Knowledge, anna: User
) -> None:
    passages = knowledge.chat()

    for ask in (passages.ask, passages.ask_temporarily):
        with pytest.raises(InvalidInput, match="only a language model can answer"):
            ask(anna, REQUEST, way=Way.FREE)

    assert "SANDBOX_LLM__BASE_URL" in NEEDS_A_MODEL
    with knowledge.database.read() as session:
        assert session.exec(select(ConversationRow)).all() == []


def test_what_was_said_of_documents_stays_theirs(
    chat: Chat, anna: User, model: FakeProvider, knowledge: Knowledge
) -> None:
    model.script(Reply(f"{LEAVE} [1]"))
    list(chat.ask(anna, "How many working days of parental leave does a parent get?"))
    model.script(Reply("Parents get 90 days, in short."))

    freely(chat, anna, "Shorten that for a poster.", only_chat(chat, anna))

    assert LEAVE in model.requests[-1].prompt
    assert [a.text for a in stored(chat, anna)][1] == "Parents get 90 days, in short."
    with knowledge.database.begin() as session:
        for row in session.exec(select(MembershipRow)).all():
            session.delete(row)
    outside = User(anna.id, anna.email, anna.name, anna.role)
    assert all(answer.is_withheld for answer in stored(chat, outside))
    assert chat.conversations.list(outside, "poster")  # the question is one's own
    assert not chat.conversations.list(outside, "in short")
    freely(chat, outside, "And for a mail?", only_chat(chat, outside))
    assert "90" not in model.requests[-1].prompt


def test_what_a_model_made_up_is_no_source(chat: Chat, anna: User, model: FakeProvider) -> None:
    model.script(Reply("Quarzfalter get 77 days of leave."))
    freely(chat, anna, "Invent a rule on the leave of Quarzfalter.")

    *_, last = chat.ask(
        anna,
        "How many days of leave does a Quarzfalter get?",
        conversation_id=only_chat(chat, anna),
    )

    assert isinstance(last, AnswerFinished)
    assert last.answer.level is not AnswerLevel.ANSWER
    assert "77" not in last.answer.text


def test_it_is_found_asked_again_and_exported_with_its_label(
    chat: Chat, anna: User, model: FakeProvider
) -> None:
    freely(chat, anna)
    conversation = chat.conversations.get(anna, only_chat(chat, anna))

    list(chat.ask_again(anna, conversation.messages[-1].id))

    [answer] = stored(chat, anna)
    assert answer.way is Way.FREE
    assert len(model.requests) == 2
    assert chat.conversations.list(anna, "notes attached")
    for kind in ExportFormat:
        told = written(chat.conversations.export(anna, conversation.id, kind))
        assert NOT_CHECKED in told or '"level": "free"' in told, kind


def test_it_is_neither_an_answer_from_documents_nor_a_gap(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    began = now()
    freely(chat, anna)

    question = "How many working days of parental leave does a parent get?"
    list(chat.ask(anna, question))
    for conversation in chat.conversations.list(anna):
        [*_, answer] = chat.conversations.get(anna, conversation.id).messages
        chat.give_feedback(anna, answer.id, Feedback(-1, None))

    with knowledge.database.read() as session:
        answered = [asked.text for asked in answered_since(session, began, 10)]
        gaps = [asked.question for asked in waiting(session, 10).asked]
        today = now().date()
        sampled = sampled_questions(session, Days(today, today + timedelta(days=1)), UTC)
    assert (
        answered
        == gaps
        == sampled
        == ["How many working days of parental leave does a parent get?"]
    )


def test_a_temporary_one_is_stored_nowhere_and_counted(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    *_, last = chat.ask_temporarily(anna, REQUEST, way=Way.FREE)

    assert isinstance(last, AnswerFinished)
    assert last.answer.level is AnswerLevel.FREE
    with knowledge.database.read() as session:
        assert session.exec(select(MessageRow)).all() == []
        assert session.exec(select(AnswerUsageRow.surface)).all() == ["free"]


def test_links_go_and_instructions_are_not_repeated(
    chat: Chat, anna: User, model: FakeProvider
) -> None:
    model.script(
        Reply("Look at ![x](https://evil.example/a.png) and [here](https://evil.example).")
    )
    assert "https://" not in freely(chat, anna).text
    model.script(Reply(f"My rules: {' '.join(load_prompt('Nordhafen', FREE).instructions)}"))

    answer = freely(chat, anna)

    assert answer.status is AnswerStatus.FAILED
    assert "none of the company's documents" not in answer.text


def test_a_broken_stream_and_a_stop_keep_the_text_so_far(
    chat: Chat, anna: User, model: FakeProvider
) -> None:
    model.script(Reply("One sentence. Another one. And a third.", pause_s=0.01, cut_after=6))
    broken = freely(chat, anna)
    model.script(Reply("One sentence. Another one. ", pause_s=0.01, endless=True))

    with closing(chat.ask(anna, REQUEST, way=Way.FREE)) as events:
        next(event for event in events if isinstance(event, TextAdded))

    assert broken.status is AnswerStatus.FAILED
    assert broken.text.startswith("One sentence")
    newest = chat.conversations.get(anna, chat.conversations.list(anna)[0].id).messages[-1]
    assert newest.answer is not None
    assert newest.answer.status is AnswerStatus.STOPPED
    assert newest.answer.text.startswith("One")
    assert newest.answer.level is AnswerLevel.FREE


@pytest.mark.parametrize("at_limit", [AtLimit.PASSAGES, AtLimit.STOP])
def test_where_no_budget_pays_passages_do_not_answer_instead(
    sandbox: Sandbox, knowledge: Knowledge, anna: User, at_limit: AtLimit
) -> None:
    budget(knowledge, 1)

    answer = freely(sandbox.chat(at_limit), anna)

    assert answer.status is AnswerStatus.FAILED
    assert "budget" in answer.error.lower()
    assert (answer.text, answer.citations, sandbox.provider.requests) == ("", (), [])
