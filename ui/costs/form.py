"""The fields of a cost item, for a new one and for one that is changed."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import streamlit as st

from core.domain.costs.months import later, months
from core.domain.costs.terms import CostKind, CostRhythm, CostTerms
from ui.components.field_notes import Notes
from ui.costs import words as cost_words
from ui.resources import services

MONTHS_AHEAD, MONTHS_BACK = 36, 60


class Given(StrEnum):
    """How the price of an item is known."""

    AMOUNT = "An amount"
    HOURS = "Hours and hourly rate"


def draw_fields(key: str, ideas: Mapping[str, str], start: CostTerms, notes: Notes) -> CostTerms:
    """Draw the fields, which begin with these terms, and return what they hold now."""
    name_place, kind_place = st.columns([2, 1])
    with name_place:
        name = st.text_input(
            "Name",
            value=start.name,
            placeholder="Licence of the model provider",
            key=f"name-{key}",
        )
        notes["name"] = st.empty()
    kinds = list(CostKind)
    kind = kind_place.selectbox(
        "Kind",
        kinds,
        kinds.index(start.kind),
        format_func=cost_words.KINDS.__getitem__,
        key=f"kind-{key}",
    )
    rhythm, given = _draw_ways(key, start)
    amount, hours, rate, currency = _draw_price(key, start, given, rhythm, notes)
    first, last = _draw_months(key, start, rhythm, notes)
    idea_id = _draw_idea(key, ideas, start, notes)
    note = st.text_area("Note (optional)", value=start.note, height=70, key=f"note-{key}")
    notes["note"] = st.empty()
    return CostTerms(
        name=name or "",
        kind=kind,
        first_month=first,
        currency=currency,
        rhythm=rhythm,
        amount=amount,
        hours=hours,
        hourly_rate=rate,
        last_month=last,
        note=note or "",
        idea_id=idea_id,
    )


def _draw_ways(key: str, start: CostTerms) -> tuple[CostRhythm, Given]:
    with st.container(horizontal=True):
        rhythm = st.segmented_control(
            "Paid",
            list(CostRhythm),
            default=start.rhythm,
            required=True,
            format_func=cost_words.RHYTHMS.__getitem__,
            key=f"rhythm-{key}",
        )
        given = st.segmented_control(
            "Known as",
            list(Given),
            default=Given.HOURS if start.hours is not None else Given.AMOUNT,
            required=True,
            key=f"given-{key}",
        )
    return rhythm or CostRhythm.MONTHLY, given or Given.AMOUNT


def _draw_price(
    key: str, start: CostTerms, given: Given, rhythm: CostRhythm, notes: Notes
) -> tuple[Decimal | None, Decimal | None, Decimal | None, str]:
    often = "once" if rhythm is CostRhythm.ONCE else "a month"
    first, second, third = st.columns(3)
    amount = hours = rate = None
    if given is Given.AMOUNT:
        with first:
            amount = _draw_number(f"Amount {often}", f"amount-{key}", start.amount)
            notes["amount"] = st.empty()
        place = second
    else:
        with first:
            hours = _draw_number(f"Hours {often}", f"hours-{key}", start.hours)
            notes["hours"] = st.empty()
        with second:
            rate = _draw_number("Hourly rate", f"rate-{key}", start.hourly_rate)
            notes["hourly_rate"] = st.empty()
        place = third
    with place:
        currency = _draw_currency(key, start)
        notes["currency"] = st.empty()
    return amount, hours, rate, currency


def _draw_number(label: str, key: str, value: Decimal | None) -> Decimal | None:
    number = st.number_input(
        label, value=None if value is None else float(value), format="%.2f", step=10.0, key=key
    )
    return None if number is None else Decimal(str(number))


def _draw_currency(key: str, start: CostTerms) -> str:
    rates = services().costs.rates
    known = list(dict.fromkeys([rates.currency, *rates.rates, "USD", start.currency]))
    return (
        st.selectbox(
            "Currency",
            known,
            known.index(start.currency),
            accept_new_options=True,
            help="Choose one, or type the three letters of another.",
            key=f"currency-{key}",
        )
        or ""
    )


def _draw_months(
    key: str, start: CostTerms, rhythm: CostRhythm, notes: Notes
) -> tuple[date, date | None]:
    own = [month for month in (start.first_month, start.last_month) if month]
    this = services().costs.this_month
    around = months(later(this, -MONTHS_BACK), later(this, MONTHS_AHEAD))
    known = sorted({*around, *own}, reverse=True)
    is_once = rhythm is CostRhythm.ONCE
    first_place, last_place = st.columns(2)
    with first_place:
        first = st.selectbox(
            "Month" if is_once else "First month",
            known,
            known.index(start.first_month),
            format_func=cost_words.month,
            key=f"first-{key}",
        )
        notes["first_month"] = st.empty()
    if is_once:
        return first, None
    with last_place:
        ends = [cost_words.NEVER, *known]
        last = st.selectbox(
            "Last month",
            ends,
            ends.index(start.last_month or cost_words.NEVER),
            format_func=cost_words.month,
            key=f"last-{key}",
        )
        notes["last_month"] = st.empty()
    return first, None if last == cost_words.NEVER else last


def _draw_idea(key: str, ideas: Mapping[str, str], start: CostTerms, notes: Notes) -> str:
    known = ["", *ideas]
    if start.idea_id not in known:
        known.append(start.idea_id)
    idea_id = st.selectbox(
        "Belongs to",
        known,
        known.index(start.idea_id),
        format_func=lambda idea_id: ideas.get(idea_id) or cost_words.other_idea(idea_id),
        help=cost_words.BOUND_HELP,
        key=f"idea-{key}",
    )
    notes["idea_id"] = st.empty()
    return idea_id or ""
