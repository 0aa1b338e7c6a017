"""Questions about the files of a conversation: answered from them and from nothing else."""

from collections.abc import Iterator

import pytest
from sqlmodel import select

from admin.gaps.waiting import waiting
from core.domain.answers import AnswerLevel, GuardEffect
from core.domain.identity import User
from core.domain.knowledge import Sensitivity
from core.errors import NotFound
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.storage.tables import AnswerSourceRow, CollectionRow, ModelCallRow
from rag.kinds.file_tasks import FileTask, file_question
from rag.service import Chat
from rag.writing.summary import MOST_REQUESTS
from tests.rag.attaching import ask_files, attach
from tests.rag.conftest import Knowledge
from tools.trial.provider import FakeProvider, Reply, grounded_echo

CONTRACT = (
    "The contract with Meyer runs for 24 months and costs 900 EUR a month.",
    "It can be ended with a notice of three months.",
)
OFFER = ("The offer of Schulz runs for 12 months and costs 700 EUR a month.",)
FILLER = "The appendix keeps each number for later questions of the team. " * 60


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    return knowledge.person("anna")


@pytest.fixture
def passages_only(knowledge: Knowledge) -> Chat:
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Rates", "The contract of the canteen costs 5,000 EUR a month.")
    return knowledge.chat()


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(Reply(grounded_echo())) as provider:
        yield provider


@pytest.fixture
def with_model(knowledge: Knowledge, provider: FakeProvider) -> Chat:
    endpoint = ChatEndpoint(provider.base_url, "fake-1", "sk-local", "local")
    limits = ChatLimits(timeout_s=5, max_retries=0, max_output_tokens=400)
    return knowledge.chat(OpenAICompatibleChat(endpoint, limits))


def begun(chat: Chat, user: User) -> str:
    return chat.start_conversation(user, "About my files")


def test_an_answer_comes_from_the_files_of_the_conversation_alone(
    knowledge: Knowledge, passages_only: Chat, anna: User
) -> None:
    conversation = begun(passages_only, anna)
    document = attach(knowledge, conversation, "Contract", *CONTRACT)

    answer = ask_files(passages_only, anna, conversation, "What does the contract cost a month?")

    assert "900 EUR" in answer.text
    assert {citation.document_id for citation in answer.citations} == {document}
    assert "5,000" not in repr(answer)


def test_documents_of_the_company_answer_as_if_no_file_were_there(
    knowledge: Knowledge, passages_only: Chat, anna: User
) -> None:
    conversation = begun(passages_only, anna)
    attach(knowledge, conversation, "Contract", *CONTRACT)

    list(
        passages_only.ask(
            anna, "What does the contract cost a month?", conversation_id=conversation
        )
    )
    shown = repr(passages_only.conversations.get(anna, conversation))

    assert "5,000 EUR" in shown
    assert "900 EUR" not in shown


def test_another_conversation_of_the_same_person_has_no_such_file(
    knowledge: Knowledge, passages_only: Chat, anna: User
) -> None:
    attach(knowledge, begun(passages_only, anna), "Contract", *CONTRACT)

    answer = ask_files(passages_only, anna, begun(passages_only, anna), "What does it cost?")

    assert answer.text.startswith("No file is attached to this chat yet.")
    assert answer.citations == ()


def test_the_files_of_somebody_else_cannot_be_asked(
    knowledge: Knowledge, passages_only: Chat, anna: User
) -> None:
    conversation = begun(passages_only, anna)
    attach(knowledge, conversation, "Contract", *CONTRACT)

    with pytest.raises(NotFound):
        list(
            passages_only.ask(
                knowledge.person("ole"),
                "What does the contract cost?",
                conversation_id=conversation,
                is_about_files=True,
            )
        )


def test_a_collection_of_a_conversation_cannot_be_chosen_as_one_of_the_company(
    knowledge: Knowledge, passages_only: Chat, anna: User
) -> None:
    conversation = begun(passages_only, anna)
    attach(knowledge, conversation, "Contract", *CONTRACT)
    with knowledge.database.read() as session:
        private = select(CollectionRow.id).where(CollectionRow.conversation_id == conversation)
        collection = session.exec(private).one()

    with pytest.raises(NotFound):
        passages_only.search(anna, "contract", collection_ids=[collection])
    with pytest.raises(NotFound):
        list(passages_only.ask(anna, "contract", collection_ids=[collection]))


def test_what_was_read_is_recorded_and_stays_open_to_its_person_alone(
    knowledge: Knowledge, passages_only: Chat, anna: User
) -> None:
    conversation = begun(passages_only, anna)
    document = attach(knowledge, conversation, "Contract", *CONTRACT)
    ask_files(passages_only, anna, conversation, "What does the contract cost a month?")

    with knowledge.database.read() as session:
        sources = session.exec(select(AnswerSourceRow.document_id)).all()
    [_, message] = passages_only.conversations.get(anna, conversation).messages

    assert set(sources) == {document}
    assert message.answer is not None
    assert not message.answer.is_withheld
    assert passages_only.may_still_read(anna, [message.sources]) == [True]
    assert passages_only.may_still_read(knowledge.person("ole"), [message.sources]) == [False]


@pytest.mark.parametrize(
    ("question", "task", "is_of_all"),
    [
        ("Summarise this file", FileTask.SUMMARISE, False),
        ("Please give me a short summary of the attachment.", FileTask.SUMMARISE, False),
        ("What is in these documents?", FileTask.SUMMARISE, True),
        ("Fasse diese Datei zusammen", FileTask.SUMMARISE, False),
        ("Compare these two files", FileTask.COMPARE, True),
        ("What are the differences between both documents?", FileTask.COMPARE, True),
        ("Vergleiche die beiden Dateien", FileTask.COMPARE, True),
    ],
)
def test_tasks_on_whole_files_are_recognised(
    question: str, task: FileTask, *, is_of_all: bool
) -> None:
    asked = file_question(question)

    assert asked is not None
    assert (asked.task, asked.is_of_all) == (task, is_of_all)


