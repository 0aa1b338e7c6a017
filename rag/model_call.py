"""One request to a language model, as it is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.ports import ChatMessage, ModelUsage


@dataclass(slots=True)
class ModelCall:
    """One request to a language model, as far as it got."""

    provider: str
    model_requested: str
    messages: Sequence[ChatMessage]
    model_responded: str = ""
    usage: ModelUsage | None = None
    finish_reason: str = ""
    error_type: str = ""
    first_token_ms: int | None = None
    total_ms: int = 0
    reply: str = ""
