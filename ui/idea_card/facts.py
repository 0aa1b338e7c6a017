"""Labels with what is known, as many beside each other as there is room for."""

from collections.abc import Sequence

import streamlit as st

Fact = tuple[str, str]
"""A label and what stands beside it, in Markdown."""


def draw_facts(facts: Sequence[Fact], key: str) -> None:
    """Draw the facts that are known; nothing if none is."""
    known = [(label, value) for label, value in facts if value and value != "–"]
    if not known:
        return
    with st.grid("auto", min_column_width=190, gap="small", key=key):
        for label, value in known:
            st.markdown(f":small[:gray[{label}]]  \n{value}")
