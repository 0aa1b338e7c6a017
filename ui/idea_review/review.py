"""One's own review of an idea, blind to those of others until it is in."""

import streamlit as st

from core.domain.ideas.card import IdeaCard
from core.domain.ideas.criteria import CriteriaSet
from core.domain.ideas.review import Recommendation, Review
from core.domain.identity import User
from core.errors import SandboxError
from ideas.review.values import ReviewForm
from ui import state, state_ideas, words
from ui.components.field_notes import Notes, draw_notes
from ui.components.problems import shown_problems
from ui.idea_parts import words as idea_words
from ui.idea_review import words as review_words
from ui.idea_review.head import draw_idea_head
from ui.idea_review.scorecard import draw_scorecard
from ui.resources import services


def draw_review(user: User, idea_id: str) -> None:
    """Draw the idea and the scorecard; what is chosen is kept at once."""
    card = services().ideas.cards.get(user, idea_id)
    draw_idea_head(card)
    own = services().ideas.reviews.of_idea(user, idea_id).own
    if own is None or own.submitted_at is not None:
        st.info(review_words.REVIEW_IS_IN if own else review_words.NOT_ASKED)
        return
    st.caption(review_words.BLIND)
    criteria = services().ideas.reviews.criteria(user, idea_id)
    _draw_form(user, card, criteria, own)
    _draw_conflict(user, card)


@st.fragment
def _draw_form(user: User, card: IdeaCard, criteria: CriteriaSet, own: Review) -> None:
    notes: Notes = {}
    scores = draw_scorecard(criteria, own.scores, own.id, notes)
    comment = st.text_area(
        "Why?",
        own.comment,
        placeholder="What speaks for it, what against it, and what should be tried first?",
        persist_state="session",
        key=f"review-comment-{own.id}",
    )
    notes["comment"] = st.empty()
    recommendation = st.segmented_control(
        "What would you do?",
        list(Recommendation),
        default=own.recommendation,
        format_func=idea_words.RECOMMENDATIONS.__getitem__,
        persist_state="session",
        key=f"review-recommendation-{own.id}",
    )
    notes["recommendation"] = st.empty()
    form = ReviewForm(scores, comment or "", recommendation)
    with shown_problems():
        _keep(user, card, own, form)
    if st.button("Submit review", type="primary", key="submit-review"):
        _submit(user, card, form, notes)


def _keep(user: User, card: IdeaCard, own: Review, form: ReviewForm) -> None:
    """Save what was changed since the last time."""
    before = state_ideas.kept(own.id) or ReviewForm(
        dict(own.scores), own.comment, own.recommendation
    )
    if form != before:
        services().ideas.reviews.save(user, card.id, form)
        state_ideas.keep(own.id, form)
        st.caption(":material/check: Saved. Only you see it.")


def _submit(user: User, card: IdeaCard, form: ReviewForm, notes: Notes) -> None:
    problems = services().ideas.reviews.problems(user, card.id, form)
    if problems:
        draw_notes(notes, problems)
        st.error(review_words.NOT_YET)
        return
    try:
        services().ideas.reviews.submit(user, card.id, form)
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
        return
    state.notify("Your review is in.")
    st.switch_page(state.page_named("ideas"), query_params={"idea": card.id, "tab": "Reviews"})


def _draw_conflict(user: User, card: IdeaCard) -> None:
    with st.expander("I have a conflict of interest"):
        st.caption("Your review is closed and does not count. Others see that you declared it.")
        reason = st.text_input(
            "What connects you with this idea?",
            persist_state="session",
            key=f"conflict-{card.id}",
        )
        if st.button("Declare conflict", key="declare-conflict"):
            with shown_problems():
                services().ideas.reviews.declare_conflict(user, card.id, reason or "")
                state_ideas.put_address("idea", "")
                state_ideas.put_address("task", "")
                state.notify("Thank you. Someone else will be asked.")
                st.rerun()
