"""Tells how an answer ended from the many words that servers have for it."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from core.errors import ModelCutShort, ModelError, ModelRefusedRequest, ModelUnavailable
from core.models.provider import sentences

# OpenAI, vLLM, llama.cpp and Ollama say "length"; gateways pass on the words of Anthropic, Gemini,
# Mistral, Bedrock and DeepSeek.
_LENGTH = frozenset(
    {"length", "max_tokens", "model_length", "max_output_tokens", "model_context_window_exceeded"}
)
_FILTER = frozenset(
    {
        "content_filter",
        "content_filtered",
        "guardrail_intervened",
        "safety",
        "recitation",
        "blocklist",
        "prohibited_content",
        "spii",
        "refusal",
        "sensitive",
    }
)
_TOOL = frozenset(
    {"tool_calls", "function_call", "tool_call", "tool_use", "malformed_function_call"}
)
_ERROR = frozenset({"error", "abort", "aborted", "cancelled", "insufficient_system_resource"})


class Ending(StrEnum):
    """Why the provider stopped writing."""

    DONE = "done"
    LENGTH = "length"
    FILTER = "filter"
    TOOL = "tool"
    ERROR = "error"


def ending_of(finish_reason: str) -> Ending:
    """Return the ending for a finish reason; an unknown reason means a whole answer."""
    reason = finish_reason.lower()
    for ending, words in {
        Ending.LENGTH: _LENGTH,
        Ending.FILTER: _FILTER,
        Ending.TOOL: _TOOL,
        Ending.ERROR: _ERROR,
    }.items():
        if reason in words:
            return ending
    return Ending.DONE


def problem_of(ending: Ending, *, has_text: bool) -> ModelError | None:
    """Return the error that tells how an answer ended, None for a whole one."""
    match ending:
        case Ending.DONE:
            return None if has_text else ModelCutShort(sentences.EMPTY, advice=sentences.TRY_MODEL)
        case Ending.LENGTH:
            message = sentences.CUT if has_text else sentences.CUT_BEFORE
            return ModelCutShort(message, advice=sentences.RAISE_LIMIT)
        case Ending.FILTER if has_text:
            return ModelCutShort(sentences.FILTERED, advice=sentences.FILTER_SETTINGS)
        case Ending.FILTER:
            return ModelRefusedRequest(sentences.REFUSED, advice=sentences.FILTER_SETTINGS)
        case Ending.TOOL:
            message = sentences.TOOL if has_text else sentences.TOOL_BEFORE
            return ModelCutShort(message, advice=sentences.NO_TOOLS)
        case Ending.ERROR:
            return ModelUnavailable(sentences.GAVE_UP if has_text else sentences.GAVE_UP_BEFORE)
    assert_never(ending)
