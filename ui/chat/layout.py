"""The reading column of the chat, the room beside it for an open source, and what is in view."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import state
from ui.resources import reading_place_component

# The margins and the column of a conversation, and of the composer below it.
WIDTHS = (1, 10, 1)


def reading_row() -> tuple[DeltaGenerator, DeltaGenerator | None]:
    """Make a column of readable width, and a second one beside it while a source is open."""
    if state.open_citation() is not None:
        main, side = st.columns([5, 6], gap="medium")
        return main, side
    _, middle, _ = st.columns(WIDTHS)
    return middle, None


def mark_reading_place(place: str, *, grows: bool = False) -> None:
    """Scroll the page here once for each `place`, and follow it while it `grows`."""
    reading_place_component()(key=f"reading-{place}", data={"place": place, "grows": grows})
