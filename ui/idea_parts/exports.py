"""The downloads of a view of ideas."""

from urllib.parse import urlencode

import streamlit as st

from core.domain.ideas.filters import IdeaFilter
from ideas.export.tables import View
from ideas.portfolio.ranking import RankedBy


def draw_exports(wanted: IdeaFilter, view: View, by: RankedBy = RankedBy.SCORE) -> None:
    """Draw a link for each kind of file; what they hold is checked again when they are made."""
    query = wanted.query()
    table = urlencode({**query, "view": view.value, "by-figure": by.value})
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="exports"):
        st.caption("Download", width="content")
        for label, address in (
            ("CSV", f"/export/ideas.csv?{table}"),
            ("Excel", f"/export/ideas.xlsx?{table}"),
            ("PDF", f"/export/ideas.pdf?{urlencode(query)}"),
        ):
            st.link_button(label, address, icon=":material/download:", type="tertiary")
