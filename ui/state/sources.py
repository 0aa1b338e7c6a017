"""The source that is open beside a conversation."""

from dataclasses import dataclass, replace
from typing import cast

import streamlit as st

_CITATION = "open_citation"
_OPENINGS = "openings_of_sources"


@dataclass(frozen=True, slots=True)
class OpenCitation:
    """The citation shown in the source panel.

    `opening` counts how often a source was opened. `page` is the one turned to, 0 for the cited
    one, and `part` the part of it, None for the one with the quote.
    """

    message_id: str
    number: int
    opening: int = 0
    page: int = 0
    part: int | None = None


def open_citation() -> OpenCitation | None:
    """Return the citation in the source panel, None if the panel is closed."""
    return cast("OpenCitation | None", st.session_state.get(_CITATION))


def show_citation(message_id: str, number: int) -> None:
    """Open the source panel at the cited place."""
    st.session_state[_OPENINGS] = opening = st.session_state.get(_OPENINGS, 0) + 1
    st.session_state[_CITATION] = OpenCitation(message_id, number, opening)


def show_clicked_citation(component_key: str, message_id: str) -> None:
    """Open the source panel for the chip that was clicked in an answer component."""
    number = st.session_state[component_key].get("cite")
    if number is not None:
        show_citation(message_id, int(number))


def turn_source_page(component_key: str) -> None:
    """Turn to the page of the open source that was chosen in its component."""
    turn, opened = st.session_state[component_key].get("turn"), open_citation()
    if opened is None or turn is None:
        return
    page, part = turn
    part = None if part is None else int(part)
    st.session_state[_CITATION] = replace(opened, page=int(page), part=part)


def close_citation() -> None:
    """Close the source panel."""
    st.session_state.pop(_CITATION, None)
