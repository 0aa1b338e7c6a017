"""Builds the messages for the language model from a versioned prompt file."""

import re
import secrets
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from langchain_core.messages import BaseMessage
from langchain_core.prompts import ChatPromptTemplate

from core.domain.answers import RetrievedChunk, Turn
from core.domain.ports import ChatMessage
from rag.prompting.context import PromptContext, in_words

ABSTENTION = "NOT_IN_DOCUMENTS"
CURRENT = "answer.v3"
FREE = "free.v1"
HISTORY_TURNS = 4
_VARIABLE = re.compile(r"\{\w+\}")
_FENCE = re.compile(r"between the marks (=== \w{16} ===)")


@dataclass(frozen=True, slots=True)
class Prompt:
    """One version of the prompt."""

    version: str
    template: ChatPromptTemplate
    company: str

    @property
    def instructions(self) -> tuple[str, ...]:
        """The constant texts around question, sources and conversation."""
        fixed = (m.prompt.template for m in self.template.messages if hasattr(m, "prompt"))
        return tuple(part for text in fixed for part in _VARIABLE.split(text) if part.strip())

    def messages(
        self,
        question: str,
        history: Sequence[Turn],
        sources: Sequence[RetrievedChunk],
        context: PromptContext,
    ) -> list[ChatMessage]:
        """Return the system and the user message, with document text between fences.

        Earlier answers are fenced too. The fence is random for each request, so no document can
        close it.
        """
        fence = f"=== {secrets.token_hex(8)} ==="
        formatted = self.template.format_messages(
            company=self.company,
            abstention=ABSTENTION,
            fence=fence,
            today=f"{context.day:%A}, {in_words(context.day)}",
            person=context.person,
            sources=numbered_sources(sources, context),
            history=_history(history, fence),
            question=question,
        )
        return [_message(message) for message in formatted]


def load_prompt(company: str, version: str = CURRENT) -> Prompt:
    """Read `rag/prompts/<version>.toml`."""
    raw = files("rag").joinpath("prompts", f"{version}.toml").read_text(encoding="utf-8")
    content = tomllib.loads(raw)
    template = ChatPromptTemplate.from_messages(
        [("system", content["system"].strip()), ("human", content["user"].strip())]
    )
    return Prompt(content["version"], template, company)


def fences(messages: Sequence[ChatMessage]) -> list[str]:
    """Return the random marks of these messages."""
    return [mark for message in messages for mark in _FENCE.findall(message.text)]


def numbered_sources(sources: Sequence[RetrievedChunk], context: PromptContext) -> str:
    """Return a line such as `[1] Title > Heading, page 3, collection HR` above each passage."""
    return "\n\n".join(_source(n, hit, context) for n, hit in enumerate(sources, start=1))


def _source(number: int, hit: RetrievedChunk, context: PromptContext) -> str:
    chunk = hit.chunk
    location = " > ".join((chunk.document_title, *chunk.headings))
    place = f"page {chunk.page_from}{context.origin(hit)}"
    return f"[{number}] {location}, {place}\n{chunk.text}"


def _history(history: Sequence[Turn], fence: str) -> str:
    """Return the conversation, fenced like the sources: an answer holds words of documents."""
    if not history:
        return ""
    lines = "\n".join(f"{turn.role}: {turn.text}" for turn in history[-HISTORY_TURNS:])
    return f"Conversation so far, between the marks {fence}:\n{fence}\n{lines}\n{fence}\n\n"


def _message(message: BaseMessage) -> ChatMessage:
    return ChatMessage("system" if message.type == "system" else "user", str(message.content))
