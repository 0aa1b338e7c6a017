"""Rows of lists of ideas, each with one's own vote."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.domain.ideas.card import IdeaEntry
from core.domain.identity import User
from ui import state, state_ideas, words
from ui.components.times import local_day
from ui.idea_parts import words as idea_words
from ui.idea_parts.votes import draw_vote

TEXT_WIDTH = 590
"""Pixels; on a phone the text takes the whole row, and buttons come below it."""


def draw_entries(
    user: User, entries: Sequence[IdeaEntry], opens: Callable[[str], None] | None = None
) -> None:
    """Draw a row for each idea, with one's own vote and the way to its card.

    `opens` opens a card from another page; the page of ideas does it by its address.
    """
    for entry in entries:
        _draw_entry(user, entry, opens)


def summary(entry: IdeaEntry) -> str:
    """Return state, category, person and day, in one line."""
    parts = [
        words.CATEGORIES[entry.category],
        words.plain(entry.submitter_name),
        local_day(entry.submitted_at),
    ]
    if entry.comments:
        parts.append(words.count(entry.comments, "comment"))
    if entry.is_from_chat:
        parts.append(":material/forum: from a conversation")
    return f"{idea_words.state_badge(entry.status)} :small[:gray[{' · '.join(parts)}]]"


def draw_opener(
    label: str, key: str, on_click: Callable[..., None] | None = None, *args: object
) -> bool:
    """Draw the button that opens an idea, and tell whether it was pressed.

    Its number tells it from those of other rows.
    """
    return st.button(
        label,
        icon=":material/arrow_forward:",
        icon_position="right",
        type="tertiary",
        wrap=False,
        key=key,
        on_click=on_click,
        args=args,
    )


def open_on_its_page(idea_id: str, *, page: str, title: str) -> None:
    """Open the card of an idea on its own page, with the way back to this one."""
    state_ideas.remember_way_back(page, title)
    st.switch_page(state.page_named("ideas"), query_params={"idea": idea_id})


def _draw_entry(user: User, entry: IdeaEntry, opens: Callable[[str], None] | None) -> None:
    with st.container(
        border=True,
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key=f"idea-{entry.id}",
    ):
        with st.container(gap=None, width=TEXT_WIDTH):
            st.markdown(f"**{words.plain(entry.title)}**")
            st.markdown(summary(entry))
        with st.container(horizontal=True, width="content", gap="small", wrap=False):
            draw_vote(user, entry.id, entry.status, entry.votes, has_voted=entry.has_voted)
            key = f"open-idea-{entry.id}"
            if opens is None:
                draw_opener(entry.label, key, state.open_idea, entry.id)
            elif draw_opener(entry.label, key):
                opens(entry.id)
