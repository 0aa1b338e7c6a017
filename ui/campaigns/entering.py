"""Ideas enter a campaign: a new one, or one of one's own."""

import streamlit as st

from core.domain.ideas.campaigns import Campaign
from core.domain.ideas.card import DraftFields
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.workflow import Phase
from core.domain.identity import User
from ui import state
from ui.components.problems import shown_problems
from ui.resources import services


def draw_entering(user: User, campaign: Campaign) -> None:
    """Draw the button for a new idea, and the choice among one's own ideas."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        if st.button("New idea for this campaign", icon=":material/add:", type="primary"):
            _start(user, campaign)
        with st.popover("Enter one of your ideas"):
            _draw_own(user, campaign)


def _start(user: User, campaign: Campaign) -> None:
    """Open a draft that names the campaign, and the own team if there is one."""
    draft = services().ideas.drafts.save(
        user, DraftFields(campaign_id=campaign.id, team_id=_own_team(user, campaign))
    )
    st.switch_page(state.page_named("ideas"), query_params={"draft": draft.id})


def _draw_own(user: User, campaign: Campaign) -> None:
    own = services().ideas.lists.page(user, IdeaFilter(submitter_id=user.id), limit=100).entries
    free = [each for each in own if each.status.phase is Phase.IDEA and not each.campaign_id]
    if not free:
        st.write(
            "None of your ideas can enter. Ideas that are already decided stay where they are."
        )
        return
    labels = {each.id: f"{each.label} {each.title}" for each in free}
    chosen = st.selectbox(
        "Your idea", list(labels), format_func=labels.__getitem__, key="entered-idea"
    )
    if st.button("Enter it", key="enter-idea") and chosen:
        with shown_problems():
            services().ideas.campaigns.enter(user, chosen, campaign.id, _own_team(user, campaign))
            state.notify("Your idea is in the campaign.")
            st.rerun()


def _own_team(user: User, campaign: Campaign) -> str:
    teams = services().ideas.teams.list(user, campaign.id)
    return next((team.id for team in teams if team.has(user.id)), "")
