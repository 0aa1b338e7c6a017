"""Builds the embedding models, on this machine or behind an address."""

from collections.abc import Callable, Sequence

from bootstrap.spending.doors import Spending
from bootstrap.spending.names import embedding_provider
from bootstrap.spending.tariffs import embedding_tariff
from core.domain.finished_calls import (
    Admission,
    CallObserver,
    FinishedCall,
    admit_all,
    unobserved,
)
from core.domain.knowledge import Sensitivity
from core.domain.ports import Embedder, Embedders
from core.embedding_calls import EmbeddingCalls
from core.errors import ConfigurationError, TextBlocked
from core.guardrails.guard import Guard, told
from core.measuring.figures import Figures
from core.models.embedders import LoadedEmbedders
from core.models.embedding_process import EmbeddingProcess
from core.models.embeddings import OnnxEmbedder, build_embedder
from core.models.endpoint_embedder import LONGEST_REQUEST, PREFIX, EndpointEmbedder
from core.models.provider.address import require_safe_address
from core.settings import Settings
from core.spending.guarded_embeddings import admission
from core.storage.database import Database

SILENCE_S, RETRIES = 60.0, 3
"""The longest silence of the service in seconds, and how often a request is sent again."""


def build_embedders(
    settings: Settings,
    observe: CallObserver = unobserved,
    admit: Admission = admit_all,
    guard: Guard | None = None,
) -> Embedders:
    """Build the configured model, and any other that a collection was indexed with.

    `admit` lets requests leave this machine, `observe` is told of every one that did, and `guard`
    masks their texts.
    """

    def load(name: str) -> Embedder:
        return load_embedder(settings, name, observe, admit, guard)

    return LoadedEmbedders(load(settings.embeddings.model), load)


def for_bulk(embedders: Embedders, niceness: int) -> Embedders:
    """Return the same models for many passages at once, without slowing down questions."""
    default = embedders.default
    if isinstance(default, OnnxEmbedder):
        default = EmbeddingProcess(default, niceness=niceness)
    return LoadedEmbedders(default, embedders.get)


def embedding_observer(settings: Settings, database: Database, figures: Figures) -> CallObserver:
    """Return what counts and records each request to an embedding model behind an address."""
    calls = EmbeddingCalls(database, embedding_tariff(settings))

    def observe(call: FinishedCall) -> None:
        figures.note_call(call)
        calls.record(call)

    return observe


def embedding_admission(spending: Spending) -> Admission:
    """Return what lets requests to an embedding model behind an address through."""
    attempts = RETRIES + 1
    return admission(spending.embeddings, seconds=attempts * LONGEST_REQUEST * SILENCE_S)


def load_embedder(
    settings: Settings,
    name: str,
    observe: CallObserver = unobserved,
    admit: Admission = admit_all,
    guard: Guard | None = None,
) -> Embedder:
    """Load a model; raise ConfigurationError if it is missing or has no safe address."""
    chosen = settings.embeddings
    if name.startswith(PREFIX):
        if not chosen.base_url:
            raise ConfigurationError(
                f"The embedding model {name} needs an address: set SANDBOX_EMBEDDINGS__BASE_URL."
            )
        require_safe_address(
            chosen.base_url,
            setting="SANDBOX_EMBEDDINGS__BASE_URL",
            allows_plain_http=chosen.allow_plain_http,
        )
        guard = guard or Guard(settings.guard.embeddings)
        return EndpointEmbedder(
            chosen.base_url,
            chosen.api_key.get_secret_value(),
            name.removeprefix(PREFIX),
            mask=_masking(guard),
            refuse=_refusing(guard),
            highest_class=settings.guard.embeddings_class,
            provider=embedding_provider(settings),
            timeout_s=SILENCE_S,
            max_retries=RETRIES,
            admit=admit,
            observe=observe,
        )
    return build_embedder(name, settings.models_dir, device=chosen.device, threads=chosen.threads)


def _masking(guard: Guard) -> Callable[[str], str]:
    return lambda text: guard.masker().mask(text).text


def _refusing(guard: Guard) -> Callable[[Sequence[str]], None]:
    """Return what refuses passages of a document with values that a setting blocks."""

    def refuse(texts: Sequence[str]) -> None:
        if blocked := guard.blocked(texts):
            raise TextBlocked(
                f"These passages hold {told(blocked)}, which the embedding service may not "
                "receive. Nothing was sent. Remove that from the document, use an embedding model "
                "of this machine for the collection, or change the SANDBOX_GUARD__EMBEDDINGS_ "
                "setting from block to mask."
            )

    return refuse


def embeddable_class(settings: Settings, embedder: Embedder) -> Sensitivity:
    """Return the highest class that may be embedded: of a model of this machine, any."""
    is_elsewhere = isinstance(embedder, EndpointEmbedder)
    return settings.guard.embeddings_class if is_elsewhere else Sensitivity.RESTRICTED


def service_name(embedder: Embedder) -> str | None:
    """Return the name of a model behind an address, None for a model of this machine."""
    is_elsewhere = isinstance(embedder, EndpointEmbedder)
    return embedder.name.removeprefix(PREFIX) if is_elsewhere else None
