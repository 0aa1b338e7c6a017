"""Draws the versions of a document: the current one, the others, and the roll-back."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.domain.identity import User
from core.domain.knowledge import DocumentOverview, DocumentState
from ingestion.library.version_history import VersionEntry
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import time_zone
from ui.documents.chunk_viewer import draw_passages
from ui.resources import services


def draw_versions(user: User, document: DocumentOverview, *, is_readable: bool) -> None:
    """Draw all versions as a table; the selected one can be viewed and used again."""
    versions = services().lifecycle.version_history.versions(user, document.id)
    st.caption(_line(versions))
    chosen = _draw_table(document.id, versions)
    if chosen is None:
        return
    is_ready = chosen.state is DocumentState.READY
    if chosen.reason:
        st.caption(words.plain(f"Version {chosen.number}: {chosen.reason}"))
    if is_ready and not chosen.is_current:
        _draw_roll_back(user, document, chosen)
    if is_ready and is_readable:
        draw_passages(user, chosen.version_id, chosen.page_count)
    elif is_ready:
        st.caption("People who can read this collection see its pages here.")


def _line(versions: Sequence[VersionEntry]) -> str:
    answering = [one.number for one in versions if one.is_current]
    said = f"Answers use version {answering[0]}." if answering else "No version is in use yet."
    if len(versions) == 1:
        return said
    return f"{said} Select another version to view it or to use it again."


def _draw_table(document_id: str, versions: Sequence[VersionEntry]) -> VersionEntry | None:
    event = st.dataframe(
        version_table(versions),
        hide_index=True,
        width="stretch",
        height="content",
        column_config={
            "Size": st.column_config.NumberColumn(format="bytes"),
            "Uploaded at": st.column_config.DatetimeColumn(
                format="D MMM YYYY, HH:mm", timezone=time_zone()
            ),
        },
        on_select="rerun",
        selection_mode="single-row",
        key=versions_key(document_id, versions),
        alt="Versions of this document",
    )
    rows = event["selection"]["rows"]
    return versions[rows[0]] if rows and rows[0] < len(versions) else None


def versions_key(document_id: str, versions: Sequence[VersionEntry]) -> str:
    """Return a key that changes with every new version, so a selection never moves."""
    return f"versions-{document_id}-{len(versions)}"


def version_table(versions: Sequence[VersionEntry]) -> pd.DataFrame:
    """Make one row per version, in the order given."""
    return pd.DataFrame(
        {
            "Version": [one.number for one in versions],
            "Status": [_state(one) for one in versions],
            "Pages": [one.page_count for one in versions],
            "Passages": [one.chunk_count for one in versions],
            "Size": [one.size_bytes for one in versions],
            "Uploaded by": [one.uploaded_by or "Terminal" for one in versions],
            "Uploaded at": [one.uploaded_at for one in versions],
            "File": [one.file_name for one in versions],
        }
    )


def _state(version: VersionEntry) -> str:
    if version.is_current:
        return "Current"
    if version.state is DocumentState.READY:
        return "Earlier version"
    return words.DOCUMENT_STATES[version.state]


def _draw_roll_back(user: User, document: DocumentOverview, chosen: VersionEntry) -> None:
    key = f"{document.id}-{chosen.number}"
    with st.popover(f"Use version {chosen.number}", icon=":material/history:"):
        st.write(
            f"Answers will use version {chosen.number} immediately. The other versions are kept. "
            "The next upload of this document replaces it as usual."
        )
        if st.button("Use this version", type="primary", key=f"roll-back-{key}"):
            with shown_problems():
                with st.spinner("Adding its passages to both indexes"):
                    services().lifecycle.version_history.roll_back(user, chosen.version_id)
                state.notify(f"Answers now use version {chosen.number}.")
                st.rerun()
