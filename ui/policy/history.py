"""The versions of the policy, with the text of each."""

import streamlit as st

from core.domain.governance.policy import PolicyVersion
from core.domain.identity import User
from ui import words
from ui.components.times import local_time
from ui.policy import words as policy_words
from ui.policy.text import draw_policy
from ui.resources import services


def draw_history(admin: User) -> None:
    """Draw all versions, the newest first; the text of one is drawn once it is opened."""
    versions = services().policy.versions.history(admin)
    if not versions:
        st.info(policy_words.NO_POLICY)
    for version in versions:
        _draw_version(version)


def _draw_version(version: PolicyVersion) -> None:
    with st.container(border=True, gap="xsmall", key=f"policy-version-{version.number}"):
        st.badge(policy_words.kind(version), color="orange" if version.is_material else "gray")
        st.markdown(policy_words.heading(version, local_time(version.published_at)))
        if version.note:
            st.write(words.plain(version.note))
        st.caption(f"SHA-256 `{version.sha256}`")
        panel = st.expander("Text", key=f"policy-text-{version.number}", on_change="rerun")
        if panel.open:
            with panel:
                draw_policy(version.text, key=f"policy-version-text-{version.number}")
