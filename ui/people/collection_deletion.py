"""Deletes a collection: says what will be gone, and has its name typed before."""

import streamlit as st

from core.domain.identity import User
from core.domain.knowledge import Collection
from ui import state, words
from ui.components.problems import shown_problems
from ui.resources import services


def draw_collection_deletion(admin: User, collection: Collection) -> None:
    """Draw it closed until it is wanted; the button works once the name is typed."""
    with st.expander("Delete this collection"):
        st.write(_what_goes(services().documents.count(admin, collection.id)))
        typed = st.text_input(
            f"Type “{words.plain(collection.name)}” to confirm",
            autocomplete="off",
            key=f"confirm-delete-{collection.id}",
        )
        if st.button(
            "Delete collection",
            type="primary",
            icon=":material/delete:",
            disabled=typed.strip() != collection.name,
            key=f"delete-{collection.id}",
        ):
            with shown_problems():
                _delete(admin, collection)


def _what_goes(documents: int) -> str:
    if not documents:
        return "It contains no documents. Its name, access and owner are deleted permanently."
    return (
        f"This permanently deletes {words.count(documents, 'document')} with all versions, "
        "originals and passages. Earlier answers made from them can no longer be opened. For "
        "content that must leave no trace on the disk, erase the documents first."
    )


def _delete(admin: User, collection: Collection) -> None:
    with st.spinner("Deleting the documents, then the indexes"), services().worker.exclusive():
        receipt = services().lifecycle.collection_deletion.delete(admin, collection.id)
    documents = words.count(receipt.documents, "document")
    passages = words.count(receipt.passages, "passage")
    state.notify(words.plain(f"Deleted {receipt.name} with {documents} and {passages}."))
    st.rerun()
