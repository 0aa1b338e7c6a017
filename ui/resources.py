"""Everything that lives longer than a page run: the services and the registered components."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from bootstrap.process import services as process_services
from bootstrap.services import Services

ASSETS = Path(__file__).parent / "assets"


def services() -> Services:
    """The services of this process, the same that the web edge uses."""
    return process_services()


@st.cache_resource(show_spinner=False)
def answer_component() -> ComponentRenderer:
    """Draws an answer with clickable citations; registered once per process."""
    return st.components.v2.component(
        "answer",
        css=(ASSETS / "answer.css").read_text(encoding="utf-8"),
        js=(ASSETS / "answer.js").read_text(encoding="utf-8"),
    )


@st.cache_resource(show_spinner=False)
def passage_component() -> ComponentRenderer:
    """Shows text with marked words; registered once per process."""
    return st.components.v2.component(
        "passage",
        css=(ASSETS / "passage.css").read_text(encoding="utf-8"),
        js=(ASSETS / "passage.js").read_text(encoding="utf-8"),
    )


@st.cache_resource(show_spinner=False)
def reading_place_component() -> ComponentRenderer:
    """Scrolls the page to where reading goes on; registered once per process."""
    return st.components.v2.component(
        "reading_place",
        js=(ASSETS / "reading_place.js").read_text(encoding="utf-8"),
    )
