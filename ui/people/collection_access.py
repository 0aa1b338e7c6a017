"""Draws who can read which collection."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.domain.identity import Group, User
from core.domain.knowledge import Collection
from ui import state, words
from ui.components.access_choice import access_of, draw_access_choice
from ui.components.problems import shown_problems
from ui.people.collection_deletion import draw_collection_deletion
from ui.resources import services


def draw_collections(admin: User, groups: Sequence[Group]) -> None:
    """Draw the list, and the choice for the selected collection."""
    collections = services().collections.list_all(admin)
    if not collections:
        st.info("No collections yet. Create one here, or with the first upload under Documents.")
        return
    event = st.dataframe(
        collection_table(collections, groups),
        hide_index=True,
        width="stretch",
        on_select="rerun",
        selection_mode="single-row",
        key=f"collections-{len(collections)}",
        alt="Collections and who can read them",
    )
    for row in event["selection"]["rows"]:
        _draw_access(admin, collections[row], groups)


def collection_table(collections: Sequence[Collection], groups: Sequence[Group]) -> pd.DataFrame:
    """Make one row per collection, in the order given."""
    return pd.DataFrame(
        {
            "Collection": [c.name for c in collections],
            "Who can read it": [access_of(c, groups).text for c in collections],
            "Documents": [c.document_count for c in collections],
            "Owner": [c.owner_name for c in collections],
            "Description": [c.description for c in collections],
        }
    )


def _draw_access(admin: User, collection: Collection, groups: Sequence[Group]) -> None:
    now = access_of(collection, groups)
    with st.container(border=True, key="collection-access"):
        st.markdown(f"**{words.plain(collection.name)}**")
        chosen = draw_access_choice(f"access-{collection.id}", groups, now)
        if st.button(
            "Save access",
            type="primary",
            disabled=chosen == now,
            key=f"save-access-{collection.id}",
        ):
            with shown_problems():
                services().collections.set_access(
                    admin, collection.id, groups=chosen.groups, is_open=chosen.is_open
                )
                state.notify(words.plain(f"Access to {collection.name} changed."))
                st.rerun()
        _draw_owner(admin, collection)
        draw_collection_deletion(admin, collection)


def _draw_owner(admin: User, collection: Collection) -> None:
    """Ask who receives the questions that the collection does not answer."""
    people = {one.id: one.name for one in services().people.list_all(admin) if one.is_active}
    names = {"": "No owner: the administrators get them", **people}
    now = collection.owner_id if collection.owner_id in names else ""
    chosen = st.selectbox(
        "Owner, who receives the questions that the collection does not answer",
        list(names),
        index=list(names).index(now),
        format_func=names.__getitem__,
        key=f"owner-{collection.id}",
    )
    if st.button("Save owner", disabled=chosen == now, key=f"save-owner-{collection.id}"):
        with shown_problems():
            services().collections.set_owner(admin, collection.id, chosen)
            state.notify(words.plain(f"Owner of {collection.name} changed."))
            st.rerun()
