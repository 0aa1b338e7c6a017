"""Builds the door that requests to models pass: switches, budgets and their ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from admin.spending.switches import Configured
from core.domain.costs.money import ExchangeRates
from core.domain.prices import Price
from core.model_calls import Tariff
from core.models.endpoint_embedder import PREFIX
from core.models.prices import operator_price
from core.settings import Settings
from core.spending.door import Door
from core.spending.ledger import Ledger
from core.storage.database import Database
from ideas.cards.drafting import CURRENT as DRAFT
from rag.finding import model_rewriting
from rag.grounding.judges import llm as llm_judge
from rag.prompting import prompt
from rag.writing.summary import NOTES, SUMMARY

# Without it, a question could not even be searched once the model has used up a budget.
KEPT_FOR_SEARCHING = 2
"""The share of each budget, in percent, that only the embedding service may use."""


OPENAI = "openai"
"""The protocol that a service speaks, which says more than nothing where it has no name."""


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


def answering_tariff(settings: Settings) -> Tariff:
    """Return what requests to language models cost."""
    llm = settings.llm
    own = operator_price(llm.input_price, llm.output_price, settings.currency)
    return Tariff(own, settings.currency, _other_prices(settings))


def embedding_tariff(settings: Settings) -> Tariff:
    """Return what requests to an embedding model behind an address cost."""
    price = settings.embeddings.price
    own = None if price is None else operator_price(price, 0.0, settings.currency)
    return Tariff(own, settings.currency)


def configured_names(settings: Settings) -> Configured:
    """Return the names in use of providers, models and prompts, which can be turned off."""
    llm, embeddings = settings.llm, settings.embeddings
    is_elsewhere = embeddings.model.startswith(PREFIX)
    providers = [llm.provider] if llm.is_configured else []
    models = [llm.model, settings.grounding.model, settings.budgets.cheaper_model]
    if is_elsewhere:
        providers.append(embedding_provider(settings))
        models.append(embeddings.model.removeprefix(PREFIX))
    prompts = (prompt.CURRENT, NOTES, SUMMARY, model_rewriting.CURRENT, llm_judge.CURRENT, DRAFT)
    return Configured(
        tuple(dict.fromkeys(providers)), tuple(dict.fromkeys(filter(None, models))), prompts
    )


def embedding_provider(settings: Settings) -> str:
    """Return what the provider is called in usage: as for answers, if they come from it as well."""
    is_same = settings.embeddings.base_url == settings.llm.base_url
    return settings.llm.provider if is_same else OPENAI


def _other_prices(settings: Settings) -> Mapping[str, Price | None]:
    """Return the prices of models that the price of the answering one does not hold for."""
    chosen, judge = settings.budgets, settings.grounding.model
    prices: dict[str, Price | None] = {judge: None} if judge else {}
    if chosen.cheaper_model:
        prices[chosen.cheaper_model] = operator_price(
            chosen.cheaper_input_price, chosen.cheaper_output_price, settings.currency
        )
    prices.pop(settings.llm.model, None)
    return prices
