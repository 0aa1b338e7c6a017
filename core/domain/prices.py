"""Prices of models, and the choice of the one in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Price:
    """A price from a date on, in micro-units of the currency per million tokens.

    `model_pattern` is a shell pattern (`gpt-4o-20*`). Cached input costs like any input where
    `cached_input_micros` is None. `id` is None unless the price is stored in the database.
    """

    model_pattern: str
    input_micros: int
    output_micros: int
    currency: str
    valid_from: datetime
    cached_input_micros: int | None = None
    source: str = ""
    id: int | None = None


def choose_price(prices: Iterable[Price], model: str, at: datetime) -> Price | None:
    """Return the price of a model at a time, None if it is not known.

    Prices of the future do not count; the longest matching pattern wins, then the newest price.
    Case does not matter, nor does a vendor before the name ("openai/gpt-4o").
    """
    names = {model.lower(), model.lower().rpartition("/")[2]}
    matching = [
        price
        for price in prices
        if price.valid_from <= at
        and any(fnmatchcase(name, price.model_pattern.lower()) for name in names)
    ]
    return max(matching, key=lambda p: (len(p.model_pattern), p.valid_from), default=None)
