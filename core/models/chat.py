"""Streams answers from any provider that speaks the OpenAI chat completions protocol."""

from __future__ import annotations

import re
import time
import weakref
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core.domain.ports import ModelDelta, ModelUsage
from core.errors import ModelError, ModelRefusedRequest, ModelStreamBroken
from core.models.account_headers import drop_account_headers
from core.models.provider_errors import BROKEN, ENDLESS, REFUSED, UNREADABLE, translate
from core.models.retry import retrying

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk
    from langchain_openai import ChatOpenAI

    from core.domain.ports import ChatMessage

# These models of OpenAI know only `max_completion_tokens` and one temperature. All other servers
# (vLLM, Ollama, LM Studio, Mistral, llama.cpp) know `max_tokens`, many of them nothing else.
_REASONING_MODEL = re.compile(r"^(?:openai/)?(?:o\d|gpt-[5-9])(?!.*chat)", re.IGNORECASE)
# No tokenizer packs more; a server that goes on regardless of max_tokens is cut off here.
_MAX_CHARACTERS_PER_TOKEN = 40
_CONNECT_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class ChatEndpoint:
    """Where a model is reached; `base_url` ends with /v1, an empty key is for local servers."""

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    provider: str = "openai"


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """How a model is asked; `timeout_s` is the longest silence in seconds."""

    temperature: float = 0.0
    max_output_tokens: int = 800
    timeout_s: float = 60.0
    max_retries: int = 2


class OpenAICompatibleChat:
    """A ChatModel over langchain_openai.ChatOpenAI; safe to share between threads.

    Nothing but the endpoint is contacted, and nothing is read from OPENAI_* or LANGSMITH_*
    variables; proxy variables count, as an operator expects of them.
    """

    def __init__(
        self,
        endpoint: ChatEndpoint,
        limits: ChatLimits | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._endpoint = endpoint
        self._limits = limits or ChatLimits()
        self._sleep = sleep

    @property
    def name(self) -> str:
        """The model as the provider spells it."""
        return self._endpoint.model

    @property
    def provider(self) -> str:
        """The provider's name in usage and prices."""
        return self._endpoint.provider

    def stream(self, messages: Sequence[ChatMessage]) -> Generator[ModelDelta, None, None]:
        """Yields the answer piece by piece; closing the iterator closes the connection.

        Usage may come in none, one or several of the last pieces; the last one counts. Tries
        again before the first word only. Raises a ModelError; after the first piece only
        ModelStreamBroken, ModelTimeout or ModelUnavailable.
        """
        retry = retrying(self._limits.max_retries, self._sleep)
        yield from self._pass_on(retry(self._open, messages))

    def _open(self, messages: Sequence[ChatMessage]) -> _Opened:
        """Reads up to the first word, or to the end of an answer without words."""
        from langsmith.run_helpers import tracing_context

        prompt = [(message.role, message.text) for message in messages]
        opened = _Opened(self._client.stream(prompt))
        try:
            # Tracing is decided when the stream starts, that is at the first piece.
            with tracing_context(enabled=False):
                first = opened.pull()
            while first is not None and not first.text:
                first = opened.pull()
            _check_words(opened)
        except Exception as error:
            opened.close()
            raise _as_model_error(error, is_started=False) from error
        return opened

    def _pass_on(self, opened: _Opened) -> Iterator[ModelDelta]:
        allowance = self._limits.max_output_tokens * _MAX_CHARACTERS_PER_TOKEN
        try:
            yield from opened.head
            while (delta := opened.pull(keep=False)) is not None:
                allowance -= len(delta.text)
                _check_length(allowance)
                yield delta
            _check_end(opened)
        except Exception as error:
            raise _as_model_error(error, is_started=True) from error
        finally:
            opened.close()

    @cached_property
    def _client(self) -> ChatOpenAI:
        from langchain_openai import ChatOpenAI
        from openai import DefaultHttpxClient, Timeout

        endpoint, limits = self._endpoint, self._limits
        timeout = Timeout(limits.timeout_s, connect=min(_CONNECT_TIMEOUT_S, limits.timeout_s))
        http_client = DefaultHttpxClient(
            timeout=timeout, event_hooks={"request": [drop_account_headers]}
        )
        weakref.finalize(self, http_client.close)
        return ChatOpenAI(
            model=endpoint.model,
            base_url=endpoint.base_url,
            # Never empty: an empty key makes the client read OPENAI_API_KEY.
            api_key=endpoint.api_key or "none",
            timeout=timeout,
            max_retries=0,
            http_client=http_client,
            openai_proxy=None,  # otherwise read from OPENAI_PROXY
            stream_usage=True,
            use_responses_api=False,  # otherwise chosen by the model's name
            **self._parameters(),
        )

    def _parameters(self) -> dict[str, Any]:  # Any: values of several types, as ChatOpenAI wants
        """Temperature and output limit in the spelling this model knows.

        ChatOpenAI 1.x renames its own `max_tokens` to `max_completion_tokens`; `extra_body` is
        the way around it.
        """
        limits = self._limits
        if _REASONING_MODEL.match(self._endpoint.model):
            return {"max_completion_tokens": limits.max_output_tokens}
        return {
            "temperature": limits.temperature,
            "extra_body": {"max_tokens": limits.max_output_tokens},
        }


class _Opened:
    """A running stream: what was read of it before the first word, and how it ended."""

    def __init__(self, chunks: Iterator[AIMessageChunk]) -> None:
        self._chunks = chunks
        self.head: list[ModelDelta] = []
        self.finish_reason: str | None = None

    def pull(self, *, keep: bool = True) -> ModelDelta | None:
        """The next piece with something in it, None at the end."""
        for chunk in self._chunks:
            delta = _to_delta(chunk)
            self.finish_reason = delta.finish_reason or self.finish_reason
            if delta == ModelDelta():
                continue
            if keep:
                self.head.append(delta)
            return delta
        return None

    def close(self) -> None:
        """Closes the connection."""
        close = getattr(self._chunks, "close", None)
        if close is not None:
            close()


def _to_delta(chunk: AIMessageChunk) -> ModelDelta:
    usage = chunk.usage_metadata
    metadata = chunk.response_metadata
    return ModelDelta(
        text=str(chunk.text),
        usage=ModelUsage(
            usage["input_tokens"],
            usage["output_tokens"],
            usage.get("input_token_details", {}).get("cache_read") or 0,
        )
        if usage
        else None,
        finish_reason=metadata.get("finish_reason"),
        model=metadata.get("model_name"),
    )


def _check_words(opened: _Opened) -> None:
    """An answer may be empty, but only if the provider says that it ended."""
    if any(delta.text for delta in opened.head):
        return
    if opened.finish_reason == "content_filter":
        raise ModelRefusedRequest(REFUSED)
    if not opened.finish_reason:
        raise ModelStreamBroken(UNREADABLE)


def _check_length(allowance: int) -> None:
    if allowance < 0:
        raise ModelStreamBroken(ENDLESS)


def _check_end(opened: _Opened) -> None:
    """A connection that just ends looks like success; only the finish reason tells."""
    if not opened.finish_reason:
        raise ModelStreamBroken(BROKEN)


def _as_model_error(error: Exception, *, is_started: bool) -> ModelError:
    if isinstance(error, ModelError):
        return error
    return translate(error, is_started=is_started)
