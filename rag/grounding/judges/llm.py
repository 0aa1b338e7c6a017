"""Judges support with a language model: one request for each answer, strict JSON in reply."""

import json
import logging
import secrets
import time
import tomllib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from string import Template

from core.domain.answers import Support
from core.domain.ports import ChatMessage, ChatModel
from core.errors import ModelError
from core.guardrails.guard import NewMasker, plain_masker
from core.guardrails.masking import Masker
from core.model_calls import ModelCall
from rag.grounding.verdicts import Claim, Judgement, SupportJudge, Verdict

CURRENT = "support.v1"
# Limits of one request and its reply; above those of the request the fallback judge decides.
MOST_CLAIMS = 40
MOST_CHARACTERS = 60_000
LONGEST_REPLY = 20_000
LONGEST_REASON = 160

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Prompt:
    system: str
    user: Template


class LlmJudge:
    """A judge that asks a chat model; if that fails, the fallback judge decides.

    A reply that is not the JSON asked for counts as a failure. Personal data and secrets are masked
    before they leave, as in the request for the answer.
    """

    def __init__(
        self, model: ChatModel, fallback: SupportJudge, new_masker: NewMasker = plain_masker
    ) -> None:
        self._new_masker = new_masker
        self._model = model
        self._fallback = fallback
        self._prompt = _load(CURRENT)

    def judge(self, claims: Sequence[Claim]) -> Judgement:
        """Return verdicts of the model with its call, or of the fallback judge if it failed.

        Claims above the limits of one request go to the fallback judge without a call.
        """
        size = sum(len(text) for claim in claims for text in (claim.sentence, *claim.passages))
        if not claims or len(claims) > MOST_CLAIMS or size > MOST_CHARACTERS:
            return self._fallback.judge(claims)
        masker = self._new_masker("")
        call = self._request(claims, masker)
        verdicts = _parsed(masker.restore(call.reply), len(claims)) if not call.error_type else None
        if verdicts is None:
            logger.warning(
                "support judge failed, words decide error=%s", call.error_type or "reply"
            )
            verdicts = self._fallback.judge(claims).verdicts
        return Judgement(verdicts, call)

    def _request(self, claims: Sequence[Claim], masker: Masker) -> ModelCall:
        content = masker.mask(_content(self._prompt.user, claims)).text
        messages = [ChatMessage("system", self._prompt.system), ChatMessage("user", content)]
        call = ModelCall(self._model.provider, self._model.name, messages)
        started = time.monotonic()
        try:
            _read(self._model, call)
        except ModelError as error:
            call.note_error(error)
        call.total_ms = round((time.monotonic() - started) * 1000)
        return call


def _read(model: ChatModel, call: ModelCall) -> None:
    with closing(model.stream(call.messages, purpose="judge", prompt=CURRENT)) as deltas:
        for delta in deltas:
            call.read(delta)
            if len(call.reply) > LONGEST_REPLY:
                return


def _content(template: Template, claims: Sequence[Claim]) -> str:
    """List each passage once, with a number; the random fence keeps documents from closing it."""
    numbers = {text: n for n, text in enumerate(dict.fromkeys(_passages(claims)), start=1)}
    sources = "\n\n".join(f"[{number}] {text}" for text, number in numbers.items())
    sentences = "\n".join(
        f"{n}. (cites {', '.join(f'[{numbers[p]}]' for p in claim.passages)}) {claim.sentence}"
        for n, claim in enumerate(claims, start=1)
    )
    fence = f"=== {secrets.token_hex(8)} ==="
    return template.substitute(fence=fence, sources=sources, sentences=sentences)


def _passages(claims: Sequence[Claim]) -> list[str]:
    return [text for claim in claims for text in claim.passages]


def _parsed(reply: str, count: int) -> tuple[Verdict, ...] | None:
    """Return the verdicts of sentences 1 to `count`, or None unless each has exactly one."""
    start, end = reply.find("{"), reply.rfind("}")
    try:
        entries = json.loads(reply[start : end + 1])["verdicts"]
        verdicts = {int(e["sentence"]): _verdict(e) for e in entries}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if len(entries) != count or set(verdicts) != set(range(1, count + 1)):
        return None
    return tuple(verdicts[number] for number in range(1, count + 1))


def _verdict(entry: dict[str, object]) -> Verdict:
    support = Support(str(entry["support"]))
    if support is Support.NOT_CHECKED:
        raise ValueError("a judge that was asked has to decide")
    reason = " ".join(str(entry.get("reason") or "").split())[:LONGEST_REASON]
    return Verdict(support, "" if support is Support.SUPPORTED else reason)


def _load(version: str) -> _Prompt:
    raw = files("rag").joinpath("prompts", f"{version}.toml").read_text(encoding="utf-8")
    content = tomllib.loads(raw)
    return _Prompt(content["system"].strip(), Template(content["user"].strip()))
