"""Questions that need no reading: answered without a model, recorded, guarded like documents."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlmodel import col, delete, select, update

from admin.usage.reports import UsageReports
from core.domain.answers import WITHHELD, Answer, AnswerLevel, AnswerStatus, Turn
from core.domain.costs.money import ExchangeRates
from core.domain.identity import Role, User
from core.errors import InvalidInput, NotFound
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.storage.tables import (
    AnswerSourceRow,
    AnswerUsageRow,
    DocumentRow,
    DocumentVersionRow,
    MembershipRow,
)
from ingestion.erasing.redaction import ERASED_ANSWER, redact
from rag.conversations.explanations import Explanations
from rag.conversations.own import ExportFormat
from rag.gaps import GapRequests
from rag.kinds.library import NO_COLLECTIONS, NO_DOCUMENTS, SHOWN_DOCUMENTS
from rag.kinds.mentions import SHOWN_DOCUMENTS as SHOWN_MENTIONS
from rag.service import Chat
from rag.writing.events import AnswerFinished
from tests.rag.conftest import Knowledge
from tools.trial.provider import FakeProvider, Reply

LEAVE = "Every parent gets 90 working days of parental leave per child."
TRAVEL = "Copenhagen is 175 EUR a night."
LIST = "What documents do you have?"
MENTIONS = "Which documents mention Copenhagen?"


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Parental leave", LEAVE, "Twins add 30 working days of leave.")
    knowledge.document(handbook, "Travel *policy*", TRAVEL, "Copenhagen: 50 EUR for meals.")
    knowledge.document(handbook, "Sites", "The sites are in Hamburg and Copenhagen.")
    board = knowledge.collection("Board papers", "hr")
    knowledge.document(board, "Closure of Copenhagen", "The site in Copenhagen closes in May.")
    return knowledge.person("anna")


@pytest.fixture
def chat(knowledge: Knowledge) -> Chat:
    return knowledge.chat()


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(Reply("Ninety days. [1]")) as provider:
        yield provider


def ask(chat: Chat, user: User, question: str, conversation: str | None = None) -> Answer:
    return finished(chat, user, question, conversation).answer


def finished(
    chat: Chat, user: User, question: str, conversation: str | None = None
) -> AnswerFinished:
    *_, last = chat.ask(user, question, conversation_id=conversation)
    assert isinstance(last, AnswerFinished)
    return last


def stored(chat: Chat, user: User) -> Answer:
    """The last answer as it is read back."""
    [summary] = chat.conversations.list(user)
    answer = chat.conversations.get(user, summary.id).messages[-1].answer
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("hi", "Hello."),
        ("Thank you very much!", "You are welcome."),
        ("bye", "Goodbye."),
        ("Who are you?", "No language model is configured"),
        ("What can you do?", "- Answer a question from the documents"),
    ],
)
def test_small_talk_is_answered_without_documents(
    chat: Chat, anna: User, question: str, told: str
) -> None:
    answer = ask(chat, anna, question)

    assert told in answer.text
    assert (answer.engine, answer.level) == ("sandbox", AnswerLevel.TALK)
    assert (answer.status, answer.abstained) == (AnswerStatus.COMPLETE, False)
    assert (answer.citations, answer.nearest, answer.sentences) == ((), (), ())


def test_small_talk_is_read_back_found_and_exported(chat: Chat, anna: User) -> None:
    told = ask(chat, anna, "What can you do?").text
    [summary] = chat.conversations.list(anna, "Understand a follow-up")

    assert stored(chat, anna).text == told
    exported = chat.conversations.export(anna, summary.id, ExportFormat.MARKDOWN).decode()
    assert "\n- Say so if the documents do not answer" in exported


def test_people_without_access_to_anything_are_greeted_too(knowledge: Knowledge) -> None:
    answer = ask(knowledge.chat(), knowledge.person("ben"), "Hello!")

    assert answer.level is AnswerLevel.TALK


@pytest.mark.parametrize("question", ["hi", "Who are you?", "help", LIST, MENTIONS])
def test_no_language_model_is_asked(
    knowledge: Knowledge, anna: User, provider: FakeProvider, question: str
) -> None:
    endpoint = ChatEndpoint(provider.base_url, "fake-1", "sk-canary", "local")
    limits = ChatLimits(timeout_s=5, max_retries=0, max_output_tokens=100)
    chat = knowledge.chat(OpenAICompatibleChat(endpoint, limits))

    answer = ask(chat, anna, question)

    assert provider.requests == []
    assert answer.engine == "sandbox"
    assert answer.usage.cost_micros == 0
    assert ("fake-1" in answer.text) == (question == "Who are you?")


def test_other_kinds_are_answered_from_passages(chat: Chat, anna: User) -> None:
    answer = ask(chat, anna, "List all working days of parental leave per child")

    assert answer.engine == "passages"
    assert answer.citations[0].quote == LEAVE


def test_the_list_of_documents_names_what_the_person_may_read(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    with knowledge.database.begin() as session:
        session.execute(
            update(DocumentVersionRow).values(uploaded_at=datetime(2026, 3, 4, tzinfo=UTC))
        )

    answer = ask(chat, anna, LIST)

    assert answer.text == (
        "You can ask about 3 documents in 1 collection.\n\n"
        "Handbook (uploaded 4 March 2026):\n\n- Parental leave\n- Sites\n- Travel *policy*"
    )
    assert answer.level is AnswerLevel.TALK


def test_documents_of_several_days_are_listed_with_their_day(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    with knowledge.database.begin() as session:
        for document in session.exec(select(DocumentRow)).all():
            day = 5 if document.title == "Parental leave" else 4
            session.execute(
                update(DocumentVersionRow)
                .where(col(DocumentVersionRow.document_id) == document.id)
                .values(uploaded_at=datetime(2026, 3, day, tzinfo=UTC))
            )

    answer = ask(chat, anna, LIST)

    assert (
        "Handbook:\n\n- Parental leave, uploaded 5 March 2026\n- Sites, uploaded 4" in answer.text
    )


def test_a_long_list_is_cut(knowledge: Knowledge) -> None:
    collection = knowledge.collection("Forms", is_open=True)
    for number in range(SHOWN_DOCUMENTS + 3):
        knowledge.document(collection, f"Form {number:02}", "A form.")

    text = ask(knowledge.chat(), knowledge.person("ben"), "What can I ask?").text

    assert f"about {SHOWN_DOCUMENTS + 3} documents" in text
    assert text.count("\n- Form") == SHOWN_DOCUMENTS
    assert text.endswith("\n- and 3 more documents")


def test_where_nothing_can_be_listed_the_reason_is_told(knowledge: Knowledge) -> None:
    chat, ben = knowledge.chat(), knowledge.person("ben")

    assert ask(chat, ben, LIST).text == NO_COLLECTIONS
    knowledge.collection("Forms", is_open=True)
    assert ask(chat, ben, LIST).text == NO_DOCUMENTS


def test_documents_that_mention_a_word_are_counted_by_passages(chat: Chat, anna: User) -> None:
    answer = ask(chat, anna, MENTIONS)

    assert answer.text == (
        "2 documents mention “Copenhagen”:\n\n- Travel *policy*, 2 passages\n- Sites, 1 passage"
    )
    assert answer.level is AnswerLevel.TALK


def test_members_of_the_group_see_their_documents(chat: Chat, knowledge: Knowledge) -> None:
    board = knowledge.collection("Board papers", "hr")
    knowledge.document(board, "Closure", "The site in Copenhagen closes in May.")

    assert "- Closure, 1 passage" in ask(chat, knowledge.person("hanna", "hr"), MENTIONS).text
    assert "Closure" not in ask(chat, knowledge.person("ole"), MENTIONS).text


def test_words_of_the_subject_stand_in_a_row(chat: Chat, anna: User) -> None:
    found = ask(chat, anna, "Which documents mention “working days”?").text
    apart = ask(chat, anna, "Which documents mention parental days?").text

    assert "- Parental leave, 2 passages" in found
    assert apart.startswith("No document that you can access mentions “parental days”.")


def test_documents_about_a_subject_may_have_its_words_apart(chat: Chat, anna: User) -> None:
    answer = ask(chat, anna, "Which documents are about parental days?")

    assert "- Parental leave, 1 passage" in answer.text


def test_a_subject_that_no_document_has_is_searched_as_a_question(chat: Chat, anna: User) -> None:
    answer = ask(chat, anna, "Which documents are about volcanoes in Iceland?")

    assert (answer.engine, answer.level) == ("passages", AnswerLevel.NONE)


def test_many_documents_are_cut(knowledge: Knowledge) -> None:
    collection = knowledge.collection("Forms", is_open=True)
    for number in range(SHOWN_MENTIONS + 2):
        knowledge.document(collection, f"Form {number:02}", "Sign here with blue ink.")

    text = ask(knowledge.chat(), knowledge.person("ben"), "Which documents mention ink?").text

    assert text.startswith("22 documents mention “ink”:")
    assert text.endswith("\n- and 2 more documents")


def test_only_the_chosen_collections_are_listed(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    forms = knowledge.collection("Forms", is_open=True)
    knowledge.document(forms, "Form for Copenhagen", "Copenhagen: sign here.")

    listed = chat.answer_once(anna, LIST, collection_ids=[forms]).text
    mentioned = chat.answer_once(anna, MENTIONS, collection_ids=[forms]).text

    assert "Form for Copenhagen" in listed
    assert "Sites" not in listed + mentioned
    with pytest.raises(NotFound):
        chat.answer_once(anna, LIST, collection_ids=["closed"])


@pytest.mark.parametrize("question", [LIST, MENTIONS])
def test_a_list_is_withheld_from_whoever_loses_access(
    chat: Chat, knowledge: Knowledge, question: str
) -> None:
    board = knowledge.collection("Board papers", "hr")
    knowledge.document(board, "Closure", "The site in Copenhagen closes in May.")
    hanna = knowledge.person("hanna", "hr")
    assert "Closure" in ask(chat, hanna, question).text
    with knowledge.database.begin() as session:
        session.execute(delete(MembershipRow).where(col(MembershipRow.user_id) == hanna.id))
    hanna = replace(hanna, group_ids=frozenset())

    answer = stored(chat, hanna)

    assert (answer.text, answer.is_withheld) == (WITHHELD, True)
    assert chat.conversations.list(hanna, "Closure") == []


def test_small_talk_stays_with_whoever_loses_access(chat: Chat, knowledge: Knowledge) -> None:
    hanna = knowledge.person("hanna", "hr")
    ask(chat, hanna, "hi")

    answer = stored(chat, replace(hanna, group_ids=frozenset()))

    assert answer.text.startswith("Hello.")


def test_erasing_a_document_blanks_the_lists_that_name_it(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    ask(chat, anna, MENTIONS)
    with knowledge.database.begin() as session:
        sites = session.exec(select(DocumentRow.id).where(DocumentRow.title == "Sites")).one()

        assert redact(session, [sites]).answers == 1

    assert stored(chat, anna).text == ERASED_ANSWER


def test_thanks_between_two_questions_are_not_leaned_on(chat: Chat, anna: User) -> None:
    question = "How many working days of parental leave do I get?"
    ask(chat, anna, question)
    conversation = chat.conversations.list(anna)[0].id
    ask(chat, anna, "Thanks!", conversation)

    answer = ask(chat, anna, "And for twins?", conversation)

    assert answer.standalone_query == f"{question[:-1]} for twins?"
    history = [Turn("user", question), Turn("user", "thanks"), Turn("assistant", "You are welcome")]
    assert chat.search(anna, "And for twins?", history=history) == chat.search(
        anna, "And for twins?", history=history[:1]
    )


def test_it_is_recorded_and_not_counted_as_unanswered(
    chat: Chat, anna: User, knowledge: Knowledge
) -> None:
    message_id = finished(chat, anna, "hi").message_id

    with knowledge.database.read() as session:
        usage = session.exec(select(AnswerUsageRow)).one()
        assert session.exec(select(AnswerSourceRow)).all() == []
    assert (usage.engine, usage.abstained, usage.citations) == ("sandbox", False, 0)
    admin = replace(anna, role=Role.ADMIN)
    assert UsageReports(knowledge.database, ExchangeRates("EUR")).unanswered(admin) == []
    with pytest.raises(InvalidInput):
        GapRequests(knowledge.database).ask(anna, message_id)


def test_it_can_be_explained(chat: Chat, anna: User, knowledge: Knowledge) -> None:
    message_id = finished(chat, anna, MENTIONS).message_id

    explanation = Explanations(knowledge.database, knowledge.keywords).explain(anna, message_id)

    assert [collection.name for collection in explanation.collections] == ["Handbook"]
    assert explanation.hits == ()
    assert explanation.query == ""
