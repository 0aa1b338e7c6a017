"""Streams answers from any provider that speaks the OpenAI chat completions protocol."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from core.domain.ports import ModelDelta, ModelUsage
from core.errors import (
    ModelError,
    ModelRefusedRequest,
    ModelStreamBroken,
    ModelTimeout,
    SandboxError,
)
from core.models.provider import sentences
from core.models.provider.dialect import first_dialect
from core.models.provider.endings import ending_of, problem_of
from core.models.provider.errors import translate
from core.models.provider.faults import fault_of
from core.models.provider.retry import retrying
from core.models.provider.thoughts import Sifted, ThoughtSieve, thinks_at_once

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk

    from core.domain.ports import ChatMessage
    from core.models.provider.chat_client import LenientChatOpenAI
    from core.models.provider.connection import ProviderClient

# No tokenizer packs more; a server that goes on regardless of max_tokens is cut off here.
_MAX_CHARACTERS_PER_TOKEN = 40


@dataclass(frozen=True, slots=True)
class ChatEndpoint:
    """The address of a model; `base_url` ends with /v1, and local servers need no key."""

    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    provider: str = "openai"


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """The limits of a request; `timeout_s` is the longest silence, `total_s` the longest answer."""

    temperature: float = 0.0
    max_output_tokens: int = 800
    timeout_s: float = 60.0
    max_retries: int = 2
    total_s: float = 180.0


def load_client_libraries() -> None:
    """Import what the first request would import, which takes seconds."""
    for name in ("langchain_openai", "langsmith.run_helpers", "openai"):
        import_module(name)


class OpenAICompatibleChat:
    """A ChatModel over langchain_openai.ChatOpenAI; safe to share between threads.

    Nothing but the endpoint is contacted, redirects are not followed, and nothing is read from
    OPENAI_* or LANGSMITH_* variables. What the deployment does not know of the parameters, and
    whether it begins with a thought, is learnt from its replies and kept as long as the object.
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
        self._dialect = first_dialect(endpoint.model)
        self._thinks_at_once = thinks_at_once(endpoint.model)

    @property
    def name(self) -> str:
        """The model as the provider spells it."""
        return self._endpoint.model

    @property
    def provider(self) -> str:
        """The provider's name in usage and prices."""
        return self._endpoint.provider

    def stream(
        self, messages: Sequence[ChatMessage], *, purpose: str = "", prompt: str = ""
    ) -> Generator[ModelDelta, None, None]:
        """Yield the answer piece by piece; closing the iterator closes the connection.

        Usage may come in none, one or several of the last pieces; the last one counts. Tries
        again before the first word only. Raises a ModelError; after the first piece only
        ModelStreamBroken, ModelTimeout, ModelUnavailable or ModelCutShort. While the provider is
        silent it is asked whether the answer is still wanted, and what that raises is raised here.
        """
        del purpose, prompt
        end = time.monotonic() + self._limits.total_s
        retry = retrying(self._limits.max_retries, self._sleep, self._limits.total_s)
        yield from self._pass_on(retry(self._open, messages, end), end)

    def _open(self, messages: Sequence[ChatMessage], end: float) -> _Opened:
        """Read up to the first word, or to the end of an answer without words."""
        while True:
            try:
                return self._open_once(messages, end)
            except _OtherDialect as refusal:
                self._dialect = self._dialect.without(refusal.parameter)

    def _open_once(self, messages: Sequence[ChatMessage], end: float) -> _Opened:
        from langsmith.run_helpers import tracing_context

        dialect, client = self._dialect, self._client
        prompt = dialect.messages(messages)
        parameters = dialect.parameters(self._limits.temperature, self._limits.max_output_tokens)
        sieve = ThoughtSieve(thinks_at_once=self._thinks_at_once)
        opened = _Opened(client.stream(prompt, **parameters), sieve)
        try:
            # Whether to trace is decided when the stream starts, at the first piece.
            with tracing_context(enabled=False), self._http.until(end):
                first = opened.pull()
            while first is not None and not first.characters:
                first = opened.pull()
            _check_begin(opened)
        except Exception as error:  # of several libraries, translated in one place
            opened.close()
            raise self._refusal(error) from error
        return opened

    def _refusal(self, error: Exception) -> Exception:
        """Return the error to raise for a request that failed before the first word."""
        import openai

        if isinstance(error, SandboxError):
            return error
        if isinstance(error, openai.APIStatusError):
            parameter = self._dialect.refused_by(fault_of(error))
            if parameter:
                return _OtherDialect(parameter)
        return translate(error, is_started=False)

    def _pass_on(self, opened: _Opened, end: float) -> Iterator[ModelDelta]:
        allowance = self._limits.max_output_tokens * _MAX_CHARACTERS_PER_TOKEN
        has_text = False
        try:
            for delta in opened.all():
                allowance -= delta.characters
                has_text = bool(delta.text) or (has_text and not delta.withdraws)
                _check_length(allowance)
                yield delta
                _check_time(end)
            self._thinks_at_once |= opened.begins_with_a_thought
            self._check_end(opened, has_text=has_text)
        except Exception as error:  # of several libraries, translated in one place
            raise _as_our_error(error) from error
        finally:
            opened.close()

    def _check_end(self, opened: _Opened, *, has_text: bool) -> None:
        """Raise unless the answer ended properly.

        A connection that just ends looks like success; only the finish reason tells.
        """
        if opened.is_refused:
            raise ModelRefusedRequest(sentences.REFUSED, may_be_charged=True)
        if not opened.finish_reason:
            raise ModelStreamBroken(sentences.BROKEN, may_be_charged=True)
        problem = problem_of(ending_of(opened.finish_reason), has_text=has_text)
        if problem is not None:
            problem.may_be_charged = True
            raise problem

    @cached_property
    def _http(self) -> ProviderClient:
        from core.models.provider.connection import ProviderClient

        endpoint, limits = self._endpoint, self._limits
        http = ProviderClient(
            endpoint.base_url,
            # An empty key would make the client library read OPENAI_API_KEY.
            endpoint.api_key or "none",
            timeout_s=limits.timeout_s,
            total_s=limits.total_s,
        )
        weakref.finalize(self, http.close)
        return http

    @cached_property
    def _client(self) -> LenientChatOpenAI:
        from core.models.provider.chat_client import LenientChatOpenAI
        from core.models.provider.connection import keep_prompts_out_of_logs

        keep_prompts_out_of_logs()
        return LenientChatOpenAI(
            model=self._endpoint.model,
            base_url=self._endpoint.base_url,
            api_key=self._endpoint.api_key or "none",
            timeout=self._http.timeout,
            max_retries=0,
            http_client=self._http,
            openai_proxy=None,  # otherwise read from OPENAI_PROXY
            use_responses_api=False,  # otherwise chosen by the model's name
        )