@pytest.mark.parametrize(
    "question",
    [
        "What is it?",
        "What does this file say about holidays?",
        "Compare the notice periods",
        "Summarise section 2 of this file",
        "",
        "summarise " + "this file " * 50,
    ],
)
def test_questions_about_what_a_file_says_are_none_of_these(question: str) -> None:
    assert file_question(question) is None


def test_without_a_model_a_file_is_outlined_with_its_key_sentences(
    knowledge: Knowledge, passages_only: Chat, anna: User
) -> None:
    conversation = begun(passages_only, anna)
    attach(knowledge, conversation, "Offer", *OFFER)
    attach(knowledge, conversation, "Contract", *CONTRACT)

    answer = ask_files(passages_only, anna, conversation, "Summarise this file")

    assert [part.title for part in answer.parts] == ["Contract"]
    assert "900 EUR" in answer.text
    assert answer.citations


def test_without_a_model_two_files_are_outlined_one_after_the_other(
    knowledge: Knowledge, passages_only: Chat, anna: User
) -> None:
    conversation = begun(passages_only, anna)
    attach(knowledge, conversation, "Contract", *CONTRACT)
    attach(knowledge, conversation, "Offer", *OFFER)

    answer = ask_files(passages_only, anna, conversation, "Compare these two files")

    assert [part.title for part in answer.parts] == ["Contract", "Offer"]
    assert "900 EUR" in answer.text
    assert "700 EUR" in answer.text
    assert all(part.is_beside for part in answer.parts)


def test_one_file_has_nothing_to_be_compared_with(
    knowledge: Knowledge, passages_only: Chat, anna: User
) -> None:
    conversation = begun(passages_only, anna)
    attach(knowledge, conversation, "Contract", *CONTRACT)

    answer = ask_files(passages_only, anna, conversation, "Compare these two files")

    assert answer.level is AnswerLevel.TALK
    assert "Only one file" in answer.text


def test_a_model_compares_two_files_that_are_named(
    knowledge: Knowledge, with_model: Chat, provider: FakeProvider, anna: User
) -> None:
    conversation = begun(with_model, anna)
    attach(knowledge, conversation, "Contract Meyer", *CONTRACT)
    attach(knowledge, conversation, "Offer Schulz", *OFFER)
    attach(knowledge, conversation, "Lunch", "Lunch costs 4.90 EUR.")

    ask_files(with_model, anna, conversation, "Compare Contract Meyer and Offer Schulz")

    [request] = provider.requests
    assert "You compare documents" in request.prompt
    assert "900 EUR" in request.prompt
    assert "700 EUR" in request.prompt
    assert "4.90" not in request.prompt


def test_a_long_file_is_read_in_parts_and_written_from_notes(
    knowledge: Knowledge, with_model: Chat, provider: FakeProvider, anna: User
) -> None:
    conversation = begun(with_model, anna)
    attach(
        knowledge,
        conversation,
        "Report",
        *(f"Rule {n} costs {n} EUR. {FILLER}" for n in range(1, 16)),
    )

    ask_files(with_model, anna, conversation, "Summarise this file")

    with knowledge.database.read() as session:
        purposes = session.exec(select(ModelCallRow.purpose)).all()
    assert 1 < sum(purpose == "notes" for purpose in purposes) <= MOST_REQUESTS
    assert sum(purpose == "answer" for purpose in purposes) == 1


def test_a_model_gets_no_word_of_files_of_a_class_that_it_may_not_see(
    knowledge: Knowledge, provider: FakeProvider, anna: User
) -> None:
    endpoint = ChatEndpoint(provider.base_url, "fake-1", "sk-local", "local")
    limits = ChatLimits(timeout_s=5, max_retries=0, max_output_tokens=400)
    chat = knowledge.chat(OpenAICompatibleChat(endpoint, limits), highest_class=Sensitivity.PUBLIC)
    conversation = begun(chat, anna)
    attach(knowledge, conversation, "Contract", *CONTRACT)

    summary = ask_files(chat, anna, conversation, "Summarise this file")
    answer = ask_files(chat, anna, conversation, "What does the contract cost a month?")

    assert provider.requests == []
    assert "900 EUR" in summary.text
    assert "900 EUR" in answer.text
    assert {note.effect for note in answer.guard_notes} == {GuardEffect.WITHHELD}


def test_a_question_that_no_file_answers_is_no_gap_of_the_documents(
    knowledge: Knowledge, passages_only: Chat, anna: User
) -> None:
    conversation = begun(passages_only, anna)
    attach(knowledge, conversation, "Contract", *CONTRACT)
    answer = ask_files(passages_only, anna, conversation, "Who won the world cup of skiing?")
    assert answer.abstained

    with knowledge.database.read() as session:
        assert waiting(session, 10).asked == ()


def test_a_question_asked_again_is_asked_of_the_files_again(
    knowledge: Knowledge, passages_only: Chat, anna: User
) -> None:
    conversation = begun(passages_only, anna)
    attach(knowledge, conversation, "Contract", *CONTRACT)
    ask_files(passages_only, anna, conversation, "What does the contract cost a month?")
    [_, message] = passages_only.conversations.get(anna, conversation).messages

    list(passages_only.ask_again(anna, message.id))

    shown = repr(passages_only.conversations.get(anna, conversation))
    assert "900 EUR" in shown
    assert "5,000" not in shown
