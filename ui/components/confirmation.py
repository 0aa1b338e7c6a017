"""Asks for the password again before something dangerous."""

import streamlit as st

from core.domain.identity import User
from ui import state
from ui.components.problems import shown_problems
from ui.resources import services


def draw_confirmation(user: User, what: str) -> None:
    """Draw the question where the password was entered too long ago; nothing otherwise.

    `what` says what it is for, and follows “to”.
    """
    if not user.needs_confirmation:
        return
    with st.container(border=True, key="confirmation"):
        st.write(f"Enter your password again to {what}. It is valid for 10 minutes.")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            password = st.text_input(
                "Your password",
                type="password",
                autocomplete="current-password",
                key="confirmation-password",
            )
            is_sent = st.button("Continue", key="confirm")
        if is_sent:
            with shown_problems():
                services().sign_in.confirm(user, state.session_token(), password)
                st.rerun()
