"""What a provider receives of sentences as people type them: no byte of a private value.

The sentences of private_sentences.toml and private_sentences_unseen.toml go through every field of
every kind of request that leaves.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from core.domain.batches import batched
from core.domain.identity import User
from core.guardrails.guard import Guard
from core.guardrails.modes import GuardMode, GuardPolicy
from core.model_calls import Tariff
from core.models.endpoint_embedder import EndpointEmbedder
from core.storage.tables import ModelCallRow
from core.storage.tables.usage import IDEA_PURPOSE
from ideas.cards.drafting import Asked, ModelDrafter
from rag.service import Chat
from tests.rag.conftest import Knowledge
from tests.rag.wire import PEOPLE, ask, canaries, guarded_chat, model, sent, sentences
from tools.trial.private_forms import PrivateForm
from tools.trial.provider import FakeProvider, Reply, grounded_echo

ROOT = Path(__file__).parents[2]
FILES = ("private_sentences", "private_sentences_unseen", "private_sentences_further")
SENTENCES = tuple(one for name in FILES for one in sentences(f"{name}.toml"))
BATCHES = [list(batch) for batch in batched(SENTENCES, 6)]
# Three digits of a code stand in many numbers; each sentence on its own is tried with them.
CANARIES = {canary for canary in canaries(SENTENCES) if len(canary) > 3}
LONG = 9
"""Characters of a value that no mark drawn by chance holds."""
FILLER = "The portal keeps each booking with its number for later questions. " * 60


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(Reply(grounded_echo())) as provider:
        yield provider


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    return knowledge.person("anna")


def left(provider: FakeProvider, among: set[str] = CANARIES) -> list[str]:
    """Values, and longer pieces of them, in anything that was sent.

    A short one counts as a word of its own: the marks around passages are drawn by chance.
    """
    everything = sent(provider)
    words = set(re.findall(r"[^\W_]+", everything))
    return [
        canary
        for canary in sorted(among)
        if (canary in words if canary.isalnum() and len(canary) < LONG else canary in everything)
    ]


def text_of(batch: list[PrivateForm]) -> str:
    return "\n\n".join(form.text for form in batch)


def purposes_in_code() -> set[str]:
    """The purposes of all requests to a language model, as the code that makes them names them."""
    named = set()
    for folder in ("rag", "ideas", "admin", "evaluation", "ingestion"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(func=ast.Attribute(attr="stream"), keywords=keywords):
                        named |= {ast.unparse(k.value) for k in keywords if k.arg == "purpose"}
    return {IDEA_PURPOSE if name == "IDEA_PURPOSE" else name.strip("'") for name in named}


@pytest.mark.parametrize("form", SENTENCES, ids=lambda form: form.text[:40])
def test_no_value_of_a_sentence_is_left_when_it_is_masked(form: PrivateForm) -> None:
    masked = Guard(GuardPolicy(), lambda: PEOPLE).masker().mask(form.text).text

    assert [canary for canary in canaries([form]) if canary in masked] == []


def test_there_are_more_than_a_hundred_and_fifty_in_five_languages_and_each_has_a_value() -> None:
    assert len(SENTENCES) > 150
    assert {form.group for form in SENTENCES} >= {"en", "de", "pl", "fr", "nl"}
    assert [form.text for form in SENTENCES if not form.values] == []


def converse(chat_: Chat, anna: User, knowledge: Knowledge, provider: FakeProvider) -> None:
    """Ask with every sentence in the question, the history, a passage and a long document."""
    collection = knowledge.collection("Handbook", is_open=True)
    knowledge.document(
        collection, "Who is who", *(f"Portal note. {text_of(batch)}" for batch in BATCHES)
    )
    long = [f"Rule {n}. {text_of(batch)} {FILLER}" for n, batch in enumerate(BATCHES)]
    knowledge.document(collection, "Travel Policy", *long)
    for batch in BATCHES:
        conversation = chat_.start_conversation(anna, text_of(batch))
        ask(chat_, anna, f"What does the portal note say? {text_of(batch)}", conversation)
        ask(chat_, anna, "and what about this portal note?", conversation)
    provider.script(Reply("", status=500), Reply(grounded_echo()))  # sent a second time
    ask(chat_, anna, "What does the portal note say?")
    ask(chat_, anna, "Summarise the travel policy")


def test_no_value_leaves_with_any_field_of_any_request(
    knowledge: Knowledge, anna: User, provider: FakeProvider
) -> None:
    converse(guarded_chat(knowledge, provider), anna, knowledge, provider)
    guard = Guard(GuardPolicy(), lambda: PEOPLE)
    drafter = ModelDrafter(
        knowledge.database, model(provider), tariff=Tariff(None, "EUR"), new_masker=guard.masker
    )
    for batch in BATCHES:
        drafter.draft(anna, Asked(text_of(batch), tuple(form.text for form in batch)))

    with knowledge.database.read() as session:
        purposes = set(session.exec(select(ModelCallRow.purpose)).all())
    assert purposes == purposes_in_code()
    assert len(provider.requests) > 3 * len(BATCHES)
    assert left(provider) == []


def test_no_value_leaves_for_an_embedding_service_alone_or_in_a_passage(
    provider: FakeProvider,
) -> None:
    guard = Guard(GuardPolicy(), lambda: PEOPLE)
    embedder = EndpointEmbedder(
        provider.base_url, "key", "small", mask=lambda text: guard.masker().mask(text).text
    )

    embedder.embed_passages([text_of(batch) for batch in BATCHES])
    for form in SENTENCES:
        embedder.embed_query(form.text)

    assert len(provider.requests) > len(SENTENCES)
    assert left(provider) == []


def test_with_the_guard_turned_off_all_of_them_leave(
    knowledge: Knowledge, anna: User, provider: FakeProvider
) -> None:
    off = GuardPolicy(GuardMode.OFF, GuardMode.OFF, GuardMode.OFF)
    chat_ = guarded_chat(knowledge, provider, off)
    passages = [f"Portal note. {text_of(batch)}" for batch in BATCHES]
    knowledge.document(knowledge.collection("Handbook", is_open=True), "Who is who", *passages)

    for batch in BATCHES:
        ask(chat_, anna, f"What does the portal note say? {text_of(batch)}")

    everything = sent(provider)
    assert [form.text for form in SENTENCES if any(v not in everything for v in form.values)] == []
