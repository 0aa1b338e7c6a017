"""Draws the thumbs under an answer; thumbs down asks for the reason and what was expected."""

import streamlit as st

from core.domain.conversations import Feedback, FeedbackReason, Message
from core.domain.identity import User
from ui import words
from ui.components.problems import shown_problems
from ui.resources import services

UP, DOWN = 1, 0


def draw_feedback(user: User, message: Message) -> None:
    """Draw the thumbs, with the person's earlier choice selected."""
    before = message.feedback
    chosen = st.feedback(
        "thumbs",
        key=f"thumbs-{message.id}",
        default=None if before is None else (UP if before.rating > 0 else DOWN),
    )
    if chosen == UP and (before is None or before.rating < 0):
        _save(user, message.id, Feedback(1))
    if chosen == DOWN and (before is None or before.rating > 0):
        _save(user, message.id, Feedback(-1))


def draw_reasons(user: User, message: Message) -> None:
    """Ask after a thumbs down what was wrong, one of a list, and what the person expected.

    The form keeps what was typed if it cannot be saved.
    """
    before = message.feedback
    if before is None or before.rating > 0:
        return
    with st.form(key=f"reasons-{message.id}", border=True):
        reason = st.pills(
            "What was not helpful?",
            list(FeedbackReason),
            default=before.reason,
            format_func=words.FEEDBACK_REASONS.__getitem__,
            key=f"reason-{message.id}",
        )
        comment = st.text_area(
            "What did you expect? (optional)",
            before.comment,
            key=f"comment-{message.id}",
            max_chars=1000,
            height=90,
            placeholder="Such as: the limit for London, on page 3 of the travel policy",
        )
        if st.form_submit_button("Send"):
            _save(user, message.id, Feedback(-1, reason, comment))
    if before.reason or before.comment:
        st.caption(
            "Thank you. Administrators will see your question, your reason and what you expected."
        )


def _save(user: User, message_id: str, feedback: Feedback) -> None:
    with shown_problems():
        services().chat.give_feedback(user, message_id, feedback)
        st.rerun()
