"""What is known of a request to a model provider once it is over; nothing of its text."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from core.domain.ports import ModelUsage


class Operation(StrEnum):
    """What a provider is asked for, in the words of OpenTelemetry (`gen_ai.operation.name`)."""

    CHAT = "chat"
    EMBEDDINGS = "embeddings"


@dataclass(frozen=True, slots=True)
class FinishedCall:
    """One request to a provider after its end, retries included.

    `usage` is the provider's count, None where it gave none; `characters` were sent. An empty
    `error_type` means that it did not fail. `first_chunk_s` is None for a reply in one piece.
    """

    operation: Operation
    provider: str
    model_requested: str
    total_s: float
    model_responded: str = ""
    usage: ModelUsage | None = None
    characters: int = 0
    error_type: str = ""
    is_charged: bool = True
    first_chunk_s: float | None = None


LONGEST_NAME = 120


def plain_name(name: str) -> str:
    """Return what of a name can be stored and shown, however a provider spells it."""
    return "".join(filter(str.isprintable, name))[:LONGEST_NAME]


CallObserver = Callable[[FinishedCall], None]


Admission = Callable[[str, str, int], CallObserver]
"""Lets a request to a provider and model with at most so many tokens through, or raises.

What it returns is told how the request ended.
"""


def admit_all(_provider: str, _model: str, _most_tokens: int) -> CallObserver:
    """Let every request through."""
    return unobserved


def unobserved(_call: FinishedCall) -> None:
    """Tell nobody of a request."""
