"""Has the language model complete a follow-up question, and checks what it writes."""

import logging
import re
import secrets
import time
import tomllib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from string import Template

from core.domain.answers import Turn
from core.domain.ports import ChatMessage, ChatModel
from core.errors import ModelError
from core.guardrails.guard import NewMasker, plain_masker
from core.guardrails.output import inert
from core.model_calls import ModelCall
from rag.prompting.prompt import HISTORY_TURNS
from rag.reading.question_words import QUESTION_WORDS

CURRENT = "rewrite.v1"
# The answer waits this long; then the question is searched with the questions before it.
DEADLINE_S = 8.0
LONGEST_QUESTION = 300
LONGEST_REPLY = 2 * LONGEST_QUESTION
_MARKUP = re.compile(r"[`*\[\]{}|<>\\]")
_FIGURE = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")

Terms = Callable[[str], Sequence[str]]
"""Returns the index terms of a text: lower case, stemmed, without stop words."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rewriting:
    """The outcome of completing a question.

    `question` stands alone, "" if the model gave none that can be used. `call` is the request, and
    `masked_values` counts the values that were masked in it.
    """

    question: str
    call: ModelCall
    masked_values: int


@dataclass(frozen=True, slots=True)
class _Prompt:
    system: str
    user: Template


class ModelRewriter:
    """A rewriter of follow-up questions that makes one short request to a language model.

    Personal data and secrets are masked as in the request for the answer.
    """

    def __init__(
        self,
        model: ChatModel,
        terms: Terms,
        deadline_s: float = DEADLINE_S,
        new_masker: NewMasker = plain_masker,
    ) -> None:
        self._new_masker = new_masker
        self._model = model
        self._terms = terms
        self._deadline_s = deadline_s
        self._prompt = _load(CURRENT)

    def rewrite(
        self,
        question: str,
        history: Sequence[Turn],
        announce: Callable[[ModelCall], None] = lambda _: None,
    ) -> Rewriting:
        """Return the completed question; never raises for what the provider does.

        A failed or unusable reply gives an empty question. `announce` is called with the request
        before it is sent.
        """
        masker = self._new_masker("")
        masked = masker.mask(_request(self._prompt.user, question, history))
        call = self._ask(masked.text, announce)
        reply = _plain(call.reply)
        standalone = masker.restore(reply)
        if call.error_type or not self._is_sane(reply, standalone, question, history):
            logger.warning("question not rewritten error=%s", call.error_type or "reply")
            standalone = ""
        return Rewriting(standalone, call, len(masked.replacements))

    def _ask(self, content: str, announce: Callable[[ModelCall], None]) -> ModelCall:
        messages = [ChatMessage("system", self._prompt.system), ChatMessage("user", content)]
        call = ModelCall(self._model.provider, self._model.name, messages)
        announce(call)
        started = time.monotonic()
        try:
            _read(self._model, call, started + self._deadline_s)
        except ModelError as error:
            call.note_error(error)
        call.total_ms = round((time.monotonic() - started) * 1000)
        return call

    def _is_sane(self, reply: str, standalone: str, question: str, history: Sequence[Turn]) -> bool:
        """Return whether a reply is one line without markup, on the topic, that adds nothing new.

        `reply` is what the model wrote, `standalone` the same with the masked values restored.
        """
        if not 0 < len(standalone) <= LONGEST_QUESTION or len(standalone.splitlines()) > 1:
            return False
        if inert(reply) != reply or _MARKUP.search(standalone):
            return False
        if standalone.endswith((".", "!")) and not question.rstrip().endswith((".", "!")):
            return False
        context = " ".join([*(turn.text for turn in history), question])
        if set(_FIGURE.findall(standalone)) - set(_FIGURE.findall(context)):
            return False
        return self._is_about(standalone, question, history)

    def _is_about(self, standalone: str, question: str, history: Sequence[Turn]) -> bool:
        """Return whether the reply keeps to the question, with at least half of its words known."""
        terms = self._content(standalone)
        question_terms = self._content(question)
        earlier = self._content(" ".join(turn.text for turn in history if turn.role == "user"))
        context_terms = self._content(" ".join(turn.text for turn in history)) | question_terms
        is_on_topic = bool(terms & (question_terms or earlier))
        return is_on_topic and 2 * len(terms & context_terms) >= len(terms)

    def _content(self, text: str) -> set[str]:
        """Return the terms of what a text is about."""
        words = [word for word in _WORD.findall(text) if word.lower() not in QUESTION_WORDS]
        return set(self._terms(" ".join(words)))


def _read(model: ChatModel, call: ModelCall, end: float) -> None:
    """Read until the reply is too long to be a question or too late to wait for."""
    with closing(model.stream(call.messages, purpose="rewrite", prompt=CURRENT)) as deltas:
        for delta in deltas:
            call.read(delta)
            if time.monotonic() > end:
                call.error_type = "ModelTimeout"
                return
            if len(call.reply) > LONGEST_REPLY:
                return


def _request(template: Template, question: str, history: Sequence[Turn]) -> str:
    """Return the user message; its random fence keeps the conversation from closing it."""
    turns = [f"{turn.role}: {turn.text}" for turn in history[-HISTORY_TURNS:]]
    fence = f"=== {secrets.token_hex(8)} ==="
    return template.substitute(fence=fence, history="\n".join(turns), question=question)


def _plain(reply: str) -> str:
    """Return the reply without the quotation marks that models like to put around a question."""
    text = reply.strip()
    quoted = len(text) > 1 and text[0] in "\"“'" and text[-1] in "\"”'"
    return text[1:-1].strip() if quoted else text


def _load(version: str) -> _Prompt:
    raw = files("rag").joinpath("prompts", f"{version}.toml").read_text(encoding="utf-8")
    content = tomllib.loads(raw)
    return _Prompt(content["system"].strip(), Template(content["user"].strip()))
