"""Tables of ideas; a selected row opens the card."""

import hashlib
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.domain.ideas.card import label_of
from ideas.portfolio.entries import Entry
from ui import words
from ui.idea_parts import words as idea_words
from ui.idea_parts.entries import draw_opener, open_on_its_page
from ui.resources import services

ROWS_IN_VIEW = 14
HEIGHT = 35 * (ROWS_IN_VIEW + 1) + 2


def draw_table(figures: Mapping[str, Sequence[object]], entries: Sequence[Entry], key: str) -> None:
    """Draw a row for each idea with these figures before what is known of every idea."""
    ids = "".join(entry.id for entry in entries)
    event = st.dataframe(
        idea_table(figures, entries),
        hide_index=True,
        width="stretch",
        height="content" if len(entries) <= ROWS_IN_VIEW else HEIGHT,
        column_config={
            "Title": st.column_config.TextColumn(width="large"),
            "In its state": st.column_config.NumberColumn(format="%d days"),
        },
        on_select="rerun",
        selection_mode="single-row",
        alt="Ideas with their figures. Select a row to open its card.",
        key=f"{key}-{hashlib.sha256(ids.encode()).hexdigest()[:12]}",
    )
    for row in event["selection"]["rows"][:1]:
        if row < len(entries):
            open_card(entries[row].id)


def idea_table(figures: Mapping[str, Sequence[object]], entries: Sequence[Entry]) -> pd.DataFrame:
    """Return the table as it is drawn; columns without any value are left out."""
    currency = services().ideas.currency
    columns: dict[str, Sequence[object]] = {
        "Title": [entry.title for entry in entries],
        "Number": [label_of(entry.number) for entry in entries],
        **figures,
        "State": [idea_words.STATES[entry.status] for entry in entries],
        "Risk": [
            idea_words.NO_RISK if entry.risk is None else idea_words.RISKS[entry.risk]
            for entry in entries
        ],
        "Category": [words.CATEGORIES[entry.category] for entry in entries],
        f"{currency} a month": [_number(entry.money_per_month) for entry in entries],
        "Hours a month": [entry.hours_per_month for entry in entries],
        "Owner": [entry.owner for entry in entries],
        "Business unit": [entry.business_unit for entry in entries],
        "Campaign": [entry.campaign for entry in entries],
    }
    return pd.DataFrame(
        {name: list(values) for name, values in columns.items() if name == "Title" or any(values)}
    )


def open_card(idea_id: str) -> None:
    """Open the card of an idea, with the way back to this view."""
    open_on_its_page(idea_id, page="portfolio", title="Portfolio")


def draw_card_opener(entry: Entry) -> None:
    """Draw the button that opens the card of an idea, named by its number."""
    if draw_opener(label_of(entry.number), f"open-{entry.id}"):
        open_card(entry.id)


def _number(amount: object) -> float | None:
    return None if amount is None else float(str(amount))
