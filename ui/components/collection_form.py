"""The dialog that makes a new collection."""

import streamlit as st

from core.domain.knowledge import Collection
from ui import state
from ui.components.access_choice import Access, draw_access_choice
from ui.components.problems import shown_problems
from ui.resources import services

NEW_COLLECTION = "new-collection"


def draw_new_collection_button() -> None:
    """Draw the button that opens the dialog."""
    st.button(
        "New collection",
        icon=":material/add:",
        key="open-new-collection",
        on_click=state.show_dialog,
        args=(NEW_COLLECTION,),
    )


@st.dialog("New collection", on_dismiss=state.close_dialog)
def draw_new_collection() -> None:
    """Ask for name, description and access; keep what is typed until it is saved."""
    with shown_problems():
        groups = services().people.list_groups(state.require_user())
        name = st.text_input("Name", max_chars=80, key="new-collection-name")
        description = st.text_input(
            "Description (optional)", max_chars=300, key="new-collection-description"
        )
        access = draw_access_choice("new-collection", groups)
        st.caption("You can change this later under People and access.")
        if st.button("Create collection", type="primary", key="create-collection"):
            created = _create(name, description, access)
            state.choose_upload_collection(created.id)
            state.close_dialog()
            st.rerun()


def _create(name: str, description: str, access: Access) -> Collection:
    return services().collections.add(
        state.require_user(),
        name,
        description=description,
        groups=access.groups,
        is_open=access.is_open,
    )
