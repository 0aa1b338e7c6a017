"""Asks for the password again before something dangerous."""

import streamlit as st

from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.resources import services


def draw_confirmation(user: User, what: str) -> None:
    """Draw the question where the password was entered too long ago; nothing otherwise.

    `what` says what it is for, and follows “to”.
    """
    if not user.needs_confirmation:
        return
    if company := company_behind(state.session_token()):
        _draw_company(company, what)
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


def _draw_company(company: str, what: str) -> None:
    """Send whoever signed in elsewhere there again, in another tab, so that this one stays."""
    with st.container(border=True, key="confirmation"):
        st.write(
            f"To {what}, sign in again with {words.plain(company)}. It is valid for 10 minutes."
        )
        with st.container(horizontal=True):
            st.link_button(
                "Sign in again", "/sign-in/company?for=confirm", icon=":material/open_in_new:"
            )
            if st.button("I have signed in again", key="confirmed"):
                st.rerun()


def company_behind(token: str) -> str:
    """Return the name of the company sign-in that opened this session; "" for other sessions."""
    company = services().company_sign_in
    return company.name if company is not None and company.is_behind(token) else ""
