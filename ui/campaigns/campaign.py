"""One campaign: its call, its ideas, its teams and its result."""

import streamlit as st

from core.domain.clock import now
from core.domain.ideas.campaigns import Campaign, CampaignPhase
from core.domain.ideas.card import IdeaOrder
from core.domain.ideas.filters import IdeaFilter
from core.domain.identity import User
from ui import state_ideas, words
from ui.campaigns import words as campaign_words
from ui.campaigns.entering import draw_entering
from ui.campaigns.form import draw_settings
from ui.campaigns.results import draw_results
from ui.campaigns.teams import draw_teams
from ui.components.problems import shown_problems
from ui.idea_parts.entries import draw_entries, open_on_its_page
from ui.resources import services

SHOWN = 50


def draw_campaign(user: User, campaign_id: str) -> None:
    """Draw the way back, the call, and the parts as tabs."""
    st.button(
        "All campaigns",
        icon=":material/arrow_back:",
        type="tertiary",
        key="all-campaigns",
        on_click=state_ideas.put_address,
        args=("campaign", ""),
    )
    campaign = services().ideas.campaigns.get(user, campaign_id)
    phase = campaign.phase(now().date())
    _draw_call(campaign, phase)
    tabs = {"Ideas": _draw_ideas, "Teams": draw_teams}
    if campaign.are_results_out or user.is_reviewer or user.id in campaign.panel_ids:
        tabs["Result"] = draw_results
    if user.is_reviewer:
        tabs["Settings"] = draw_settings
    for tab, draw in zip(
        st.tabs(list(tabs), key="part", bind="query-params"), tabs.values(), strict=True
    ):
        if tab.open:
            with tab, shown_problems():
                draw(user, campaign, phase)


def _draw_call(campaign: Campaign, phase: CampaignPhase) -> None:
    st.title(words.plain(campaign.title), anchor=False)
    badge = campaign_words.badge(phase, has_results=campaign.are_results_out)
    told = campaign_words.dates(campaign, now().date())
    st.markdown(f"{badge} :small[:gray[{told}]]")
    st.text(campaign.theme)
    if campaign.brief:
        with st.expander("The brief"):
            st.text(campaign.brief)
    if campaign.prize:
        st.markdown(f":material/trophy: {words.plain(campaign.prize)}")


def _draw_ideas(user: User, campaign: Campaign, phase: CampaignPhase) -> None:
    if phase is CampaignPhase.OPEN:
        draw_entering(user, campaign)
    if phase is CampaignPhase.JUDGING and campaign.hides_votes and not campaign.are_results_out:
        st.caption(campaign_words.HIDDEN)
    page = services().ideas.lists.page(
        user, IdeaFilter(campaign_id=campaign.id), IdeaOrder.NEWEST, limit=SHOWN
    )
    if not page.total:
        st.info(campaign_words.NO_IDEAS)
        return
    st.caption(words.count(page.total, "idea"))
    draw_entries(user, page.entries, opens=_open)
    if page.total > SHOWN:
        st.caption("The rest is in the list of ideas, filtered by this campaign.")


def _open(idea_id: str) -> None:
    open_on_its_page(idea_id, page="campaigns", title="the campaign")
