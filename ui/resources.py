"""Holds what lives longer than a page run: the services and the registered components."""

import base64
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from bootstrap.process import services as process_services
from bootstrap.services import Services

ASSETS = Path(__file__).parent / "assets"


def services() -> Services:
    """Return the services of this process, the same that the web edge uses."""
    return process_services()


@st.cache_resource(show_spinner=False)
def answer_component() -> ComponentRenderer:
    """Register, once per process, the component that draws an answer with clickable citations."""
    return st.components.v2.component(
        "answer",
        css=_asset("tree.css", "answer.css"),
        js=_asset("tree.js", "answer.js"),
    )


@st.cache_resource(show_spinner=False)
def passage_component() -> ComponentRenderer:
    """Register, once per process, the component that shows text with marked words."""
    return st.components.v2.component(
        "passage",
        css=(ASSETS / "passage.css").read_text(encoding="utf-8"),
        js=(ASSETS / "passage.js").read_text(encoding="utf-8"),
    )


@st.cache_resource(show_spinner=False)
def reading_place_component() -> ComponentRenderer:
    """Register, once per process, the component that scrolls to where reading goes on."""
    return st.components.v2.component(
        "reading_place",
        js=(ASSETS / "reading_place.js").read_text(encoding="utf-8"),
    )


@st.cache_resource(show_spinner=False)
def source_panel_component() -> ComponentRenderer:
    """Register, once per process, the component that keeps the open source in view."""
    return st.components.v2.component(
        "source_panel",
        css=(ASSETS / "source_panel.css").read_text(encoding="utf-8"),
        js=(ASSETS / "source_panel.js").read_text(encoding="utf-8"),
        # It styles the panel around itself.
        isolate_styles=False,
    )


@st.cache_resource(show_spinner=False)
def source_view_component() -> ComponentRenderer:
    """Register, once per process, the component that shows the pages of a source."""
    return st.components.v2.component(
        "source_view",
        css=_asset("tree.css", "source_view.css"),
        js=_asset("tree.js", "source_view.js"),
    )


@st.cache_resource(show_spinner=False)
def download_component() -> ComponentRenderer:
    """Register, once per process, the button that saves a small file."""
    return st.components.v2.component(
        "download",
        css=(ASSETS / "download.css").read_text(encoding="utf-8"),
        js=(ASSETS / "download.js").read_text(encoding="utf-8"),
    )


def _asset(*names: str) -> str:
    """Join files: scripts that a browser gets as one cannot import each other."""
    return "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in names)


def picture_address(png: bytes) -> str:
    """Return a PNG as a data: address, a part of the page itself.

    Streamlit would serve it at an address that answers everybody who is signed in and knows it.
    """
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


@cache
def icon() -> str:
    """Return the icon of the browser tab."""
    return picture_address((ASSETS / "icon.png").read_bytes())
