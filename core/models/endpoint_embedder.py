"""Embeddings from any OpenAI-compatible endpoint; texts are masked before they leave."""

from __future__ import annotations

import math
import time
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from core.domain.finished_calls import (
    FinishedCall,
    Operation,
    admit_all,
    plain_name,
    unobserved,
)
from core.domain.knowledge import Sensitivity
from core.domain.ports import ModelUsage
from core.errors import (
    ModelError,
    ModelQuotaUsedUp,
    ModelRateLimited,
    ModelRedirected,
    ModelRefusedRequest,
    ModelRejectedKey,
    ModelTimeout,
    ModelUnavailable,
    SandboxError,
)
from core.models.provider.classes import require_class
from core.models.provider.errors import translate
from core.models.provider.retry import retrying
from core.models.sentence_texts import embed_sentences_as_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from openai import OpenAI
    from openai.types import CreateEmbeddingResponse

    from core.domain.finished_calls import Admission, CallObserver
    from core.domain.ports import EmbeddedPassages, Spans, Vectors

PREFIX = "endpoint:"
TEXTS_PER_REQUEST = 128
CHARACTERS_PER_REQUEST = 100_000
# OpenAI's rule of thumb for English (platform documentation, "What are tokens").
CHARACTERS_PER_TOKEN = 4
# A whole reply may take this many times the longest silence.
LONGEST_REQUEST = 2
_CACHED_QUERIES = 512
_REASONS: dict[type[ModelError], str] = {
    ModelTimeout: "The embedding service took too long. Try again later.",
    ModelUnavailable: "The embedding service cannot be reached. Try again later.",
    ModelRejectedKey: (
        "The embedding service does not accept the key. Check SANDBOX_EMBEDDINGS__API_KEY."
    ),
    ModelRateLimited: "The embedding service is busy. Try again later.",
    ModelQuotaUsedUp: (
        "The account with the embedding service is used up. Check the account that "
        "SANDBOX_EMBEDDINGS__API_KEY belongs to."
    ),
    ModelRedirected: (
        "The embedding service redirects to another address, which is not followed. Check "
        "SANDBOX_EMBEDDINGS__BASE_URL."
    ),
}
_REFUSED = (
    "The embedding service refused the request or did not answer with embeddings. Check "
    "SANDBOX_EMBEDDINGS__MODEL and SANDBOX_EMBEDDINGS__BASE_URL."
)


@dataclass(frozen=True, slots=True)
class _Reply:
    """The vectors of a request, a row for each text, and what the service says of itself."""

    vectors: Vectors
    model: str
    usage: ModelUsage | None


def nothing_refused(texts: Sequence[str]) -> None:
    """Let any passages be embedded."""
    del texts


