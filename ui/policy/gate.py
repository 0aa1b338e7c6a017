"""The page that people see before they use the sandbox, and after a material change."""

import streamlit as st

from core.domain.governance.policy import PolicyVersion
from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.policy import words as policy_words
from ui.policy.text import draw_policy
from ui.resources import services

READABLE_WIDTH = 760


def page(user: User) -> None:
    """Draw the policy with the two answers to it, below its text."""
    with st.container(width=READABLE_WIDTH), shown_problems():
        version = services().policy.versions.current(user)
        if version is None:
            st.info(policy_words.NO_POLICY)
            return
        changes = services().policy.versions.changes_since(user)
        st.write(policy_words.CHANGED if changes else policy_words.INTRODUCTION)
        for change in changes:
            st.markdown(f"- {words.plain(change)}")
        with st.container(border=True, key="policy-text"):
            draw_policy(version.text, key=f"policy-{version.id}")
        st.caption(policy_words.heading(version, local_time(version.published_at)))
        _draw_answers(user, version)


def _draw_answers(user: User, version: PolicyVersion) -> None:
    with st.container(horizontal=True):
        # Keys of this version: a click on the buttons below an older text answers nothing.
        agrees = st.button(policy_words.AGREE, type="primary", key=f"acknowledge-{version.id}")
        declines = st.button(policy_words.DECLINE, key=f"decline-{version.id}")
    st.caption(policy_words.KEPT)
    if agrees:
        services().policy.versions.acknowledge(user, version.id, version.sha256)
        st.rerun()
    if declines:
        services().policy.versions.decline(user, version.id, version.sha256)
        services().sign_in.sign_out(state.session_token())
        st.rerun()
