"""Writes a new version of the policy: text and preview, draft, publication."""

import streamlit as st

from admin.policy.policies import MAX_NOTE, MAX_TEXT
from core.domain.governance.policy import PolicyDraft, PolicyVersion
from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.policy import words as policy_words
from ui.policy.text import draw_policy
from ui.resources import services

HEIGHT = 560


def draw_editor(admin: User) -> None:
    """Draw text and preview beside each other, and what can be done with the text."""
    current = services().policy.versions.current(admin)
    draft = services().policy.versions.draft(admin)
    st.write(policy_words.EDITOR)
    _draw_state(current, draft)
    # A new key for each saved state: the field then shows what is stored.
    place = f"{current.number if current else 0}-{draft.version}"
    left, right = st.columns(2, gap="medium")
    text = left.text_area(
        "Text",
        draft.text,
        max_chars=MAX_TEXT,
        height=HEIGHT,
        key=f"policy-editor-{place}",
    )
    with right:
        st.caption("Preview")
        with st.container(height=HEIGHT, key="policy-preview"):
            draw_policy(text or "", key="policy-preview-text")
    _draw_drafting(admin, draft, text or "")
    _draw_publication(admin, current, text or "", place)


def _draw_state(current: PolicyVersion | None, draft: PolicyDraft) -> None:
    if current is not None:
        st.caption(policy_words.heading(current, local_time(current.published_at)))
    if draft.changed_at is not None:
        by = words.plain(draft.changed_by)
        st.info(f"A draft is being worked on. {by} saved it on {local_time(draft.changed_at)}.")


def _draw_drafting(admin: User, draft: PolicyDraft, text: str) -> None:
    with st.container(horizontal=True):
        saves = st.button("Save draft", key="save-policy-draft")
        discards = bool(draft.version) and st.button(
            "Discard draft", type="tertiary", key="discard-policy-draft"
        )
    with shown_problems():
        if saves:
            services().policy.versions.save_draft(admin, text, version=draft.version)
            state.notify("The draft is saved. Nobody but administrators sees it.")
            st.rerun()
        if discards:
            services().policy.versions.discard_draft(admin, version=draft.version)
            state.notify("The draft is gone. The published text is shown.")
            st.rerun()


def _draw_publication(admin: User, current: PolicyVersion | None, text: str, place: str) -> None:
    if current is not None and text.strip() == current.text:
        return
    with st.form(key=f"publish-policy-{place}"):
        st.markdown("**Publish this text**")
        note = st.text_input(
            "What changed (everyone reads it)",
            max_chars=MAX_NOTE,
            placeholder="Such as: customer data may now be used in the project Fjord",
        )
        is_material = st.toggle(policy_words.MATERIAL, value=True, help=policy_words.MATERIAL_HELP)
        if st.form_submit_button("Publish", type="primary"):
            with shown_problems():
                version = services().policy.versions.publish(
                    admin,
                    text,
                    is_material=is_material,
                    note=note,
                    seen=current.number if current else 0,
                )
                state.notify(f"Version {version.number} is published.")
                st.rerun()
