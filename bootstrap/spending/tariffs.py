"""The prices of the operator: which model they hold for, and what the list tells of the others."""

from collections.abc import Mapping

from core.domain.prices import Price
from core.model_calls import Tariff
from core.models.prices import operator_price
from core.settings import Settings


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
