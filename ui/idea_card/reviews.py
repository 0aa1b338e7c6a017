"""The reviews of an idea, as far as its reader may see them, and who is asked for one."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

import streamlit as st

from core.domain.clock import now
from core.domain.ideas.card import Evaluation, IdeaCard
from core.domain.ideas.criteria import CriteriaSet
from core.domain.ideas.review import Review
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.errors import SandboxError
from ideas.review.values import Distribution, ReviewsView
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.idea_parts import words as idea_words
from ui.resources import services

DAYS = 14
"""Until a review is due, unless another date is chosen."""


def draw_reviews(user: User, card: IdeaCard) -> None:
    """Draw what the reviews came to, then the reviews, then who can be asked."""
    view = services().ideas.reviews.of_idea(user, card.id)
    if view.is_blind:
        _draw_blind(card)
    elif card.evaluation is not None and card.evaluation.value is not None:
        _draw_place(card.evaluation)
    st.caption(_counts(view))
    criteria = services().ideas.reviews.criteria(user, card.id)
    names = {each.key: each.name for each in criteria.criteria}
    if view.is_disputed:
        st.markdown(":orange-badge[:material/call_split: Reviewers disagree]")
    if view.distributions:
        _draw_distributions(view, names)
    for review in filter(None, (view.own, *view.others)):
        if review.submitted_at is not None:
            _draw_review(review, criteria, is_own=review is view.own)
    if view.conflicts:
        told = words.plain(idea_words.listed(view.conflicts))
        st.caption(f"Declared a conflict of interest: {told}.")
    if user.is_reviewer and card.status is IdeaStatus.EVALUATION:
        _draw_asking(user, card)


def _draw_blind(card: IdeaCard) -> None:
    st.info("You see scores and reviews of others once your own review is in.")
    if st.button("Write your review", type="primary", key="write-review"):
        query = {"idea": card.id, "task": "review"}
        st.switch_page(state.page_named("idea-review"), query_params=query)


def _draw_place(evaluation: Evaluation) -> None:
    quadrant = "–" if evaluation.quadrant is None else idea_words.QUADRANT[evaluation.quadrant]
    with st.container(horizontal=True, gap="medium"):
        st.metric("Place", quadrant, width="content")
        st.metric("Value", idea_words.score(evaluation.value), width="content")
        st.metric("Feasibility", idea_words.score(evaluation.feasibility), width="content")
    if evaluation.is_provisional:
        st.caption("Provisional until there are two reviews.")


def _counts(view: ReviewsView) -> str:
    if not view.expected:
        return "No reviewer has been asked yet."
    return f"{view.submitted} of {words.count(view.expected, 'review')} in. Two are needed."


def _draw_distributions(view: ReviewsView, names: Mapping[str, str]) -> None:
    rows = [_row(each, names) for each in view.distributions]
    st.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        height="content",
        column_config={
            "Scores": st.column_config.BarChartColumn(
                "Scores 1 to 5", y_min=0, width="medium", help="How many chose each score"
            ),
            "Spread": st.column_config.NumberColumn(format="%.1f", help="Standard deviation"),
        },
        alt="How the scores of each criterion are spread",
        key="distributions",
    )


def _row(each: Distribution, names: Mapping[str, str]) -> dict[str, object]:
    total = sum(each.counts)
    mean = sum(score * count for score, count in enumerate(each.counts, 1)) / max(total, 1)
    return {
        "Criterion": names.get(each.criterion, each.criterion),
        "Mean": round(mean, 1),
        "Scores": list(each.counts),
        "Spread": each.sd,
        "": "Disagreement" if each.is_disputed else "",
    }


def _draw_review(review: Review, criteria: CriteriaSet, *, is_own: bool) -> None:
    with st.container(border=True, gap="xsmall", key=f"review-{review.id}"):
        who = "Your review" if is_own else words.plain(review.reviewer_name)
        at = "" if review.submitted_at is None else local_time(review.submitted_at)
        st.markdown(f"**{who}** :small[:gray[{at}]]")
        if review.recommendation is not None:
            st.markdown(f"Would {idea_words.RECOMMENDATIONS[review.recommendation].lower()} it.")
        if review.comment:
            st.text(review.comment)
        scores = [
            f"{words.plain(each.name)} {review.scores[each.key]}"
            for each in criteria.criteria
            if each.key in review.scores
        ]
        st.caption(" · ".join(scores))


def _draw_asking(user: User, card: IdeaCard) -> None:
    try:
        candidates = services().ideas.reviews.candidates(user, card.id)
    except SandboxError:  # whoever submitted it asks nobody
        return
    if not candidates:
        return
    names = {each.id: each for each in candidates}
    with st.container(horizontal=True, vertical_alignment="bottom", key="ask-reviewer"):
        chosen = st.selectbox(
            "Ask for a review",
            list(names),
            format_func=lambda id_: f"{names[id_].name} ({names[id_].open_reviews} open)",
            key="reviewer",
        )
        day = st.date_input(
            "Until",
            value=(now() + timedelta(days=DAYS)).date(),
            min_value=now().date(),
            format="YYYY-MM-DD",
            width=150,
            key="review-until",
        )
        is_asked = st.button("Ask", key="assign-reviewer")
    if is_asked and chosen is not None:
        with shown_problems():
            due_at = datetime.combine(day, time(17), UTC)
            services().ideas.reviews.assign(user, card.id, chosen, due_at)
            state.notify(words.plain(f"{names[chosen].name} is asked for a review."))
            st.rerun()
