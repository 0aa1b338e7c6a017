"""Sentences with private values, and a chat all of whose requests a recording provider keeps."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from core.domain.answers import Answer
from core.domain.identity import User
from core.guardrails.guard import Guard
from core.guardrails.modes import GuardPolicy
from core.guardrails.words.names import NameList
from core.models.chat import ChatEndpoint, ChatLimits, OpenAICompatibleChat
from rag.finding.model_rewriting import ModelRewriter
from rag.grounding.judges.lexical import LexicalJudge
from rag.grounding.judges.llm import LlmJudge
from rag.service import Chat
from rag.writing.events import AnswerFinished
from tests.rag.conftest import Knowledge
from tools.trial.private_forms import PrivateForm, filled_in
from tools.trial.provider import FakeProvider

HERE = Path(__file__).parent
PEOPLE = NameList(
    [
        *("Anna Nowak", "Piotr Kowalski", "Jürgen Müller", "Marie Dupont", "Sofia de Vries"),
        "Tom O'Brien",
    ]
)
PIECE = 5
"""Characters of a value that must not be left over next to its placeholder."""


def sentences(name: str) -> tuple[PrivateForm, ...]:
    """The sentences of a file beside this one."""
    return tuple(filled_in(tomllib.loads((HERE / name).read_text(encoding="utf-8"))))


def canaries(forms: Iterable[PrivateForm]) -> set[str]:
    """The values that must not leave, and longer pieces of them."""
    values = {value for form in forms for value in form.values}
    return values | {p for value in values for p in re.findall(rf"\w{{{PIECE},}}", value)}


def model(provider: FakeProvider) -> OpenAICompatibleChat:
    endpoint = ChatEndpoint(provider.base_url, "fake-1", "key", "local")
    return OpenAICompatibleChat(
        endpoint, ChatLimits(timeout_s=60, max_retries=1, max_output_tokens=400)
    )


def guarded_chat(
    knowledge: Knowledge, provider: FakeProvider, policy: GuardPolicy | None = None
) -> Chat:
    """A chat in which every part that can ask a language model does."""
    guard = Guard(policy or GuardPolicy(), lambda: PEOPLE)
    asked = model(provider)
    return knowledge.chat(
        asked,
        judge=LlmJudge(asked, LexicalJudge(knowledge.embedder), guard.masker),
        rewriter=ModelRewriter(asked, knowledge.keywords.terms, new_masker=guard.masker),
        guard=guard,
    )


def ask(chat: Chat, user: User, question: str, conversation: str | None = None) -> Answer:
    *_, last = chat.ask(user, question, conversation_id=conversation)
    assert isinstance(last, AnswerFinished)
    return last.answer


def sent(provider: FakeProvider) -> str:
    """All that was sent, of chats and embeddings, as it was and decoded."""
    bodies = [request.raw.decode() for request in provider.requests]
    texts = [m["content"] for r in provider.requests for m in r.body.get("messages", ())]
    inputs = [text for r in provider.requests for text in r.body.get("input", ())]
    return "\n".join([*bodies, *texts, *inputs])


def leaked(provider: FakeProvider, forms: Sequence[PrivateForm]) -> list[str]:
    everything = sent(provider)
    return [value for form in forms for value in form.values if value in everything]
