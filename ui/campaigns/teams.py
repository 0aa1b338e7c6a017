"""The teams of a campaign: made, joined and left while it is open."""

import streamlit as st

from core.domain.ideas.campaigns import Campaign, CampaignPhase
from core.domain.identity import User
from core.errors import SandboxError
from ideas.campaigns.values import TeamView
from ui import state, words
from ui.components.problems import shown_problems
from ui.idea_parts import words as idea_words
from ui.resources import services


def draw_teams(user: User, campaign: Campaign, phase: CampaignPhase) -> None:
    """Draw the teams, each with what this person can do about it."""
    teams = services().ideas.teams.list(user, campaign.id)
    is_open = phase is CampaignPhase.OPEN
    is_free = is_open and not any(team.has(user.id) for team in teams)
    if not teams:
        st.info("No teams yet. You can also take part alone.")
    for team in teams:
        _draw_team(user, team, can_leave=is_open, can_join=is_free)
    if is_free:
        _draw_new(user, campaign)


def _draw_team(user: User, team: TeamView, *, can_leave: bool, can_join: bool) -> None:
    with st.container(
        border=True,
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key=f"team-{team.id}",
    ):
        with st.container(gap=None, width=560):
            st.markdown(f"**{words.plain(team.name)}**")
            st.caption(words.plain(idea_words.listed([name for _, name in team.members])))
        if team.has(user.id):
            if can_leave and st.button("Leave", key=f"leave-{team.id}"):
                with shown_problems():
                    services().ideas.teams.leave(user, team.id)
                    state.notify("You left the team.")
                    st.rerun()
        elif can_join and st.button("Join", key=f"join-{team.id}"):
            with shown_problems():
                services().ideas.teams.join(user, team.id)
                state.notify(f"You are in {words.plain(team.name)}.")
                st.rerun()


def _draw_new(user: User, campaign: Campaign) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("New team", placeholder="Its name", width=320, key="team-name")
        is_sent = st.button("Create team", key="create-team")
    problem = st.empty()
    if not is_sent:
        return
    try:
        services().ideas.teams.create(user, campaign.id, name or "")
    except SandboxError as refused:
        problem.markdown(f":small[:red[:material/error: {words.plain(str(refused))}]]")
    else:
        state.notify("Team created. Others can join it.")
        st.rerun()
