"""Who is signed in behind this run."""

from collections.abc import Callable

import streamlit as st

from admin.signing_in.session_cookie import session_cookie_name
from core.domain.identity import User
from ui.resources import services

_USER = "user_id"


def session_token() -> str:
    """Return the sign-in token of this browser; empty if there is none."""
    name = session_cookie_name(is_secure=services().web.secure_cookie)
    return st.context.cookies.get(name, "")


def current_user() -> User | None:
    """Return the person behind this run, read from the database each time.

    The WebSocket outlives a revoked session, so this check, at the start of every run, is the gate
    that counts. Another person on the same connection starts with an empty state.
    """
    # Streamlit tells no address of a browser on this machine.
    address = st.context.ip_address or ""
    user = services().sign_in.user_for(session_token(), address=address)
    known = st.session_state.get(_USER)
    if known is not None and (user is None or user.id != known):
        st.session_state.clear()
    if user is not None:
        st.session_state[_USER] = user.id
    return user


def sign_in_check() -> Callable[[], bool]:
    """Return a check, for use while an answer is written, that this sign-in still holds."""
    sign_in, token = services().sign_in, session_token()
    return lambda: sign_in.user_for(token) is not None


def require_user() -> User:
    """Return the signed-in person, or end the run with a link to the sign-in page.

    It is drawn as the text that every page has: code for other elements is behind the gate by now.
    """
    user = current_user()
    if user is None:
        st.markdown(
            "**You are signed out.** [Sign in](/sign-in) in another tab, then continue here. "
            "What you typed is kept while this page stays open."
        )
        st.stop()
    return user
