"""Builds the embedding models, on this machine or behind an address."""

from collections.abc import Callable

from core.domain.finished_calls import CallObserver, FinishedCall, unobserved
from core.domain.knowledge import Sensitivity
from core.domain.ports import Embedder, Embedders
from core.embedding_calls import EmbeddingCalls
from core.errors import ConfigurationError
from core.guardrails.guard import Guard
from core.measuring.figures import Figures
from core.model_calls import Tariff
from core.models.embedders import LoadedEmbedders
from core.models.embedding_process import EmbeddingProcess
from core.models.embeddings import OnnxEmbedder, build_embedder
from core.models.endpoint_embedder import PREFIX, EndpointEmbedder
from core.models.prices import operator_price
from core.models.provider.address import require_safe_address
from core.settings import Settings
from core.storage.database import Database

OPENAI = "openai"
"""The protocol that the service speaks, which says more than nothing where it has no name."""


def build_embedders(
    settings: Settings, observe: CallObserver = unobserved, guard: Guard | None = None
) -> Embedders:
    """Build the configured model, and any other that a collection was indexed with.

    `observe` is told of every request that leaves this machine; `guard` masks its texts.
    """

    def load(name: str) -> Embedder:
        return load_embedder(settings, name, observe, guard)

    return LoadedEmbedders(load(settings.embeddings.model), load)


def for_bulk(embedders: Embedders, niceness: int) -> Embedders:
    """Return the same models for many passages at once, without slowing down questions."""
    default = embedders.default
    if isinstance(default, OnnxEmbedder):
        default = EmbeddingProcess(default, niceness=niceness)
    return LoadedEmbedders(default, embedders.get)


def embedding_observer(settings: Settings, database: Database, figures: Figures) -> CallObserver:
    """Return what counts and records each request to an embedding model behind an address."""
    price = settings.embeddings.price
    own_price = None if price is None else operator_price(price, 0.0, settings.currency)
    calls = EmbeddingCalls(database, Tariff(own_price, settings.currency))

    def observe(call: FinishedCall) -> None:
        figures.note_call(call)
        calls.record(call)

    return observe


def load_embedder(
    settings: Settings,
    name: str,
    observe: CallObserver = unobserved,
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
        return EndpointEmbedder(
            chosen.base_url,
            chosen.api_key.get_secret_value(),
            name.removeprefix(PREFIX),
            mask=_masking(guard or Guard(settings.guard.embeddings)),
            highest_class=settings.guard.embeddings_class,
            provider=_provider(settings),
            observe=observe,
        )
    return build_embedder(name, settings.models_dir, device=chosen.device, threads=chosen.threads)


def _masking(guard: Guard) -> Callable[[str], str]:
    return lambda text: guard.masker().mask(text).text


def embeddable_class(settings: Settings, embedder: Embedder) -> Sensitivity:
    """Return the highest class that may be embedded: of a model of this machine, any."""
    is_elsewhere = isinstance(embedder, EndpointEmbedder)
    return settings.guard.embeddings_class if is_elsewhere else Sensitivity.RESTRICTED


def service_name(embedder: Embedder) -> str | None:
    """Return the name of a model behind an address, None for a model of this machine."""
    is_elsewhere = isinstance(embedder, EndpointEmbedder)
    return embedder.name.removeprefix(PREFIX) if is_elsewhere else None


def _provider(settings: Settings) -> str:
    """Return what the provider is called in usage: as for answers, if they come from it as well."""
    is_same = settings.embeddings.base_url == settings.llm.base_url
    return settings.llm.provider if is_same else OPENAI
