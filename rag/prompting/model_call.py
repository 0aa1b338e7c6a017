"""One request to a language model, as it is recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.domain.clock import new_id
from core.domain.ports import ChatMessage, ModelDelta, ModelUsage
from core.errors import ModelError


@dataclass(slots=True)
class ModelCall:
    """One request to a language model, as far as it got.

    `is_charged` says that the provider had begun to work on it, so that it costs something. Times
    are in milliseconds from its start.
    """

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
    hidden_characters: int = 0
    is_charged: bool = False
    id: str = field(default_factory=new_id)

    def note(self, delta: ModelDelta) -> None:
        """Keep what a piece of the stream says about the request, without its text."""
        self.is_charged |= delta.characters > 0
        self.hidden_characters += delta.hidden_characters
        self.usage = delta.usage or self.usage
        self.model_responded = delta.model or self.model_responded
        self.finish_reason = delta.finish_reason or self.finish_reason

    def read(self, delta: ModelDelta) -> None:
        """Keep a piece with its text, for replies that nobody watches being written."""
        self.note(delta)
        if delta.withdraws:
            self.hidden_characters += len(self.reply)
            self.reply = ""
        self.reply += delta.text

    def note_error(self, error: ModelError) -> None:
        """Keep how the request failed, and whether the provider had begun to work on it."""
        self.error_type = type(error).__name__
        self.is_charged |= error.may_be_charged