class EndpointEmbedder:
    """A model behind an address; safe to share between threads.

    Sentences are sent as texts of their own, which about doubles what a document costs and keeps
    answers as exact as with a model of this machine. `mask` takes personal data and secrets out of
    every text that leaves; texts of a class above `highest_class` do not leave. `refuse` is shown
    the passages of a document and raises TextBlocked if one of them may not be embedded. `admit`
    lets a request through or raises CallRefused. `observe` is told of every request once it is
    over, also of failed ones.
    """

    def __init__(  # noqa: PLR0913  what an operator sets of it, and how to mask
        self,
        base_url: str,
        api_key: str,
        model: str,
        *,
        mask: Callable[[str], str],
        refuse: Callable[[Sequence[str]], None] = nothing_refused,
        highest_class: Sensitivity = Sensitivity.INTERNAL,
        timeout_s: float = 60.0,
        max_retries: int = 3,
        provider: str = "openai",
        admit: Admission = admit_all,
        observe: CallObserver = unobserved,
    ) -> None:
        self.name = f"{PREFIX}{model}"
        self._base_url = base_url
        self._api_key = api_key
        self._model = model
        self._mask = mask
        self._refuse = refuse
        self._highest_class = highest_class
        self._timeout_s = timeout_s
        self._max_retries = max_retries
        self._provider = provider
        self._admit = admit
        self._observe = observe
        self._cached_query = lru_cache(maxsize=_CACHED_QUERIES)(self._embed_query)

    @cached_property
    def dimension(self) -> int:
        """The length of a vector, asked of the endpoint once; raises a ModelError on failure.

        The app needs it to start, so that this one word is sent whatever is turned off.
        """
        return int(self._observed(["dimension"]).vectors.shape[1])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimension), rows of length 1.

        Raises ModelUnavailable, ModelTimeout, ModelRateLimited, ModelRejectedKey or
        ModelRefusedRequest.
        """
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        return np.concatenate([self._request(batch) for batch in _requests(texts)])

    def embed_with_sentences(
        self, texts: Sequence[str], spans: Sequence[Spans]
    ) -> EmbeddedPassages:
        """Embed passages and their sentences in the same requests; raise as embed_passages.

        Raises TextBlocked before anything is sent if a passage holds what may not be embedded.
        """
        self._refuse(texts)
        return embed_sentences_as_texts(self.embed_passages, texts, spans)

    def embed_query(self, text: str) -> Vectors:
        """Return an array of shape (dimension,), length 1; recent queries are remembered."""
        return self._cached_query(text).copy()

    def count_tokens(self, text: str) -> int:
        """Estimate the number of tokens: the tokenizer of the endpoint is not known here."""
        return math.ceil(len(text) / CHARACTERS_PER_TOKEN)

    def _embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._request([text])[0]
        return vector

    def _request(self, texts: Sequence[str]) -> Vectors:
        require_class(self._highest_class)
        # An empty text is refused by some services, and means nothing anyway.
        masked = [self._mask(text) or " " for text in texts]
        settle = self._admit(self._provider, self._model, _most_tokens(masked))
        vectors = self._observed(masked, settle).vectors
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / np.maximum(lengths, 1e-12)
        return unit

    def _observed(self, texts: list[str], settle: CallObserver = unobserved) -> _Reply:
        """Send the texts, several times if that may help, and tell both how it went."""
        began = time.monotonic()
        call = FinishedCall(
            Operation.EMBEDDINGS,
            self._provider,
            self._model,
            total_s=0.0,
            characters=sum(map(len, texts)),
        )
        try:
            reply: _Reply = retrying(self._max_retries, time.sleep)(self._send, texts)
            call = replace(call, model_responded=reply.model, usage=reply.usage)
        except SandboxError as error:
            is_charged = not isinstance(error, ModelError) or error.may_be_charged
            call = replace(call, error_type=type(error).__name__, is_charged=is_charged)
            raise
        finally:
            call = replace(call, total_s=time.monotonic() - began)
            settle(call)
            self._observe(call)
        return reply

    def _send(self, texts: list[str]) -> _Reply:
        try:
            response = self._client.embeddings.create(
                model=self._model, input=texts, encoding_format="float"
            )
            ordered = sorted(response.data, key=lambda item: item.index)
            vectors: Vectors = np.array([item.embedding for item in ordered], dtype=np.float32)
        except SandboxError:  # the result is no longer wanted
            raise
        except Exception as error:  # the client's own errors, and answers without embeddings
            translated = translate(error, is_started=False)
            own = _in_own_words(translated)
            own.may_be_charged = translated.may_be_charged
            raise own from error
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise ModelRefusedRequest(_REFUSED)
        return _Reply(vectors, plain_name(str(response.model or "")), _usage(response))

    @cached_property
    def _client(self) -> OpenAI:
        from openai import OpenAI

        from core.models.provider.connection import ProviderClient, keep_prompts_out_of_logs

        keep_prompts_out_of_logs()
        # An empty key would make the client library read OPENAI_API_KEY.
        key = self._api_key or "none"
        total_s = LONGEST_REQUEST * self._timeout_s
        http = ProviderClient(self._base_url, key, timeout_s=self._timeout_s, total_s=total_s)
        weakref.finalize(self, http.close)
        return OpenAI(
            http_client=http,
            base_url=self._base_url,
            api_key=key,
            timeout=http.timeout,
            max_retries=0,
        )


def _requests(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield consecutive texts in groups that one request can carry."""
    start = size = 0
    for number, text in enumerate(texts):
        is_full = number - start >= TEXTS_PER_REQUEST or size + len(text) > CHARACTERS_PER_REQUEST
        if number > start and is_full:
            yield texts[start:number]
            start, size = number, 0
        size += len(text)
    yield texts[start:]


def _most_tokens(texts: Sequence[str]) -> int:
    """Return how many tokens texts have at most: a byte each, and two marks around each text."""
    return sum(len(text.encode()) + 2 for text in texts)


def _usage(response: CreateEmbeddingResponse) -> ModelUsage | None:
    """Return the tokens that the service counted, None where it leaves them out."""
    counted = getattr(response.usage, "prompt_tokens", None)
    return ModelUsage(counted, 0) if isinstance(counted, int) and counted > 0 else None


def _in_own_words(error: ModelError) -> ModelError:
    reason = _REASONS.get(type(error))
    if reason is None:
        return ModelRefusedRequest(_REFUSED)
    if isinstance(error, ModelRateLimited):
        return ModelRateLimited(reason, error.retry_after_s)
    return type(error)(reason)
