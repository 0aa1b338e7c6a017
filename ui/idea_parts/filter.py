"""The filter of ideas, the same on all their pages; it stands in the address."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from core.domain.ideas.card import IdeaCategory
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from ui import state_ideas, words
from ui.idea_parts import words as idea_words
from ui.resources import services

PAUSE = "400ms"
STATES = {
    status.value: word
    for status, word in idea_words.STATES.items()
    if status is not IdeaStatus.DRAFT
}
CATEGORIES = {category.value: words.CATEGORIES[category] for category in IdeaCategory}
RISKS = {risk.value: idea_words.RISKS[risk] for risk in RiskClass}

Names = Mapping[str, str]
"""Words by the value that the address carries."""


def draw_filter(user: User) -> IdeaFilter:
    """Draw search and filter; return what to show, open ideas where no state is chosen."""
    wanted = state_ideas.filter_in_address()
    chosen = replace(wanted, search="")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _draw_search()
        panel = st.popover(
            _label(chosen), icon=":material/filter_list:", key="idea-filter", on_change="rerun"
        )
        if not chosen.is_empty:
            st.button(
                "Clear filter",
                type="tertiary",
                key="clear-idea-filter",
                on_click=state_ideas.clear_filter,
            )
    if panel.open:
        with panel:
            _draw_fields(user)
    return wanted if wanted.statuses else replace(wanted, statuses=frozenset(idea_words.OPEN))


def _draw_search() -> None:
    state_ideas.show_address("q", "idea-search")
    st.text_input(
        "Search ideas",
        type="search",
        placeholder="Words, or a number",
        live=PAUSE,
        key="idea-search",
        on_change=state_ideas.take_address,
        args=("q", "idea-search"),
    )


def _label(chosen: IdeaFilter) -> str:
    count = len(chosen.query())
    return f"Filter ({count})" if count else "Filter"


def _draw_fields(user: User) -> None:
    choices = services().ideas.lists.choices(user)
    _draw_states()
    _draw_choice("Category", "category", CATEGORIES, "All categories")
    _draw_choice("Risk", "risk", RISKS, "All classes")
    campaigns = {
        each.campaign.id: each.campaign.title for each in services().ideas.campaigns.list(user)
    }
    if campaigns:
        _draw_choice("Campaign", "campaign", campaigns, "All campaigns")
    if choices.business_units:
        units = {unit: unit for unit in choices.business_units}
        _draw_choice("Business unit", "unit", units, "All units")
    if choices.owners:
        _draw_choice("Owner", "owner", {p.id: p.name for p in choices.owners}, "Anyone")
    if choices.tags:
        _draw_choice("Tag", "tag", {tag: tag for tag in choices.tags}, "All tags")


def _draw_states() -> None:
    key = "idea-filter-state"
    state_ideas.show_addresses("state", key, list(STATES))
    st.multiselect(
        "State",
        list(STATES),
        format_func=STATES.__getitem__,
        placeholder="All open ideas",
        key=key,
        on_change=state_ideas.take_addresses,
        args=("state", key),
    )


def _draw_choice(label: str, name: str, names: Names, every: str) -> None:
    key = f"idea-filter-{name}"
    texts = {"": every, **names}
    state_ideas.show_address(name, key, list(names))
    st.selectbox(
        label,
        list(texts),
        format_func=texts.__getitem__,
        key=key,
        on_change=state_ideas.take_address,
        args=(name, key),
    )
