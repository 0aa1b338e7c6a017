"""Tells all that the guard finds in one text, by its place."""

from collections.abc import Callable
from dataclasses import dataclass

from core.guardrails.detectors import Hit, Kind, detect
from core.guardrails.guard import Guard, nobody
from core.guardrails.injection import find_injections
from core.guardrails.requests import find_requests
from core.guardrails.words.names import NameList


@dataclass(frozen=True, slots=True)
class Suspicion:
    """How much a text speaks to a language model.

    `score` is 1 for a phrase that holds a document back, 0.5 for a request about the answer, which
    an administrator is shown, and 0 otherwise. `reason` names the rule, "" where there is none.
    """

    score: float
    is_blocked: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Scan:
    """Values by their character offsets, and the text as it would leave."""

    personal: tuple[Hit, ...]
    secrets: tuple[Hit, ...]
    suspicion: Suspicion
    masked: str


def scan(text: str, guard: Guard, names: Callable[[], NameList] = nobody) -> Scan:
    """Look at one text as at a question and as at a document."""
    hits = [hit for hit in detect(text, names()) if hit.kind is not Kind.LITERAL]
    return Scan(
        tuple(hit for hit in hits if hit.kind is not Kind.SECRET),
        tuple(hit for hit in hits if hit.kind is Kind.SECRET),
        _suspicion(text),
        guard.masker().mask(text).text,
    )


def _suspicion(text: str) -> Suspicion:
    if injections := find_injections(text):
        return Suspicion(1.0, is_blocked=True, reason=injections[0].rule)
    if requests := find_requests(text):
        return Suspicion(0.5, is_blocked=False, reason=requests[0].rule)
    return Suspicion(0.0, is_blocked=False, reason="")
