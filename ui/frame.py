"""Draws the frame of every page: the sidebar with history, notice and account menu."""

from collections.abc import Sequence

import streamlit as st

from core.domain.identity import User
from ui import words
from ui.chat.history import draw_history
from ui.resources import services


def draw_first_sidebar(user: User, *, policy: st.Page, own_pages: Sequence[st.Page]) -> None:
    """Draw what is open before the AI-use policy is acknowledged."""
    with st.sidebar:
        st.page_link(policy)
        for page in own_pages:
            st.page_link(page)
        st.caption(words.plain(services().web.data_class_notice))
        with st.popover(words.plain(user.name), icon=":material/account_circle:", width="stretch"):
            st.caption(f"{words.plain(user.email)} · {user.role.value}")
            st.link_button("Sign out", "/sign-out", icon=":material/logout:", width="stretch")


def draw_sidebar(
    user: User, *, own_pages: Sequence[st.Page], bell: st.Page, has_history: bool
) -> None:
    """Draw the conversations on the chat page; bell, notice and account on every page."""
    with st.sidebar:
        if has_history:
            draw_history(user)
        st.page_link(bell)
        st.caption(words.plain(services().web.data_class_notice))
        with st.popover(words.plain(user.name), icon=":material/account_circle:", width="stretch"):
            st.caption(f"{words.plain(user.email)} · {user.role.value}")
            for page in own_pages:
                st.page_link(page)
            st.link_button("Sign out", "/sign-out", icon=":material/logout:", width="stretch")
