"""The result of a campaign: places, the note of the jury, and its publication."""

from collections.abc import Sequence

import streamlit as st

from core.domain.ideas.campaigns import Campaign, CampaignPhase
from core.domain.ideas.card import label_of
from core.domain.identity import User
from ideas.campaigns.values import Result
from ui import state, words
from ui.campaigns import words as campaign_words
from ui.components.problems import shown_problems
from ui.idea_parts import words as idea_words
from ui.idea_parts.entries import TEXT_WIDTH, draw_opener, open_on_its_page
from ui.resources import services

MEDALS = {1: ":material/trophy:", 2: ":material/military_tech:", 3: ":material/workspace_premium:"}


def draw_results(user: User, campaign: Campaign, phase: CampaignPhase) -> None:
    """Draw the places; reviewers publish them once ideas can no longer enter."""
    results = services().ideas.campaigns.results(user, campaign.id)
    if campaign.result_note:
        st.text(campaign.result_note)
    if not results.are_out:
        st.caption(campaign_words.NOT_OUT)
    _draw_places(results.places)
    if user.is_reviewer and phase in (CampaignPhase.JUDGING, CampaignPhase.ENDED):
        _draw_publishing(user, campaign)


def _draw_places(places: Sequence[Result]) -> None:
    if not places:
        st.info(campaign_words.NO_IDEAS)
    for result in places:
        entry = result.entry
        with st.container(
            border=True,
            horizontal=True,
            horizontal_alignment="distribute",
            vertical_alignment="center",
            key=f"place-{entry.id}",
        ):
            with st.container(gap=None, width=TEXT_WIDTH):
                place = "–" if result.place is None else f"{result.place}."
                medal = MEDALS.get(result.place or 0, "")
                st.markdown(f"{medal} **{place} {words.plain(entry.title)}**")
                st.markdown(f":small[:gray[{_told(result)}]]")
            if draw_opener(label_of(entry.number), f"open-{entry.id}"):
                open_on_its_page(entry.id, page="campaigns", title="the campaign")


def _told(result: Result) -> str:
    entry, parts = result.entry, [words.plain(result.entry.submitter)]
    if result.team:
        parts.append(f"team {words.plain(result.team)}")
    if entry.scored is not None:
        parts.append(f"value {entry.scored.value:.0f}, feasibility {entry.scored.feasibility:.0f}")
        parts.append(idea_words.QUADRANT[entry.scored.quadrant])
    if entry.votes is not None:
        parts.append(words.count(entry.votes, "vote"))
    return " · ".join(parts)


def _draw_publishing(user: User, campaign: Campaign) -> None:
    is_out = campaign.are_results_out
    with st.expander("Change the note" if is_out else "Publish the result"):
        note = st.text_area(
            "Note of the jury",
            campaign.result_note,
            placeholder="Who won what, and why",
            persist_state="page",
            key=f"result-note-{campaign.id}",
        )
        if not is_out:
            st.caption("Everyone then sees places and votes, and those who took part are told.")
        if st.button("Save note" if is_out else "Publish", type="primary", key="publish"):
            with shown_problems():
                services().ideas.campaigns.publish(user, campaign.id, note or "")
                state.notify("Saved." if is_out else "Result published.")
                st.rerun()
