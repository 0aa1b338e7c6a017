"""Drafts title, problem and proposal of an idea from what a person asked.

The answer is left out on purpose: everyone reads an idea, and not everyone the documents that stand
behind its answer.
"""

import logging
import re
import secrets
import time
import tomllib
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Protocol

from core.domain.identity import User
from core.domain.on_behalf import on_behalf_of
from core.domain.ports import ChatMessage, ChatModel
from core.errors import ModelError
from core.guardrails.guard import NewMasker, plain_masker
from core.guardrails.output import inert
from core.guardrails.text import clean
from core.model_calls import ModelCall, Origin, Tariff, record_call
from core.storage.database import Database
from core.storage.tables import IDEA_PURPOSE, IDEA_SURFACE
from ideas.cards.fields import TEXT_MAX, TITLE_LENGTH

CURRENT = "draft.v1"
LONGEST_REPLY = 4_000
_LABELLED = re.compile(
    r"^\W*(title|problem|proposal)\W*:\s*(.*?)(?=^\W*(?:title|problem|proposal)\W*:|\Z)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
_FIGURE = re.compile(r"\d+")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DraftedTexts:
    """What was drafted for a person, who reads and corrects it."""

    title: str
    problem: str
    proposal: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, those asked before it, and whether the documents say nothing about it."""

    question: str
    before: tuple[str, ...] = ()
    is_gap: bool = False


class Drafter(Protocol):
    """Drafts the texts of an idea from what a person asked."""

    def draft(self, user: User, asked: Asked) -> DraftedTexts: ...


class TemplateDrafter:
    """Puts question and gap into the fields, without a language model."""

    def draft(self, user: User, asked: Asked) -> DraftedTexts:
        """Return texts that name the question."""
        del user
        question = " ".join(clean(asked.question).text.split()) or "a question from the chat"
        return DraftedTexts(
            title=_shortened(f"Help with: {question}", TITLE_LENGTH[1]),
            problem=f"Someone had to ask: “{_shortened(question, TEXT_MAX // 2)}”. "
            + (GAP if asked.is_gap else EFFORT),
            proposal=CLOSE_GAP if asked.is_gap else ANSWER_THERE,
        )


GAP = (
    "The documents do not answer this, so that people search, ask colleagues and wait for a reply."
)
EFFORT = (
    "The documents say something about it, yet people have to know where, read it and check it "
    "themselves."
)
CLOSE_GAP = (
    "Collect what is missing from those who know, and let AI answer questions of this kind with "
    "the source."
)
ANSWER_THERE = (
    "Let AI answer questions of this kind where they come up, each time with the passage that says "
    "so."
)


class ModelDrafter:
    """Asks a language model once; what it does not write usably comes from the template.

    Personal data and secrets are masked, and the request is recorded with its cost.
    """

    def __init__(
        self,
        database: Database,
        model: ChatModel,
        *,
        tariff: Tariff,
        deadline_s: float = 20.0,
        new_masker: NewMasker = plain_masker,
    ) -> None:
        self._new_masker = new_masker
        self._database = database
        self._model = model
        self._tariff = tariff
        self._deadline_s = deadline_s
        self._prompt = _load(CURRENT)
        self._template = TemplateDrafter()

    def draft(self, user: User, asked: Asked) -> DraftedTexts:
        """Return the texts; never raises for what the provider does."""
        masker = self._new_masker("")
        request = masker.mask(_request(self._prompt, asked)).text
        with on_behalf_of(user, IDEA_SURFACE):
            call = self._ask(request)
        with self._database.begin() as session:
            record_call(
                session,
                user,
                call,
                purpose=IDEA_PURPOSE,
                origin=Origin(IDEA_SURFACE, CURRENT),
                tariff=self._tariff,
            )
        own = self._template.draft(user, asked)
        written = {} if call.error_type else _parts(call.reply)
        told = " ".join([*asked.before, asked.question])
        title, problem, proposal = (
            _usable(masker.restore(written.get(name, "")), told, limits) or getattr(own, name)
            for name, limits in LIMITS.items()
        )
        logger.info("idea drafted error=%s parts=%s", call.error_type, len(written))
        return DraftedTexts(title, problem, proposal)

    def _ask(self, request: str) -> ModelCall:
        messages = [ChatMessage("system", self._prompt.system), ChatMessage("user", request)]
        call = ModelCall(self._model.provider, self._model.name, messages)
        started = time.monotonic()
        try:
            _read(self._model, call, started + self._deadline_s)
        except ModelError as error:
            call.note_error(error)
        call.total_ms = round((time.monotonic() - started) * 1000)
        return call


LIMITS = {"title": TITLE_LENGTH, "problem": (30, 2_000), "proposal": (20, 2_000)}


@dataclass(frozen=True, slots=True)
class _Prompt:
    system: str
    user: Template
    gap: str
    answered: str


def _read(model: ChatModel, call: ModelCall, end: float) -> None:
    """Read until the reply is too long to be a draft or too late to wait for."""
    with closing(model.stream(call.messages, purpose=IDEA_PURPOSE, prompt=CURRENT)) as deltas:
        for delta in deltas:
            call.read(delta)
            if time.monotonic() > end:
                call.error_type = "ModelTimeout"
                return
            if len(call.reply) > LONGEST_REPLY:
                return


def _request(prompt: _Prompt, asked: Asked) -> str:
    return prompt.user.substitute(
        fence=f"=== {secrets.token_hex(8)} ===",
        before="\n".join(asked.before),
        question=asked.question,
        told=prompt.gap if asked.is_gap else prompt.answered,
    )


def _parts(reply: str) -> dict[str, str]:
    return {match[1].lower(): match[2] for match in _LABELLED.finditer(reply)}


def _usable(text: str, told: str, limits: tuple[int, int]) -> str:
    """Return the text as one paragraph; empty if it is too short, too long, marked up or new."""
    shortest, longest = limits
    plain = " ".join(clean(text).text.split()).strip('*_"“” ')
    is_new = set(_FIGURE.findall(plain)) - set(_FIGURE.findall(told))
    is_fit = shortest <= len(plain) <= longest and inert(plain) == plain
    return plain if is_fit and not is_new else ""


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1].rsplit(' ', 1)[0]}…"


def _load(version: str) -> _Prompt:
    raw = files("ideas").joinpath("prompts", f"{version}.toml").read_text(encoding="utf-8")
    stored = tomllib.loads(raw)
    system, user = stored["system"].strip(), Template(stored["user"].strip())
    return _Prompt(system, user, stored["gap"], stored["answered"])
