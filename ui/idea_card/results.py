"""From the approval on: who answers for an idea, its experiments, and what it brings."""

import streamlit as st

from core.domain.ideas.card import IdeaCard
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from ui.idea_card.experiments import draw_experiments
from ui.idea_card.impacts import draw_impacts
from ui.idea_card.ownership import draw_ownership

BEFORE = frozenset(
    {IdeaStatus.SUBMITTED, IdeaStatus.TRIAGE, IdeaStatus.NEEDS_INFO, IdeaStatus.WITHDRAWN}
)
"""States in which there is nothing to tell yet, or never will be."""


def draw_results(user: User, card: IdeaCard) -> None:
    """Draw owner and budget, then the experiments, then the months."""
    if card.status in BEFORE:
        st.info("Owner, experiments and benefit follow once the idea is approved.")
        return
    draw_ownership(user, card)
    draw_experiments(user, card)
    draw_impacts(user, card)
