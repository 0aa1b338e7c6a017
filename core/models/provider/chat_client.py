"""Adapts ChatOpenAI to servers that keep only roughly to the protocol; imported at first use."""

from __future__ import annotations

from typing import Any

from langchain_core.outputs import ChatGenerationChunk
from langchain_openai import ChatOpenAI

THOUGHT_FIELDS = ("reasoning_content", "reasoning", "reasoning_details", "thinking")


class LenientChatOpenAI(ChatOpenAI):
    """Reads pieces without choices or delta, and keeps that there were thoughts or a refusal.

    ChatOpenAI leaves both out on purpose and asks for a subclass where they are needed. The words
    of thoughts are not kept, only their number of characters.
    """

    def _convert_chunk_to_generation_chunk(
        self,
        chunk: dict[str, Any],
        default_chunk_class: type,
        base_generation_info: dict[str, Any] | None,
    ) -> ChatGenerationChunk | None:
        choices = [_repaired(choice) for choice in chunk.get("choices") or []]
        converted = super()._convert_chunk_to_generation_chunk(
            {**chunk, "choices": choices}, default_chunk_class, base_generation_info
        )
        if converted is not None and choices:
            delta = choices[0]["delta"]
            converted.message.additional_kwargs |= {
                "thoughts": _thoughts(delta),
                # Numbers, because LangChain sums the pieces of a stream.
                "refusals": int(bool(delta.get("refusal"))),
            }
        return converted


def _repaired(choice: dict[str, Any]) -> dict[str, Any]:
    """Give a choice a delta whose role is the one that answers, whatever the server called it."""
    delta = choice.get("delta") or {}
    return {**choice, "delta": {**delta, "role": "assistant"}}


def _thoughts(delta: dict[str, Any]) -> int:
    """Return how many characters of thoughts came apart from the answer."""
    content = delta.get("content")
    parts = content if isinstance(content, list) else []
    apart = [part for part in parts if isinstance(part, dict) and part.get("type") != "text"]
    return sum(len(str(delta[name])) for name in THOUGHT_FIELDS if delta.get(name)) + sum(
        len(str(part)) for part in apart
    )
