"""What a language model is told beside the question: the day and where its sources are from."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from core.domain.answers import RetrievedChunk, Turn
from core.domain.identity import User
from core.domain.knowledge import Chunk
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.storage.tables import DocumentVersionRow
from rag.prompting.context import PromptContext, PromptContexts
from rag.prompting.prompt import load_prompt
from tests.rag.conftest import Knowledge
from tools.trial.provider import FakeProvider

LEAVE = "Every parent gets 90 working days of parental leave per child."
QUESTION = "How many working days of parental leave does a parent get?"
SMALL_WINDOW = 4096  # tokens of the smallest models in use
ANSWER_TOKENS = 800
MARGIN_TOKENS = 200  # spelling of the provider around messages


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as running:
        yield running


def model(provider: FakeProvider) -> OpenAICompatibleChat:
    endpoint = ChatEndpoint(provider.base_url, "fake-1", "sk-canary", "local")
    return OpenAICompatibleChat(endpoint, ChatLimits(5, 0, 100))


def told(
    knowledge: Knowledge, provider: FakeProvider, user: User, *, tells_groups: bool = False
) -> str:
    """The user message of one question."""
    chat = knowledge.chat(model(provider), tells_groups=tells_groups)
    chat.answer_once(user, QUESTION)
    return provider.requests[-1].question


@pytest.fixture
def hr(knowledge: Knowledge) -> str:
    collection = knowledge.collection("HR  handbook\nof 2026", "Finance")
    knowledge.document(collection, "Parental leave", LEAVE)
    with knowledge.database.begin() as session:
        version = session.exec(select(DocumentVersionRow)).one()
        version.uploaded_at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    return collection


def test_the_model_is_told_the_day_and_where_each_source_is_from(
    knowledge: Knowledge, provider: FakeProvider, hr: str
) -> None:
    message = told(knowledge, provider, knowledge.person("anna", "Finance"))

    day = PromptContexts(knowledge.database, tells_groups=False).of(SOMEBODY, (), ()).day
    assert message.startswith(f"Today is {day:%A}, {day.day} {day:%B %Y}.\n")
    header = "[1] Parental leave, page 1, collection HR handbook of 2026, uploaded 4 March 2026\n"
    assert f"{header}{LEAVE}" in message


SOMEBODY = User("u", "anna@nordhafen.example", "Anna")


def test_groups_are_told_only_where_a_setting_allows_it(
    knowledge: Knowledge, provider: FakeProvider, hr: str
) -> None:
    anna = knowledge.person("anna", "Works council", "Finance")
    knowledge.person("ben", "Management")

    assert "Works council" not in told(knowledge, provider, anna)
    message = told(knowledge, provider, anna, tells_groups=True)
    assert "Groups of the person asking: Finance, Works council." in message
    assert "Management" not in message


def test_nothing_about_the_person_is_told_to_somebody_without_groups(
    knowledge: Knowledge, provider: FakeProvider
) -> None:
    knowledge.document(knowledge.collection("Open", is_open=True), "Leave", LEAVE)

    message = told(knowledge, provider, knowledge.person("ben"), tells_groups=True)

    assert "person asking" not in message


def test_the_name_and_the_address_of_the_person_are_never_told(
    knowledge: Knowledge, provider: FakeProvider, hr: str
) -> None:
    anna = knowledge.person("annegret", "Finance")

    told(knowledge, provider, anna, tells_groups=True)

    assert "annegret" not in provider.requests[-1].raw.decode().lower()


def test_a_collection_that_the_person_may_not_read_is_never_named(
    knowledge: Knowledge, provider: FakeProvider, hr: str
) -> None:
    secret = knowledge.collection("Planned closures", "Management")
    knowledge.document(secret, "Parental leave at Kassel", LEAVE)

    message = told(knowledge, provider, knowledge.person("anna", "Finance"))

    assert "Planned closures" not in message
    assert "Kassel" not in message


def test_markers_of_earlier_answers_are_not_told_since_they_mean_other_sources(
    knowledge: Knowledge, provider: FakeProvider, hr: str
) -> None:
    chat = knowledge.chat(model(provider))
    history = [Turn("user", "Is [1] a marker?"), Turn("assistant", "Leave is 90 days [7].")]

    chat.answer_once(knowledge.person("anna", "Finance"), QUESTION, history=history)

    message = provider.requests[-1].question
    assert "assistant: Leave is 90 days.\n" in message
    assert "user: Is [1] a marker?\n" in message


def test_eight_long_passages_fit_the_window_of_a_small_model() -> None:
    passage = " ".join(["parental"] * 109) + "."  # 245 tokens, as the splitter cuts them
    chunks = [
        RetrievedChunk(
            Chunk(
                n, "c", f"d{n}", "v", "Employee Handbook 2026", "f.txt", None, n, passage, 0, n, n
            ),
            1.0,
        )
        for n in range(8)
    ]
    context = PromptContext(
        date(2026, 11, 30),
        {"c": "Company handbook"},
        {"v": date(2026, 3, 4)},
        ("Finance", "Hamburg"),
    )

    messages = load_prompt("Nordhafen Logistics").messages(QUESTION, (), chunks, context)

    tokens = sum(len(message.text) for message in messages) / 4
    assert tokens <= SMALL_WINDOW - ANSWER_TOKENS - MARGIN_TOKENS


def test_the_rules_are_hardly_longer_than_those_of_the_version_before() -> None:
    old, new = (
        sum(map(len, load_prompt("Nordhafen Logistics", f"answer.{version}").instructions))
        for version in ("v2", "v3")
    )

    assert new <= old * 1.25


@pytest.mark.parametrize("version", ["answer.v1", "answer.v2"])
def test_earlier_versions_can_still_be_asked_with(version: str) -> None:
    prompt = load_prompt("Nordhafen Logistics", version)

    _, user = prompt.messages(QUESTION, (), (), PromptContext(date(2026, 11, 30), groups=("HR",)))

    assert "Today" not in user.text
    assert QUESTION in user.text
