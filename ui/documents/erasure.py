"""Erases documents without a trace: says what will be gone, asks once, shows the receipt."""

from collections.abc import Sequence

import streamlit as st

from core.domain.identity import User
from core.domain.knowledge import DocumentOverview
from ingestion.erasing.erasure import ErasureReceipt
from ui import state, words
from ui.components.problems import shown_problems
from ui.resources import services

ERASE_DOCUMENTS = "erase-documents"
SHOWN_NAMES = 5


def draw_erase_button(selected: Sequence[DocumentOverview]) -> None:
    """Draw the button that opens the dialog."""
    if st.button(
        "Erase",
        icon=":material/delete_forever:",
        help="For content that must not be kept. Also removes its quotes from earlier answers.",
        key="erase-documents",
    ):
        state.show_dialog(ERASE_DOCUMENTS, tuple(selected))
        st.rerun()


def draw_erasure(user: User, documents: Sequence[DocumentOverview]) -> None:
    """Open the dialog that says what will be gone and asks once."""
    title = f"Erase {words.count(len(documents), 'document')}"
    st.dialog(title, on_dismiss=state.close_dialog)(_ask)(user, documents)


def draw_erased() -> None:
    """Draw what the last erasure removed."""
    receipt = state.erasure()
    if receipt is None:
        return
    remaining = sum(one.remaining_chunks for one in receipt.deletions)
    shown = st.success if receipt.files_rebuilt and not remaining else st.warning
    shown("  \n".join([f"**Erased {_titles(receipt)}**", *_lines(receipt)]))


def names_of(documents: Sequence[DocumentOverview]) -> str:
    """List the titles, the first five of many."""
    names = [f"- {words.plain(d.title)}" for d in documents[:SHOWN_NAMES]]
    hidden = len(documents) - SHOWN_NAMES
    more = [f"- and {words.count(hidden, 'other')}"] if hidden > 0 else []
    return "\n".join([*names, *more])


def _ask(user: User, documents: Sequence[DocumentOverview]) -> None:
    st.markdown(names_of(documents))
    passages = words.count(sum(d.chunk_count for d in documents), "passage")
    one = len(documents) == 1
    st.write(
        f"This permanently erases the {'original' if one else 'originals'}, all versions, the "
        f"text and {passages} in both indexes."
    )
    st.write(
        f"Earlier answers that quote {'it' if one else 'them'} lose those words, and test "
        f"questions that need {'it' if one else 'them'} are retired. Only a backup can bring "
        f"{'it' if one else 'them'} back: backups made before today still contain everything."
    )
    with st.container(horizontal=True, horizontal_alignment="right"):
        if st.button("Cancel", key="keep-from-erasure"):
            state.close_dialog()
            st.rerun()
        if st.button("Erase", type="primary", key="confirm-erasure"):
            _erase(user, documents)


def _erase(user: User, documents: Sequence[DocumentOverview]) -> None:
    with shown_problems():
        with st.spinner("Erasing, then rewriting the indexes"):
            receipt = services().lifecycle.erasure.erase(user, [d.id for d in documents])
        state.keep_erasure(receipt)
        state.close_dialog()
        st.rerun()


def _titles(receipt: ErasureReceipt) -> str:
    if len(receipt.deletions) == 1:
        return words.plain(receipt.deletions[0].title)
    return words.count(len(receipt.deletions), "document")


def _lines(receipt: ErasureReceipt) -> list[str]:
    removed, copies = receipt.deletions, receipt.redaction
    passages = words.count(sum(one.chunks for one in removed), "passage")
    originals = words.count(sum(one.originals for one in removed), "original")
    lines = [
        f"{passages} and {originals} removed, "
        f"{sum(one.remaining_chunks for one in removed):,} passages remain.",
        f"Quotes removed from {words.count(copies.answers, 'earlier answer')} and "
        f"{words.count(copies.ideas, 'idea')}; {words.count(copies.cases, 'test question')} "
        "retired.",
    ]
    if not receipt.files_rebuilt:
        lines.append(
            "The vectors are on a Chroma server. Compact them there to remove their last traces."
        )
    return lines
