"""Idea review: what waits for a reviewer, and the forms that settle it."""

import streamlit as st

from core.domain.identity import User
from ui import state_ideas
from ui.components.problems import shown_problems
from ui.idea_review.queue import draw_queue
from ui.idea_review.review import draw_review
from ui.idea_review.settings import draw_settings
from ui.idea_review.triage import draw_triage

READABLE_WIDTH = 960
QUEUE, SETTINGS = "Waiting", "Weights"


def page(user: User) -> None:
    """Draw the queue, or one idea with its form (?idea= and ?task=)."""
    idea, task = state_ideas.address("idea"), state_ideas.address("task")
    with st.container(width=READABLE_WIDTH), shown_problems():
        if idea and task == "triage":
            draw_triage(user, idea)
        elif idea:
            draw_review(user, idea)
        else:
            _draw_start(user)


def _draw_start(user: User) -> None:
    st.title("Idea review", anchor=False)
    if not user.is_admin:
        draw_queue(user)
        return
    waiting, weights = st.tabs([QUEUE, SETTINGS], key="view", bind="query-params")
    if waiting.open:
        with waiting:
            draw_queue(user)
    if weights.open:
        with weights:
            draw_settings(user)
