"""Draws everything about the selected document."""

import streamlit as st

from core.domain.identity import User
from core.domain.knowledge import DocumentOverview, DocumentState
from ui import words
from ui.components.times import local_time
from ui.documents import words as document_words
from ui.documents.care import draw_care
from ui.documents.chunk_viewer import draw_passages
from ui.documents.screening_review import draw_checks
from ui.documents.version_history import draw_versions
from ui.resources import services


def draw_facts(document: DocumentOverview, *, is_readable: bool) -> None:
    """Draw the document's name, its upload, and the reason for its status."""
    st.markdown(f"**{words.plain(document.title)}**")
    by = f"by {document.uploaded_by}" if document.uploaded_by else "from the terminal"
    uploaded = f"version {document.version}, uploaded {by}, {local_time(document.uploaded_at)}"
    st.caption(words.plain(f"{document.file_name} · {uploaded}"))
    if document.reason and document.state is not DocumentState.QUARANTINED:
        shown = st.warning if document.state is DocumentState.FAILED else st.info
        shown(words.plain(document.reason))
    if document.state is DocumentState.READY and not is_readable:
        st.caption("People who can read this collection can download the original.")


def draw_details(user: User, document: DocumentOverview, *, is_readable: bool) -> None:
    """Draw tabs whose content is computed when they are opened.

    A quarantined version shows its findings already.
    """
    is_held = document.state is DocumentState.QUARANTINED
    names = ["Details", "Reliability", *([] if is_held else ["Upload checks"]), "Versions"]
    if is_readable:
        names.append("Passages")
    tabs = st.tabs(names, key=f"details-{document.id}", on_change="rerun")
    for name, tab in zip(names, tabs, strict=True):
        if tab.open:
            with tab:
                _draw(name, user, document, is_readable=is_readable)


def _draw(name: str, user: User, document: DocumentOverview, *, is_readable: bool) -> None:
    if name == "Details":
        draw_care(user, document)
    elif name == "Reliability":
        _draw_fitness(user, document)
    elif name == "Upload checks":
        draw_checks(user, document.version_id, document.classification)
    elif name == "Versions":
        draw_versions(user, document, is_readable=is_readable)
    else:
        draw_passages(user, document.version_id, document.page_count)


def _draw_fitness(user: User, document: DocumentOverview) -> None:
    """Draw the reliability with its concerns, then the figures it comes from."""
    fitness = services().stewardship.fitness(user, [document.id]).get(document.id)
    if fitness is None:
        return
    concerns = " ".join(document_words.concern(one, fitness) for one in fitness.concerns)
    reliability = document_words.RELIABILITY[fitness.reliability]
    st.markdown(f"**{reliability}.** {words.plain(concerns or 'No problems found.')}")
    with st.container(horizontal=True):
        quality = "–" if fitness.quality is None else f"{fitness.quality:.0%}"
        st.metric("Readable pages", f"{fitness.readable_pages} of {fitness.pages}", width=150)
        st.metric("Text quality", quality, width=150)
        st.metric("Recognised in images", words.count(fitness.ocr_pages, "page"), width=180)
        st.metric("Cited in answers, 90 days", fitness.times_cited, width=200)
        st.metric("Rated not helpful", fitness.thumbs_down, width=180)
        st.metric("Open findings", fitness.open_findings, width=150)
