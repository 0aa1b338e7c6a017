"""Conversations are shared with their sources, as far as their reader may read them."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from core.domain.answers import (
    PASSAGES,
    SANDBOX,
    WITHHELD,
    Answer,
    AnswerLevel,
    AnswerPart,
    AnswerStatus,
    Card,
    CardTable,
    Citation,
)
from core.domain.conversations import Conversation, Message, MessageRole
from core.domain.identity import SYSTEM, Role, User
from core.storage.tables import AuditEventRow, CollectionRow
from rag.conversations.handover import PersonalConversations
from rag.conversations.own import ExportFormat
from rag.conversations.printing import as_pdf
from rag.conversations.sharing import BY_SANDBOX, QUOTED, answer_as_text, as_markdown, as_text
from rag.service import Chat
from rag.writing.events import AnswerFinished
from tests.rag.conftest import Knowledge, written

LEAVE = "Full-time staff have 30 working days of annual leave."
QUESTION = "How many working days of annual leave do full-time staff have?"
WHEN = datetime(2026, 4, 3, 9, 15, tzinfo=UTC)
HOSTILE = "![x](https://evil.example/?q=1) <script>alert(1)</script> [a](javascript:b)"
READER = User("u", "ada@nordhafen.example", "Ada *Berg*", Role.EMPLOYEE, frozenset())
CITATION = Citation(1, "d", "v", "Leave", "leave.pdf", None, 3, LEAVE)
ANSWER = Answer(
    f"> {LEAVE} [1]",
    AnswerStatus.COMPLETE,
    abstained=False,
    engine=PASSAGES,
    citations=(CITATION,),
    lead="30 working days",
)


def conversation(answer: Answer, question: str = QUESTION) -> Conversation:
    asked = Message("q", MessageRole.USER, question, WHEN)
    answered = Message("a", MessageRole.ASSISTANT, answer.text, WHEN, answer)
    return Conversation("c", question[:40], WHEN, WHEN, (asked, answered))


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Leave", LEAVE)
    return knowledge.person("anna")


@pytest.fixture
def chat(knowledge: Knowledge) -> Chat:
    return knowledge.chat()


def ask(chat: Chat, user: User) -> AnswerFinished:
    *_, event = chat.ask(user, QUESTION)
    assert isinstance(event, AnswerFinished)
    return event


def as_printed(shown: Conversation, reader: User) -> str:
    return written(as_pdf(shown, reader))


@pytest.mark.parametrize("write", [as_text, as_markdown, as_printed])
def test_a_shared_conversation_names_sources_mode_date_and_whose_access(write: object) -> None:
    assert callable(write)
    text = write(conversation(ANSWER), READER)

    for part in (QUESTION, "30 working days", LEAVE, "Leave (leave.pdf), page 3", QUOTED):
        assert part in text
    assert "3 April 2026, 09:15 UTC" in text
    assert "were read with the access of" in text


def test_one_answer_is_copied_with_its_sources() -> None:
    text = answer_as_text(conversation(ANSWER).messages[1])

    assert text == (
        f"30 working days\n\n> {LEAVE} [1]\n\nSources:\n[1] Leave (leave.pdf), page 3: “{LEAVE}”"
        f"\n\n{QUOTED} · 3 April 2026, 09:15 UTC"
    )
    assert answer_as_text(conversation(ANSWER).messages[0]) == ""


@pytest.mark.parametrize(
    ("engine", "told"),
    [(SANDBOX, BY_SANDBOX), ("gpt-9", "Written by the language model gpt-9")],
)
def test_it_is_told_who_wrote_an_answer(engine: str, told: str) -> None:
    assert told in answer_as_text(conversation(replace(ANSWER, engine=engine)).messages[1])


def test_hostile_words_are_no_markdown() -> None:
    hostile = replace(CITATION, quote=HOSTILE, document_title=HOSTILE, file_name=HOSTILE)
    answer = replace(ANSWER, lead=HOSTILE, citations=(hostile,))

    text = as_markdown(conversation(answer, HOSTILE), replace(READER, name=HOSTILE))

    for mark in (r"!\[x\]\(", r"(?<!\\)<script", r"(?<!\\)\]\(", "https://evil"):
        assert not re.search(mark, text)


def test_a_printed_answer_has_its_cards_with_their_tables_and_places() -> None:
    rates = CardTable(("City", "Limit"), (("London", "190 EUR"), ("Paris", "180 EUR")), (0,))
    other = replace(CITATION, number=2, document_title="Travel", quote="London | 190 EUR")
    cards = (
        Card(1, ("Annual leave",), f"{LEAVE} No more.", ((0, len(LEAVE)),)),
        Card(2, ("Hotels",), "London | 190 EUR", table=rates, is_small=True),
    )

    text = as_printed(
        conversation(replace(ANSWER, cards=cards, citations=(CITATION, other))), READER
    )

    for part in ("Leave › Annual leave [1]", f"{LEAVE} No more.", "Travel › Hotels [2]"):
        assert part in text
    for cell in ("City", "Limit", "Paris", "180 EUR"):
        assert cell in text


def test_a_printed_answer_of_a_language_model_has_its_lists_and_tables() -> None:
    reply = (
        "## Leave\n\nStaff have **30** days [1].\n\n3. one\n4. two\n   - more\n\n"
        "| City | Limit |\n|---|---|\n| Łódź | 90 € |\n\n> quoted\n\n```\ncode x\n```\n"
        "[a site](https://evil.example) ![x](https://evil.example/y) <b>"
    )

    text = as_printed(conversation(replace(ANSWER, engine="gpt-9", text=reply)), READER)

    for part in ("Leave Staff have 30 days [1].", "3. one", "4. two – more", "quoted", "code x"):
        assert part in text
    assert "City Limit Łódź 90 €" in text
    assert "https://" not in text


def test_a_printed_answer_of_the_sandbox_is_printed_letter_for_letter() -> None:
    reply = "Documents:\n\n- *one*\n- two [x](y)"

    text = as_printed(
        conversation(replace(ANSWER, engine=SANDBOX, text=reply, citations=(), lead="")), READER
    )

    assert "Documents: • *one* • two [x](y)" in text


def test_parts_of_a_printed_answer_have_their_titles_notes_and_own_cards() -> None:
    card = Card(1, (), LEAVE, ((0, len(LEAVE)),))
    parts = (
        AnswerPart("How much leave?", lead="30 days", numbers=(1,)),
        AnswerPart("Which crane?", AnswerLevel.NONE, note="Not in the documents."),
    )

    text = as_printed(conversation(replace(ANSWER, cards=(card,), parts=parts)), READER)

    assert text.index("How much leave?") < text.index("30 days") < text.index(LEAVE)
    assert text.index(LEAVE) < text.index("Which crane? Not in the documents.")


def test_what_is_withheld_is_not_shared(chat: Chat, anna: User, knowledge: Knowledge) -> None:
    ask(chat, anna)
    summary = chat.conversations.list(anna)[0]
    with knowledge.database.begin() as session:
        session.exec(select(CollectionRow)).one().is_open = False

    for text in (
        as_text(chat.conversations.get(anna, summary.id), anna),
        *(written(chat.conversations.export(anna, summary.id, kind)) for kind in ExportFormat),
    ):
        assert "30 working days" not in text.replace(QUESTION, "")
        assert "leave.txt" not in text
        assert WITHHELD in text


def test_a_download_is_in_the_audit_log(chat: Chat, anna: User, knowledge: Knowledge) -> None:
    ask(chat, anna)
    summary = chat.conversations.list(anna)[0]

    chat.conversations.export(anna, summary.id, ExportFormat.MARKDOWN)

    with knowledge.database.read() as session:
        events = session.exec(select(AuditEventRow)).all()
    [event] = [event for event in events if event.action == "conversation.exported"]
    assert (event.actor_id, event.object_id) == (anna.id, summary.id)
    assert LEAVE not in str(event.details)


def test_replaced_questions_are_in_the_record_of_a_person_and_not_in_what_they_share(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    first = ask(chat, anna)
    list(chat.ask_instead(anna, first.message_id, "What is annual leave for full-time staff?"))
    summary = chat.conversations.list(anna)[0]

    shared = written(chat.conversations.export(anna, summary.id, ExportFormat.JSON))
    personal = PersonalConversations(knowledge.database, chat.conversations)
    record = next(personal.export(SYSTEM, anna))

    assert shared.count('"role": "user"') == 1
    assert str(record).count("'role': 'user'") == 2
