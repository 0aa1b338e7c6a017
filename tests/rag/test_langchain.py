"""A LangChain user's chain over the documents of a person, with the access of that person."""

from functools import partial

import pytest
from langchain_core.documents import Document
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import ConfigurableField, RunnableLambda, RunnablePassthrough
from langchain_core.tracers.langchain import wait_for_all_tracers
from langchain_openai import ChatOpenAI
from langsmith.utils import get_env_var
from pydantic import ValidationError
from sqlmodel import select

from core.domain.answers import Answer
from core.domain.identity import SYSTEM, User
from core.errors import AccessDenied, NotFound
from core.storage.tables import AnswerUsageRow, MembershipRow, UserRow
from tests.loops import run
from tests.rag.conftest import Knowledge
from tools.trial.provider import FakeProvider

LEAVE = "Every parent gets 90 working days of parental leave per child."
PAY = "The salary band of a team lead starts at 64,000 EUR."


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    """Somebody in sales; the handbook is open, the pay of team leads is for hr."""
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Canteen", "Lunch costs 4.90 EUR from April.", LEAVE)
    knowledge.document(knowledge.collection("Pay", "hr"), "Salary bands", PAY)
    return knowledge.person("anna", "sales")


def test_a_passage_comes_with_what_is_needed_to_cite_it(knowledge: Knowledge, anna: User) -> None:
    retriever = knowledge.chat().as_retriever(anna, k=1)

    [found] = retriever.invoke("How many days of parental leave?")

    assert isinstance(retriever, BaseRetriever)
    [hit] = knowledge.chat().search(anna, "How many days of parental leave?", k=1)
    assert found == Document(
        LEAVE,
        id=str(hit.chunk.id),
        metadata={
            "source": "canteen.txt",
            "file_name": "canteen.txt",
            "title": "Canteen",
            "headings": [],
            "page": 2,
            "page_label": "page",
            "start_index": 0,
            "end_index": len(LEAVE),
            "score": hit.score,
            "document_id": hit.chunk.document_id,
            "version_id": hit.chunk.version_id,
            "collection_id": hit.chunk.collection_id,
        },
    )


def test_two_people_find_what_each_of_them_may_read(knowledge: Knowledge, anna: User) -> None:
    chat = knowledge.chat()
    hilda = knowledge.person("hilda", "hr")

    for_anna = chat.as_retriever(anna).invoke(PAY)
    for_hilda = chat.as_retriever(hilda).invoke(PAY)

    assert PAY not in {found.page_content for found in for_anna}
    assert for_hilda[0].page_content == PAY


def test_a_chain_cannot_make_it_search_for_somebody_else(knowledge: Knowledge, anna: User) -> None:
    retriever = knowledge.chat().as_retriever(anna)

    found = retriever.invoke(PAY, {"configurable": {"user": SYSTEM, "find": None}}, user=SYSTEM)

    assert PAY not in {passage.page_content for passage in found}


def test_whoever_leaves_a_group_finds_no_more_of_it_with_the_same_retriever(
    knowledge: Knowledge, anna: User
) -> None:
    hilda = knowledge.person("hilda", "hr")
    retriever = knowledge.chat().as_retriever(hilda)
    assert retriever.invoke(PAY)[0].page_content == PAY

    with knowledge.database.begin() as session:
        for row in session.exec(select(MembershipRow).where(MembershipRow.user_id == hilda.id)):
            session.delete(row)

    assert PAY not in {found.page_content for found in retriever.invoke(PAY)}


@pytest.mark.parametrize("is_removed", [False, True])
def test_an_account_that_is_deactivated_or_gone_finds_nothing(
    knowledge: Knowledge, anna: User, *, is_removed: bool
) -> None:
    retriever = knowledge.chat().as_retriever(anna)

    with knowledge.database.begin() as session:
        row = session.get_one(UserRow, anna.id)
        row.is_active = False
        if is_removed:
            for membership in session.exec(
                select(MembershipRow).where(MembershipRow.user_id == anna.id)
            ):
                session.delete(membership)
            session.delete(row)

    with pytest.raises(AccessDenied):
        retriever.invoke("parental leave")


def test_whoever_operates_the_terminal_searches_everything(
    knowledge: Knowledge, anna: User
) -> None:
    assert knowledge.chat().as_retriever(SYSTEM).invoke(PAY)[0].page_content == PAY


