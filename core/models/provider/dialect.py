"""How a deployment wants its parameters spelled, learnt from what it refuses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.domain.ports import ChatMessage
    from core.models.provider.faults import Fault

# These models of OpenAI know only `max_completion_tokens` and one temperature. All other servers
# (vLLM, Ollama, LM Studio, Mistral, llama.cpp) know `max_tokens`, many of them nothing else.
_REASONING_MODEL = re.compile(r"^(?:openai/)?(?:o\d|gpt-[5-9])(?!.*chat)", re.IGNORECASE)
SYSTEM = "system"
_LIMITS = ("max_tokens", "max_completion_tokens")


@dataclass(frozen=True, slots=True)
class Dialect:
    """The parameters that a deployment is sent; `limit` is "" where it knows no limit at all."""

    limit: str = "max_tokens"
    has_temperature: bool = True
    has_stream_options: bool = True
    has_system_role: bool = True
    refused: frozenset[str] = frozenset()

    @property
    def sent(self) -> frozenset[str]:
        """The names of the parameters that may be refused."""
        names = {
            self.limit: bool(self.limit),
            "temperature": self.has_temperature,
            "stream_options": self.has_stream_options,
        }
        return frozenset(name for name, is_sent in names.items() if is_sent)

    def refused_by(self, fault: Fault) -> str:
        """Return the parameter that the deployment does not know, "" if that is not the fault."""
        if self.has_system_role and fault.refuses_system_role:
            return SYSTEM
        return fault.refused_parameter(self.sent)

    def without(self, parameter: str) -> Dialect:
        """Return the next dialect after `parameter` was refused: its other spelling, or none."""
        refused = self.refused | {parameter}
        match parameter:
            case "temperature":
                return replace(self, has_temperature=False, refused=refused)
            case "system":
                return replace(self, has_system_role=False, refused=refused)
            case "stream_options":
                return replace(self, has_stream_options=False, refused=refused)
            case _:
                limit = next((name for name in _LIMITS if name not in refused), "")
                return replace(self, limit=limit, refused=refused)

    def messages(self, messages: Sequence[ChatMessage]) -> list[tuple[str, str]]:
        """Return role and text of each message; rules without a role precede the first message."""
        if self.has_system_role:
            return [(message.role, message.text) for message in messages]
        rules = [message.text for message in messages if message.role == SYSTEM]
        first, *turns = (message for message in messages if message.role != SYSTEM)
        first_text = "\n\n".join([*rules, first.text])
        return [(first.role, first_text), *((turn.role, turn.text) for turn in turns)]

    def parameters(self, temperature: float, max_output_tokens: int) -> dict[str, Any]:
        """Return the arguments of ChatOpenAI.stream.

        ChatOpenAI 1.x renames its own `max_tokens` to `max_completion_tokens`; `extra_body` is the
        way around it.
        """
        arguments: dict[str, Any] = {"stream_usage": self.has_stream_options}
        if self.has_temperature:
            arguments["temperature"] = temperature
        if self.limit:
            arguments["extra_body"] = {self.limit: max_output_tokens}
        return arguments


def first_dialect(model: str) -> Dialect:
    """Return the dialect in which a deployment of this name is asked first."""
    if _REASONING_MODEL.match(model):
        return Dialect(limit="max_completion_tokens", has_temperature=False)
    return Dialect()
