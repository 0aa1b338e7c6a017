"""Campaigns: the list, one campaign (?campaign=), or its form."""

import streamlit as st

from core.domain.clock import now
from core.domain.identity import User
from ideas.campaigns.values import Overview
from ui import state_ideas, words
from ui.campaigns import words as campaign_words
from ui.campaigns.campaign import draw_campaign
from ui.campaigns.form import draw_new_campaign
from ui.components.problems import shown_problems
from ui.idea_parts.entries import TEXT_WIDTH
from ui.resources import services

READABLE_WIDTH = 860
NEW = "new"


def page(user: User) -> None:
    """Draw what the address names."""
    campaign = state_ideas.address("campaign")
    with st.container(width=READABLE_WIDTH), shown_problems():
        if campaign == NEW:
            draw_new_campaign(user)
        elif campaign:
            draw_campaign(user, campaign)
        else:
            _draw_list(user)


def _draw_list(user: User) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.title("Campaigns", anchor=False, width="content")
        if user.is_reviewer:
            st.button(
                "New campaign",
                icon=":material/add:",
                type="primary",
                key="new-campaign",
                on_click=state_ideas.put_address,
                args=("campaign", NEW),
            )
    st.write(campaign_words.INTRODUCTION)
    campaigns = services().ideas.campaigns.list(user)
    if not campaigns:
        st.info(campaign_words.NONE_YET)
    for overview in campaigns:
        _draw_row(overview)


def _draw_row(overview: Overview) -> None:
    campaign = overview.campaign
    with st.container(
        border=True,
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key=f"campaign-{campaign.id}",
    ):
        with st.container(gap="xxsmall", width=TEXT_WIDTH):
            st.markdown(f"**{words.plain(campaign.title)}**")
            st.text(campaign.theme)
            badge = campaign_words.badge(overview.phase, has_results=campaign.are_results_out)
            told = f"{campaign_words.dates(campaign, now().date())} · "
            st.markdown(f"{badge} :small[:gray[{told}{campaign_words.counts(overview)}]]")
        st.button(
            "Open",
            icon=":material/arrow_forward:",
            icon_position="right",
            type="tertiary",
            help=words.plain(campaign.title),
            key=f"open-campaign-{campaign.id}",
            on_click=state_ideas.put_address,
            args=("campaign", campaign.id),
        )
