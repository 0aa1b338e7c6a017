"""Drafts by a language model behind a real HTTP server: masked, metered, and only if usable."""

import hashlib
from collections.abc import Iterator
from importlib.resources import files

import pytest
from sqlmodel import select

from core.domain.clock import now
from core.domain.prices import Price
from core.model_calls import Tariff
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from core.storage.database import Database
from core.storage.tables import ModelCallRow
from ideas.cards.drafting import CURRENT, Asked, DraftedTexts, ModelDrafter, TemplateDrafter
from tests.ideas.office import Office
from tools.trial.provider import FakeProvider, Reply

ASKED = Asked(
    "Which class may I book with my card 4111 1111 1111 1111?",
    ("May I travel by train?", "Write to hans.meier@example.com."),
    is_gap=True,
)
TITLE = "Answers about travel classes"
PROBLEM = "People ask which class they may book and find nothing about it in the documents."
PROPOSAL = "Let AI answer such questions from the travel policy."
REPLY = f"Title: {TITLE}\nProblem: {PROBLEM}\nProposal: {PROPOSAL}"

KEPT = "e81caaedfd6886bcc971cd9e9f151da28c5dcac2282ad72083a0f372d56b0da3"
"""The SHA-256 of the prompt. A change is a new file with the next number."""


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as running:
        yield running


def drafted(
    office: Office, provider: FakeProvider, *replies: Reply, asked: Asked = ASKED
) -> DraftedTexts:
    provider.script(*replies)
    limits = ChatLimits(timeout_s=0.5, max_retries=0, max_output_tokens=500)
    model = OpenAICompatibleChat(ChatEndpoint(provider.base_url, "fake-1", "", "local"), limits)
    price = Price("fake-*", 2_000_000, 10_000_000, "EUR", now())
    drafter = ModelDrafter(office.database, model, tariff=Tariff(price))
    return drafter.draft(office.anna, asked)


def template(office: Office, asked: Asked = ASKED) -> DraftedTexts:
    return TemplateDrafter().draft(office.anna, asked)


def test_the_model_drafts_all_three(office: Office, provider: FakeProvider) -> None:
    assert drafted(office, provider, Reply(REPLY)) == DraftedTexts(TITLE, PROBLEM, PROPOSAL)


def test_the_request_has_the_questions_masked_and_the_gap(
    office: Office, provider: FakeProvider
) -> None:
    drafted(office, provider, Reply(REPLY))

    [request] = provider.requests
    sent = str(request.body)
    assert "May I travel by train?" in sent
    assert "say nothing about the last question" in sent
    assert "4111" not in sent
    assert "hans.meier" not in sent


def test_the_request_is_recorded_with_its_cost(office: Office, provider: FakeProvider) -> None:
    drafted(office, provider, Reply(REPLY))

    with office.database.read() as session:
        [call] = session.exec(select(ModelCallRow)).all()
    assert (call.user_id, call.purpose, call.status) == (office.anna.id, "idea", "complete")
    assert min(call.input_tokens, call.output_tokens) > 10
    assert call.usage_source == "provider"
    assert call.cost_micros == 2 * call.input_tokens + 10 * call.output_tokens
    assert call.currency == "EUR"
    assert call.answer_usage_id is None


@pytest.mark.parametrize(
    "reply", [Reply(status=500), Reply(status=429), Reply(""), Reply("I cannot help with that.")]
)
def test_without_a_usable_reply_the_template_is_there(
    office: Office, provider: FakeProvider, reply: Reply
) -> None:
    assert drafted(office, provider, reply) == template(office)


@pytest.mark.parametrize(
    "title",
    [
        "Short",
        "x" * 101,
        "Save 64,000 EUR a year with travel answers",
        "Look at [this](https://evil.example/x) page",
        "<b>Answers</b> about travel classes",
    ],
)
def test_a_part_that_cannot_be_used_comes_from_the_template(
    office: Office, provider: FakeProvider, title: str
) -> None:
    texts = drafted(office, provider, Reply(REPLY.replace(TITLE, title)))

    assert texts == DraftedTexts(template(office).title, PROBLEM, PROPOSAL)


def test_labels_are_found_however_they_are_set(office: Office, provider: FakeProvider) -> None:
    reply = f"Sure!\n\n**Title:** {TITLE}\n\n**Problem:**\n{PROBLEM}\n\n- Proposal: {PROPOSAL}\n"

    assert drafted(office, provider, Reply(reply)) == DraftedTexts(TITLE, PROBLEM, PROPOSAL)


def test_the_prompt_keeps_its_words() -> None:
    content = files("ideas").joinpath("prompts", f"{CURRENT}.toml").read_bytes()

    assert hashlib.sha256(content).hexdigest() == KEPT
