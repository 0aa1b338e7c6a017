"""A person's legal hold, and the erasure of the person, which has the address typed before."""

import streamlit as st

from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.privacy import words as privacy_words
from ui.resources import services


def draw_hold_and_erasure(admin: User, person: User) -> None:
    """Draw both closed until they are wanted."""
    _draw_hold(admin, person)
    _draw_erasure(admin, person)


def _draw_hold(admin: User, person: User) -> None:
    with st.expander("Place a legal hold"):
        st.write(privacy_words.WHAT_A_HOLD_DOES)
        reason = st.text_input(
            "Reason, such as the number of the case", max_chars=500, key=f"hold-reason-{person.id}"
        )
        if st.button("Place legal hold", key=f"hold-{person.id}"):
            with shown_problems():
                services().privacy.holds.place(admin, person.id, reason)
                state.notify("The legal hold is in force. Release it on the page Privacy.")
                st.rerun()


def _draw_erasure(admin: User, person: User) -> None:
    with st.expander("Erase this person"):
        st.write(privacy_words.WHAT_GOES)
        typed = st.text_input(
            f"Type “{words.plain(person.email)}” to confirm",
            autocomplete="off",
            key=f"confirm-erase-{person.id}",
        )
        if st.button(
            "Erase for good",
            type="primary",
            icon=":material/delete_forever:",
            disabled=typed.strip().lower() != person.email,
            key=f"erase-{person.id}",
        ):
            with shown_problems():
                with st.spinner("Deleting, rewriting the files, then searching them"):
                    made = services().privacy.erasure.erase(admin, person.id)
                state.notify(_told(made.is_complete, made.ownerless_collections))
                st.rerun()


def _told(is_complete: bool, ownerless: int) -> str:
    told = (
        "The person is erased. The certificate is on the page Privacy."
        if is_complete
        else "The person is erased, and something was found afterwards. See the page Privacy."
    )
    if ownerless:
        told += f" {words.count(ownerless, 'collection')} without an owner now."
    return told
