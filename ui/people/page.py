"""People and access: who can sign in, and who can read what, for administrators."""

import streamlit as st

from core.domain.identity import User
from ui import state, words
from ui.components.collection_form import (
    NEW_COLLECTION,
    draw_new_collection,
    draw_new_collection_button,
)
from ui.components.problems import shown_problems
from ui.people.collection_access import draw_collections
from ui.people.form import NEW_PERSON, draw_new_person, draw_person
from ui.people.provisioning import NEW_TOKEN, draw_new_token, draw_provisioning
from ui.people.sign_in_waits import draw_sign_in_waits
from ui.people.table import draw_people_table
from ui.resources import services


def page(user: User) -> None:
    """Draw people, collections with their readers, and what an identity provider may do."""
    st.title("People and access", anchor=False)
    with shown_problems():
        _draw_people(user)
        draw_sign_in_waits(user)
        _draw_access(user)
        draw_provisioning(user)
        _draw_dialog()


def _draw_people(admin: User) -> None:
    people = services().people.list_all(admin)
    groups = services().people.list_groups(admin)
    active = sum(person.is_active for person in people)
    st.subheader("People", anchor=False)
    st.caption(
        f"{words.count(len(people), 'person', 'people')}, {active} active. Select a row to "
        "change role, groups or sign-in."
    )
    st.button(
        "Add a person",
        type="primary",
        icon=":material/person_add:",
        key="open-new-person",
        on_click=state.show_dialog,
        args=(NEW_PERSON,),
    )
    provisioned = services().scim.adoption.provisioned(admin)
    selected = draw_people_table(people, groups, provisioned.people)
    if selected is not None:
        draw_person(admin, selected, groups, provisioned)


def _draw_access(admin: User) -> None:
    st.subheader("Collections", anchor=False)
    st.caption(
        "People get answers only from collections that they can read. This includes "
        "administrators. Select a row to change access or the owner."
    )
    draw_new_collection_button()
    draw_collections(admin, services().people.list_groups(admin))


def _draw_dialog() -> None:
    dialog = state.open_dialog()
    if dialog is not None and dialog.name == NEW_PERSON:
        draw_new_person()
    elif dialog is not None and dialog.name == NEW_COLLECTION:
        draw_new_collection()
    elif dialog is not None and dialog.name == NEW_TOKEN:
        draw_new_token()
