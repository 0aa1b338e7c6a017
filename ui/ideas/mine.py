"""My ideas: what waits for me, my drafts, and what I submitted, own or follow."""

from collections.abc import Sequence

import streamlit as st

from core.domain.clock import now
from core.domain.ideas.card import IdeaEntry, SavedDraft, label_of
from core.domain.identity import User
from core.domain.text.dates import day_and_month
from ideas.life.mine import Errand, Mine, Pending
from ui import state, state_ideas, words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.idea_parts import words as idea_words
from ui.idea_parts.entries import TEXT_WIDTH, draw_entries, draw_opener
from ui.resources import services

ERRANDS = {
    Errand.ANSWER: "Reviewers asked you for information.",
    Errand.START: "It is approved. Prepare the experiment.",
    Errand.CLOSE: "The pilot has ended. Close its experiment.",
    Errand.MEASURE: "It is in use. Enter what it brings.",
}
TABS = {
    Errand.ANSWER: "Idea",
    Errand.START: "Results",
    Errand.CLOSE: "Results",
    Errand.MEASURE: "Results",
}


def draw_my_ideas(user: User) -> None:
    """Draw each part that has something in it."""
    mine = services().ideas.mine.of(user)
    if not any((mine.waiting, mine.drafts, mine.submitted, mine.owned)):
        st.info("You have no ideas yet. Select New idea, or start from an answer in Chat.")
        return
    _draw_waiting(mine)
    _draw_drafts(user, mine.drafts)
    _draw_part(user, "Submitted by you", mine.submitted)
    _draw_part(user, "You answer for", mine.owned)


def _draw_waiting(mine: Mine) -> None:
    if not mine.waiting:
        return
    st.markdown(f"#### Waits for you ({mine.waiting})")
    for pending in mine.pending:
        _draw_pending(pending)
    if mine.reviewing:
        label = f"{words.count(len(mine.reviewing), 'task')} in Idea review"
        if st.button(label, icon=":material/rate_review:", key="open-reviews"):
            st.switch_page(state.page_named("idea-review"))


def _draw_pending(pending: Pending) -> None:
    with st.container(
        border=True,
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key=f"pending-{pending.idea_id}",
    ):
        with st.container(gap=None, width=TEXT_WIDTH):
            st.markdown(f"**{words.plain(pending.title)}**")
            st.markdown(f"{ERRANDS[pending.errand]} {_due(pending)}")
        draw_opener(
            label_of(pending.number),
            f"do-{pending.idea_id}",
            _open_at,
            pending.idea_id,
            TABS[pending.errand],
        )


def _due(pending: Pending) -> str:
    if pending.due_on is not None and pending.due_on < now().date():
        return f":red-badge[:material/schedule: Since {day_and_month(pending.due_on)}]"
    return f":small[:gray[{idea_words.waiting(pending.since)}]]"


def _open_at(idea_id: str, tab: str) -> None:
    state.open_idea(idea_id)
    state_ideas.put("tab", tab)


def _draw_drafts(user: User, drafts: Sequence[SavedDraft]) -> None:
    if not drafts:
        return
    st.markdown(f"#### Drafts ({len(drafts)})")
    for draft in drafts:
        with st.container(
            border=True,
            horizontal=True,
            horizontal_alignment="distribute",
            vertical_alignment="center",
            key=f"draft-{draft.id}",
        ):
            with st.container(gap=None, width=TEXT_WIDTH - 80):
                st.markdown(f"**{words.plain(draft.fields.title) or 'Without a title'}**")
                st.markdown(f":small[:gray[Saved {local_time(draft.saved_at)}]]")
            with st.container(horizontal=True, width="content", gap="xsmall"):
                _draw_discard(user, draft)
                st.button(
                    "Continue",
                    key=f"continue-{draft.id}",
                    on_click=state_ideas.open_draft,
                    args=(draft.id,),
                )


def _draw_discard(user: User, draft: SavedDraft) -> None:
    with st.popover("Discard", type="tertiary", key=f"discard-{draft.id}"):
        st.write("The draft and its files will be deleted.")
        if st.button("Discard this draft", key=f"discard-now-{draft.id}"):
            with shown_problems():
                services().ideas.drafts.discard(user, draft.id)
                state.notify("Draft discarded.")
                st.rerun()


def _draw_part(user: User, heading: str, entries: Sequence[IdeaEntry]) -> None:
    if entries:
        st.markdown(f"#### {heading} ({len(entries)})")
        draw_entries(user, entries)
