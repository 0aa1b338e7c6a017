"""One request to a language model, as it is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.ports import ChatMessage, ModelDelta, ModelUsage


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

    def note(self, delta: ModelDelta) -> None:
        """Keeps what a piece of the stream says about the request; its text is the caller's."""
        self.usage = delta.usage or self.usage
        self.model_responded = delta.model or self.model_responded
        self.finish_reason = delta.finish_reason or self.finish_reason
