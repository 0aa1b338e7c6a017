"""The weights of the criteria and the cuts of the matrix, for administrators."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from core.domain.ideas.criteria import MOST_WEIGHT, Axis, CriteriaSet, Criterion
from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.idea_review import words as review_words
from ui.resources import services


def draw_settings(user: User) -> None:
    """Draw a weight for each criterion, and where the matrix is cut."""
    stored = services().ideas.scoring.get(user)
    st.write(review_words.WEIGHTS)
    with st.form("idea-weights", border=False):
        criteria = _draw_criteria(stored.criteria, stored.version)
        is_sent = st.form_submit_button("Save weights", type="primary")
    if is_sent:
        with shown_problems():
            services().ideas.scoring.save(user, criteria, stored.version)
            state.notify("Saved. All scores were recalculated.")
            st.rerun()
    if st.button("Restore default weights", type="tertiary", key="shipped-weights"):
        with shown_problems():
            services().ideas.scoring.save(
                user, services().ideas.scoring.shipped(user), stored.version
            )
            state.notify("The weights are back to their defaults.")
            st.rerun()


def _draw_criteria(stored: CriteriaSet, version: int) -> CriteriaSet:
    weights: dict[str, int] = {}
    cuts: dict[Axis, float] = {}
    for place, axis in zip(st.columns(2, gap="medium"), Axis, strict=True):
        with place:
            st.markdown(f"#### {review_words.AXES[axis]}")
            every = [each for each in stored.criteria if each.axis is axis]
            for criterion in every:
                weights[criterion.key] = _draw_weight(criterion, every, version)
            cut = stored.value_cut if axis is Axis.VALUE else stored.feasibility_cut
            cuts[axis] = st.number_input(
                "The matrix is cut at",
                min_value=1.0,
                max_value=99.0,
                value=float(cut),
                step=1.0,
                key=f"cut-{axis.value}-{version}",
            )
    changed = tuple(replace(each, weight=weights[each.key]) for each in stored.criteria)
    return CriteriaSet(changed, cuts[Axis.VALUE], cuts[Axis.FEASIBILITY])


def _draw_weight(criterion: Criterion, every: Sequence[Criterion], version: int) -> int:
    total = sum(each.weight for each in every)
    share = f"{criterion.weight / total:.0%}" if total else "–"
    return st.number_input(
        f"{words.plain(criterion.name)} ({share})",
        min_value=0,
        max_value=MOST_WEIGHT,
        value=criterion.weight,
        help=words.plain(criterion.asks),
        key=f"weight-{criterion.key}-{version}",
    )
