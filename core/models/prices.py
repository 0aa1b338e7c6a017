"""Prices of model calls: the list that comes with the product, and an operator's own."""

import json
from datetime import datetime
from importlib.resources import files

from core.domain.clock import now
from core.domain.ports import ModelUsage
from core.domain.prices import Price
from core.errors import ConfigurationError

_TOKENS_PER_PRICE = 1_000_000
_MICROS = 1_000_000


def list_prices() -> tuple[Price, ...]:
    """Return the list prices in prices.json; US dollars per million tokens, standard tier."""
    table = json.loads(files("core.models").joinpath("prices.json").read_text(encoding="utf-8"))
    valid_from = datetime.fromisoformat(table["valid_from"])
    return tuple(
        Price(
            model_pattern=pattern,
            input_micros=_micros(entry["input"]),
            cached_input_micros=_micros(entry["cached_input"]) if "cached_input" in entry else None,
            output_micros=_micros(entry["output"]),
            currency=table["currency"],
            valid_from=valid_from,
            source=table["source"],
        )
        for entry in table["prices"]
        for pattern in entry["patterns"]
    )


def operator_price(
    input_price: float | None, output_price: float | None, currency: str
) -> Price | None:
    """Return the operator's own price for all models, per million tokens; None if none is set.

    Whoever asks for a price takes it first, and the list only without it.
    Raises ConfigurationError if only one half is set.
    """
    if input_price is None and output_price is None:
        return None
    if input_price is None or output_price is None:
        raise ConfigurationError(
            "Set both SANDBOX_LLM__INPUT_PRICE and SANDBOX_LLM__OUTPUT_PRICE, or neither."
        )
    return Price(
        model_pattern="*",
        input_micros=_micros(input_price),
        output_micros=_micros(output_price),
        currency=currency,
        valid_from=now(),
        source="settings",
    )


def cost_micros(price: Price | None, usage: ModelUsage) -> int:
    """Return the cost in micro-units of the price's currency, rounded half up; 0 without a price.

    (input - cached) x input price + cached x cached price + output x output price, where the
    prices are per million tokens.
    """
    if price is None:
        return 0
    cached = min(usage.cached_input_tokens, usage.input_tokens)
    cached_price = price.cached_input_micros
    total = (
        (usage.input_tokens - cached) * price.input_micros
        + cached * (price.input_micros if cached_price is None else cached_price)
        + usage.output_tokens * price.output_micros
    )
    return (total + _TOKENS_PER_PRICE // 2) // _TOKENS_PER_PRICE


def _micros(amount: float) -> int:
    return round(amount * _MICROS)
