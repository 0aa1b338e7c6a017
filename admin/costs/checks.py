"""What terms of a cost item have to be like."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from core.domain.costs.months import month_of
from core.domain.costs.terms import CostRhythm, CostTerms
from core.domain.ideas.money import from_micros, to_micros
from core.guardrails.text import clean

AMOUNT_MAX, RATE_MAX, HOURS_MAX = Decimal(1_000_000_000), Decimal(100_000), Decimal(100_000)
NAME_LENGTH, NOTE_MAX = (2, 120), 1_000
YEARS = 10
"""How far from today a month may be."""
CURRENCY = re.compile(r"[A-Z]{3}")


def tidy(terms: CostTerms) -> CostTerms:
    """Return the terms as they are stored: clean texts, first days of months, upper case codes."""
    once = terms.rhythm is CostRhythm.ONCE
    last = None if once or terms.last_month is None else month_of(terms.last_month)
    return replace(
        terms,
        name=" ".join(clean(terms.name).text.split()),
        note=clean(terms.note).text.strip(),
        currency=terms.currency.strip().upper(),
        first_month=month_of(terms.first_month),
        last_month=last,
    )


def problems(terms: CostTerms, today: date) -> dict[str, str]:
    """Return a sentence for each field of tidy terms that cannot be stored as it is."""
    return {
        **dict(_problems_of_texts(terms)),
        **dict(_problems_of_money(terms)),
        **dict(problems_of_months(terms, today)),
    }


def problems_of_months(terms: CostTerms, today: date) -> Iterator[tuple[str, str]]:
    """Yield a sentence for each month that cannot be."""
    for name, month in (("first_month", terms.first_month), ("last_month", terms.last_month)):
        if month is not None and abs(month.year - today.year) > YEARS:
            yield name, f"Choose a month of the {YEARS} years before or after today."
    if terms.last_month is not None and terms.last_month < terms.first_month:
        yield "last_month", f"Choose {terms.first_month:%B %Y} or a later month."


def _problems_of_texts(terms: CostTerms) -> Iterator[tuple[str, str]]:
    shortest, longest = NAME_LENGTH
    if not shortest <= len(terms.name) <= longest:
        yield "name", f"Give a name of {shortest} to {longest} characters."
    if len(terms.note) > NOTE_MAX:
        yield "note", f"Keep the note below {NOTE_MAX:,} characters."
    if not CURRENCY.fullmatch(terms.currency):
        yield "currency", "Give the three letters of a currency, such as EUR."


def _problems_of_money(terms: CostTerms) -> Iterator[tuple[str, str]]:
    is_by_hours = terms.hours is not None or terms.hourly_rate is not None
    if terms.amount is not None and is_by_hours:
        yield "amount", "Give either an amount, or hours and an hourly rate."
    elif is_by_hours:
        yield from _problem("hours", terms.hours, HOURS_MAX, "a number of hours")
        yield from _problem("hourly_rate", terms.hourly_rate, RATE_MAX, "an hourly rate")
    else:
        yield from _problem("amount", terms.amount, AMOUNT_MAX, "an amount")


def _problem(
    name: str, value: Decimal | None, most: Decimal, what: str
) -> Iterator[tuple[str, str]]:
    if value is None or not value.is_finite() or not 0 < value <= most:
        yield name, f"Give {what} above 0 and up to {most:,}."
    elif from_micros(to_micros(value)) != value:
        yield name, f"Give {what} with at most six decimal places."
