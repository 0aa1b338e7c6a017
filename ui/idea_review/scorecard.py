"""The scorecard of a review: criteria on two axes, each score with its meaning beside it."""

from collections.abc import Mapping

import streamlit as st

from core.domain.ideas.criteria import HIGHEST, LOWEST, Axis, CriteriaSet, Criterion
from ui import words
from ui.components.field_notes import Notes
from ui.idea_review import words as review_words

SCALE = tuple(range(LOWEST, HIGHEST + 1))


def draw_scorecard(
    criteria: CriteriaSet, known: Mapping[str, int], key: str, notes: Notes
) -> dict[str, int]:
    """Draw all criteria that count; return the scores chosen so far."""
    scores: dict[str, int] = {}
    for place, axis in zip(st.columns(2, gap="medium"), Axis, strict=True):
        with place:
            st.markdown(f"#### {review_words.AXES[axis]}")
            for criterion in criteria.of(axis):
                score = _draw_criterion(criterion, known.get(criterion.key), key, notes)
                if score is not None:
                    scores[criterion.key] = score
    return scores


def _draw_criterion(criterion: Criterion, known: int | None, key: str, notes: Notes) -> int | None:
    with st.container(gap="xxsmall"):
        score = st.radio(
            f"**{words.plain(criterion.name)}** {words.plain(criterion.asks)}",
            SCALE,
            index=None if known is None else SCALE.index(known),
            format_func=lambda one: _meaning(criterion, one),
            key=f"score-{key}-{criterion.key}",
        )
        notes[criterion.key] = st.empty()
    return score


def _meaning(criterion: Criterion, score: int) -> str:
    """Return `3 · Several teams, or some hundred cases.`."""
    if not criterion.anchors:
        return str(score)
    return words.plain(f"{score} · {criterion.anchors[score - LOWEST]}")
