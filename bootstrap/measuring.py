"""Builds what the app tells monitoring, and what remembers the requests to models."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, ProcessCollector

from core.domain.finished_calls import CallObserver, FinishedCall
from core.embedding_calls import EmbeddingCalls
from core.measuring import names
from core.measuring.figures import Figures
from core.measuring.passing_on import scraped
from core.model_calls import Tariff
from core.models.prices import operator_price
from core.settings import Settings
from core.storage.database import Database
from core.storage.queries.versions import count_waiting


def build_figures(registry: CollectorRegistry) -> Figures:
    """Build the figures of this process, which can be scraped from the registry."""
    ProcessCollector(registry=registry)
    return Figures([scraped(registry)])


def embedding_observer(settings: Settings, database: Database, figures: Figures) -> CallObserver:
    """Return what writes down and counts each request to an embedding model."""
    price = settings.embeddings.price
    own_price = None if price is None else operator_price(price, 0.0, settings.currency)
    calls = EmbeddingCalls(database, Tariff(own_price, settings.currency))

    def observe(call: FinishedCall) -> None:
        figures.note_call(call)
        calls.record(call)

    return observe


def watch_work(figures: Figures, database: Database, answers_running: Callable[[], int]) -> None:
    """Have the work at hand counted whenever figures are read."""

    def documents_waiting() -> int:
        with database.read() as session:
            return count_waiting(session)

    figures.watch(
        names.RUNNING_ANSWERS, "{answer}", "Answers that are being made.", answers_running
    )
    figures.watch(
        names.WAITING_DOCUMENTS,
        "{document}",
        "Documents that wait to be read or are being read.",
        documents_waiting,
    )