def test_the_search_is_narrowed_to_collections_that_the_person_may_read(
    knowledge: Knowledge, anna: User
) -> None:
    chat = knowledge.chat()
    travel, pay = knowledge.collection("Travel", is_open=True), knowledge.collection("P", "hr")
    knowledge.document(travel, "Travel", "Trains are booked by the travel desk.")

    found = chat.as_retriever(anna, collection_ids=[travel]).invoke("parental leave")

    assert {passage.metadata["title"] for passage in found} == {"Travel"}
    assert chat.as_retriever(anna, collection_ids=[]).invoke("parental leave") == []
    with pytest.raises(NotFound):
        chat.as_retriever(anna, collection_ids=[pay]).invoke("pay")


@pytest.mark.parametrize("k", [0, -1, 1001])
def test_a_number_of_passages_that_makes_no_sense_is_refused(
    knowledge: Knowledge, anna: User, k: int
) -> None:
    with pytest.raises(ValidationError):
        knowledge.chat().as_retriever(anna, k=k)


def test_a_chain_chooses_the_number_of_passages(knowledge: Knowledge, anna: User) -> None:
    retriever = knowledge.chat().as_retriever(anna)
    chosen = retriever.configurable_fields(k=ConfigurableField(id="passages"))

    assert len(chosen.invoke("leave and lunch", {"configurable": {"passages": 1}})) == 1
    assert len(chosen.invoke("leave and lunch")) == 2


def test_many_queries_are_searched_side_by_side_in_a_running_loop(
    knowledge: Knowledge, anna: User
) -> None:
    retriever = knowledge.chat().as_retriever(anna, k=1)

    async def search() -> list[list[Document]]:
        return [
            await retriever.ainvoke("parental leave"),
            *await retriever.abatch(["What does lunch cost?", "parental leave"]),
        ]

    leave, lunch, again = run(search())

    assert [found.page_content for found in leave] == [LEAVE]
    assert lunch[0].page_content.startswith("Lunch costs")
    assert again == leave


def _text(passages: list[Document]) -> str:
    return "\n\n".join(
        f"[{number}] {found.metadata['title']}, page {found.metadata['page']}\n{found.page_content}"
        for number, found in enumerate(passages, start=1)
    )


def test_a_chain_of_retriever_prompt_and_model_answers_from_the_documents(
    knowledge: Knowledge, anna: User
) -> None:
    prompt = ChatPromptTemplate.from_template("Sources:\n{sources}\n\nQuestion: {question}")
    retriever = knowledge.chat().as_retriever(anna, k=1)
    with FakeProvider() as provider:
        model = ChatOpenAI(model="fake-1", base_url=provider.base_url, api_key="none")
        sources = {"sources": retriever | _text, "question": RunnablePassthrough()}
        chain = sources | prompt | model | StrOutputParser()

        answer = chain.invoke("How many days of parental leave?")
        later = run(chain.ainvoke("What does lunch cost?"))

    assert answer == f"{LEAVE.removesuffix('.')} [1]."
    assert later == "Lunch costs 4.90 EUR from April [1]."
    assert PAY not in "".join(request.prompt for request in provider.requests)


def test_the_guarded_answer_is_a_step_of_a_chain_as_it_stands(
    knowledge: Knowledge, anna: User
) -> None:
    chat = knowledge.chat()
    answering: RunnableLambda[str, Answer] = RunnableLambda(partial(chat.answer_once, anna))
    chain = answering | (lambda answer: answer.citations[0].quote)

    quotes = chain.batch(["How many days of parental leave?", "What does lunch cost?"])

    assert quotes == [LEAVE, "Lunch costs 4.90 EUR from April."]
    with knowledge.database.read() as session:
        assert len(session.exec(select(AnswerUsageRow)).all()) == 2


def test_no_question_and_no_passage_is_traced_because_the_environment_says_so(
    knowledge: Knowledge, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    retriever = knowledge.chat().as_retriever(anna)
    with FakeProvider() as tracer:
        monkeypatch.setenv("LANGSMITH_TRACING", "true")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", tracer.base_url)
        monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_pt_fake")
        clear_cache = get_env_var.cache_clear  # type: ignore[attr-defined]  # an lru_cache
        clear_cache()
        try:
            retriever.invoke("parental leave")
            run(retriever.ainvoke("parental leave"))
            wait_for_all_tracers()
        finally:
            clear_cache()

    assert tracer.requests == []


def test_neither_person_nor_search_is_in_its_printed_form(knowledge: Knowledge, anna: User) -> None:
    retriever = knowledge.chat().as_retriever(anna)

    assert anna.email not in repr(retriever)
    assert set(retriever.model_dump()) == {"name", "tags", "metadata", "k"}
