"""Builds the door that requests to models pass: switches, budgets and their ledger."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bootstrap.spending.tariffs import answering_tariff, embedding_tariff
from core.domain.costs.money import ExchangeRates
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
