"""Costs in several currencies, of which no two are added without a rate."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

Costs = Mapping[str, int]
"""Millionths of each currency unit, by its ISO 4217 code."""


@dataclass(frozen=True, slots=True)
class ExchangeRates:
    """What one unit of other currencies is worth in the company's `currency`, and since when."""

    currency: str
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    as_of: date | None = None

    def shown(self, costs: Costs) -> str:
        """Return the currency in which these costs are told.

        It is the company's, unless everything was spent in one other that has no rate: list prices
        are in US dollars, and a report in them is better than none.
        """
        spent = {currency for currency, micros in costs.items() if micros}
        [only] = spent if len(spent) == 1 else (self.currency,)
        return self.currency if only in self.rates else only

    def convert(self, costs: Costs, shown: str) -> tuple[int, dict[str, int]]:
        """Return what can be told in the currency `shown`, and the costs that cannot."""
        told, others = 0, {}
        for currency, micros in costs.items():
            if currency == shown:
                told += micros
            elif shown == self.currency and currency in self.rates:
                told += _rounded(micros * self.rates[currency])
            elif micros:
                others[currency] = micros
        return told, others


def added(costs: Iterable[Costs]) -> Costs:
    """Return the sum for each currency."""
    total: Counter[str] = Counter()
    for each in costs:
        total.update(each)
    return dict(total)


def _rounded(micros: Decimal) -> int:
    return int(micros.quantize(Decimal(1), ROUND_HALF_EVEN))
