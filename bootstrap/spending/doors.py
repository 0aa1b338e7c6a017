"""Builds the door that requests to models pass: switches, budgets and their ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from admin.spending.budgets import ReadPrices
from bootstrap.spending.tariffs import answering_tariff, embedding_tariff
from core.domain.costs.money import ExchangeRates
from core.domain.prices import Price
from core.model_calls import Tariff
from core.models.endpoint_embedder import PREFIX
from core.settings import Settings
from core.spending.door import Door
from core.spending.ledger import Ledger
from core.storage.database import Database

# Without it, a question could not even be searched once the model has used up a budget.
KEPT_FOR_SEARCHING = 2
"""The share of each budget, in percent, that only the embedding service may use."""


@dataclass(frozen=True, slots=True)
class Spending:
    """The ledger, the doors to both kinds of models, and the prices of the operator."""

    ledger: Ledger
    chat: Door
    embeddings: Door
    tariff: Tariff


def prices_in_use(settings: Settings, spending: Spending) -> ReadPrices:
    """Return what reads the price of each model that the sandbox is set up to ask."""
    llm, embeddings = settings.llm, settings.embeddings
    helpers = (settings.grounding.model, settings.budgets.cheaper_model)
    asked = filter(None, (llm.model, *helpers)) if llm.is_configured else ()
    service = embeddings.model if embeddings.model.startswith(PREFIX) else ""
    doors = dict.fromkeys(asked, spending.chat)
    if service:
        doors[service.removeprefix(PREFIX)] = spending.embeddings

    def read() -> Mapping[str, Price | None]:
        return {model: door.price(model) for model, door in doors.items()}

    return read


def build_spending(settings: Settings, database: Database) -> Spending:
    """Build the doors; raise ConfigurationError for half a price."""
    rates = ExchangeRates(settings.currency, settings.exchange.rates, settings.exchange.as_of)
    ledger = Ledger(database, ZoneInfo(settings.time_zone), rates)
    unknown = settings.budgets.unknown_price
    kept = KEPT_FOR_SEARCHING if settings.embeddings.model.startswith(PREFIX) else 0
    tariff = answering_tariff(settings)
    return Spending(
        ledger,
        Door(database, ledger, tariff, unknown_price=unknown, percent=100 - kept),
        Door(database, ledger, embedding_tariff(settings), unknown_price=unknown),
        tariff,
    )
