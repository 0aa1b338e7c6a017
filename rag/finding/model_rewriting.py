"""Has the language model complete a follow-up question; what it writes is checked, not trusted."""

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
from core.guardrails.masking import Masker
from core.guardrails.output import inert
from rag.prompting.model_call import ModelCall
from rag.prompting.prompt import HISTORY_TURNS
from rag.reading.question_words import QUESTION_WORDS

CURRENT = "rewrite.v1"
# The answer waits for it; without it the question is searched with what was said before.
DEADLINE_S = 8.0
LONGEST_QUESTION = 300
LONGEST_REPLY = 2 * LONGEST_QUESTION
_MARKUP = re.compile(r"[`*\[\]{}|<>\\]")
_FIGURE = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")

Terms = Callable[[str], Sequence[str]]
"""The index terms of a text: lower case, stemmed, without stop words."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A question that stands alone, "" if the model gave none; the request; values masked in it."""

    question: str
    call: ModelCall
    masked_values: int


@dataclass(frozen=True, slots=True)
class _Prompt:
    system: str
    user: Template


class ModelRewriter:
    """One short request; personal data and secrets are masked as in the request for the answer."""

    def __init__(self, model: ChatModel, terms: Terms, deadline_s: float = DEADLINE_S) -> None:
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
        """Never raises for what the provider does: a failed or strange reply is no question.

        `announce` is called with the request before it is sent.
        """
        masker = Masker()
        masked = masker.mask(_request(self._prompt.user, question, history))
        call = self._asked(masked.text, announce)
        reply = _plain(call.reply)
        standalone = masker.restore(reply)
        if call.error_type or not self._is_sane(reply, standalone, question, history):
            logger.warning("question not rewritten error=%s", call.error_type or "reply")
            standalone = ""
        return Rewriting(standalone, call, len(masked.replacements))

    def _asked(self, content: str, announce: Callable[[ModelCall], None]) -> ModelCall:
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
        """One line without markup, about what was asked, that tells nothing new.

        `reply` is what the model wrote, `standalone` the same with the masked values restored.
        """
        if not 0 < len(standalone) <= LONGEST_QUESTION or len(standalone.splitlines()) > 1:
            return False
        if inert(reply) != reply or _MARKUP.search(standalone):
            return False
        if standalone.endswith((".", "!")) and not question.rstrip().endswith((".", "!")):
            return False
        said = " ".join([*(turn.text for turn in history), question])
        if set(_FIGURE.findall(standalone)) - set(_FIGURE.findall(said)):
            return False
        return self._is_about(standalone, question, history)

    def _is_about(self, standalone: str, question: str, history: Sequence[Turn]) -> bool:
        """Whether it keeps to the question, and at least half of its words were said before."""
        words = self._content(standalone)
        asked = self._content(question)
        earlier = self._content(" ".join(turn.text for turn in history if turn.role == "user"))
        said = self._content(" ".join(turn.text for turn in history)) | asked
        return bool(words & (asked or earlier)) and 2 * len(words & said) >= len(words)

    def _content(self, text: str) -> set[str]:
        """The terms of what a text is about."""
        words = [word for word in _WORD.findall(text) if word.lower() not in QUESTION_WORDS]
        return set(self._terms(" ".join(words)))


def _read(model: ChatModel, call: ModelCall, end: float) -> None:
    """Reads until the reply is too long to be a question or too late to be waited for."""
    with closing(model.stream(call.messages)) as deltas:
        for delta in deltas:
            call.read(delta)
            if time.monotonic() > end:
                call.error_type = "ModelTimeout"
                return
            if len(call.reply) > LONGEST_REPLY:
                return


def _request(template: Template, question: str, history: Sequence[Turn]) -> str:
    """The fence is random for each request, so nothing that was said can close it."""
    turns = [f"{turn.role}: {turn.text}" for turn in history[-HISTORY_TURNS:]]
    fence = f"=== {secrets.token_hex(8)} ==="
    return template.substitute(fence=fence, history="\n".join(turns), question=question)


def _plain(reply: str) -> str:
    """Without the quotation marks that models like to put around a question."""
    text = reply.strip()
    quoted = len(text) > 1 and text[0] in "\"“'" and text[-1] in "\"”'"
    return text[1:-1].strip() if quoted else text


def _load(version: str) -> _Prompt:
    raw = files("rag").joinpath("prompts", f"{version}.toml").read_text(encoding="utf-8")
    content = tomllib.loads(raw)
    return _Prompt(content["system"].strip(), Template(content["user"].strip()))
