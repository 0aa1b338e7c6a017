"""Makes the question of a topic a golden question, which every evaluation asks."""

import streamlit as st

from admin.gaps.topics import Evidence
from core.domain.gaps import GapTopic
from core.domain.identity import User
from ui import state
from ui.components.problems import shown_problems
from ui.resources import services


def draw_golden(user: User, topic: GapTopic) -> None:
    """Draw the button; where a document closes the topic, ask for the words that answer."""
    if not user.is_admin or topic.is_golden:
        return
    document_id = topic.outcome.document_id if topic.outcome and not topic.is_open else ""
    if document_id:
        _draw_with_evidence(user, topic, document_id)
    elif st.button(
        "Make it a golden question",
        icon=":material/star:",
        type="tertiary",
        help="Every evaluation of the promoted questions asks it. Until a document answers it, the "
        "right answer is that the documents do not.",
        key=f"golden-{topic.id}",
    ):
        _make(user, topic)


def _draw_with_evidence(user: User, topic: GapTopic, document_id: str) -> None:
    with st.popover(
        "Make it a golden question",
        icon=":material/star:",
        type="tertiary",
        key=f"golden-panel-{topic.id}",
    ):
        page = st.number_input("Page", min_value=1, key=f"golden-page-{topic.id}")
        quote = st.text_area(
            "Words on this page that answer the question",
            height="content",
            key=f"golden-quote-{topic.id}",
        )
        if st.button("Save", key=f"golden-{topic.id}"):
            _make(user, topic, Evidence(document_id, int(page), quote or ""))


def _make(user: User, topic: GapTopic, evidence: Evidence | None = None) -> None:
    with shown_problems():
        services().gaps.topics.make_golden(user, topic.id, evidence)
        state.notify("It is a golden question now. `evaluate promoted` asks it.")
        st.rerun()