class _OtherDialect(Exception):
    """The deployment does not know a parameter in the form it was sent."""

    def __init__(self, parameter: str) -> None:
        super().__init__(parameter)
        self.parameter = parameter


class _Opened:
    """A running stream: what was read of it before the first word, and how it ended."""

    def __init__(self, chunks: Iterator[AIMessageChunk], sieve: ThoughtSieve) -> None:
        self._chunks = chunks
        self._sieve = sieve
        self._head: list[ModelDelta] = []
        self.finish_reason: str | None = None
        self.is_refused = False

    @property
    def begins_with_a_thought(self) -> bool:
        """Whether a thought was closed but never opened, because the template had opened it."""
        return self._sieve.has_lonely_close

    @property
    def has_begun(self) -> bool:
        """Whether anything was written, thoughts included."""
        return any(delta.characters for delta in self._head)

    def pull(self) -> ModelDelta | None:
        """Return the next piece that is not empty, None at the end; it is kept for `all`."""
        delta = next(self._deltas(), None)
        if delta is not None:
            self._head.append(delta)
        return delta

    def all(self) -> Iterator[ModelDelta]:
        """Yield every piece from the beginning, and what the sieve held back at the end."""
        yield from self._head
        yield from self._deltas()
        remainder = self._sieve.finish(is_whole=self._is_whole)
        if remainder.text:
            yield ModelDelta(remainder.text, hidden_characters=remainder.hidden)

    @property
    def _is_whole(self) -> bool:
        return problem_of(ending_of(self.finish_reason or "error"), has_text=True) is None

    def _deltas(self) -> Iterator[ModelDelta]:
        for chunk in self._chunks:
            kwargs = chunk.additional_kwargs
            thoughts = int(kwargs.get("thoughts", 0))
            if thoughts:
                self._sieve.trust()
            self.is_refused |= bool(kwargs.get("refusals"))
            delta = _to_delta(chunk, self._sieve.feed(str(chunk.text)), thoughts)
            self.finish_reason = delta.finish_reason or self.finish_reason
            if delta != ModelDelta():
                yield delta

    def close(self) -> None:
        """Close the connection."""
        close = getattr(self._chunks, "close", None)
        if close is not None:
            close()


def _to_delta(chunk: AIMessageChunk, sifted: Sifted, thoughts: int) -> ModelDelta:
    usage = chunk.usage_metadata
    metadata = chunk.response_metadata
    return ModelDelta(
        text=sifted.text,
        usage=ModelUsage(
            usage["input_tokens"],
            usage["output_tokens"],
            usage.get("input_token_details", {}).get("cache_read") or 0,
            usage.get("output_token_details", {}).get("reasoning") or 0,
        )
        if usage
        else None,
        finish_reason=metadata.get("finish_reason"),
        model=metadata.get("model_name"),
        hidden_characters=sifted.hidden + thoughts,
        withdraws=sifted.withdraws,
    )


def _check_begin(opened: _Opened) -> None:
    """Raise for an empty answer unless the provider says that it ended."""
    if not opened.has_begun and not opened.finish_reason and not opened.is_refused:
        raise ModelStreamBroken(sentences.UNREADABLE, advice=sentences.CHECK_ADDRESS)


def _check_length(allowance: int) -> None:
    if allowance < 0:
        raise ModelStreamBroken(sentences.ENDLESS, may_be_charged=True)


def _check_time(end: float) -> None:
    if time.monotonic() > end:
        raise ModelTimeout(sentences.TOO_SLOW, advice=sentences.RAISE_DEADLINE, may_be_charged=True)


def _as_our_error(error: Exception) -> SandboxError:
    if isinstance(error, SandboxError) and not isinstance(error, ModelError):
        return error  # the result is no longer wanted
    translated = translate(error, is_started=True)
    translated.may_be_charged = True
    return translated
