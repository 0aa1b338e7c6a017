"""The form for a new idea; what is typed stays until it is sent."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.domain.ideas import IdeaCategory, IdeaDraft, IdeaOrigin
from core.domain.identity import User
from core.errors import NotFound
from ideas.service import TITLE_LENGTH, draft_problems
from ui import state, words
from ui.components.problems import shown_problems
from ui.ideas.origin import draw_origin
from ui.resources import services

ALL_CATEGORIES: Sequence[IdeaCategory] = tuple(IdeaCategory)

Notes = dict[str, DeltaGenerator]
"""The place under each field where its problem appears."""


def draw_idea_form(user: User) -> None:
    """Draw the conversation it starts from, if any, the fields, and one button."""
    st.button(
        "All ideas",
        icon=":material/arrow_back:",
        type="tertiary",
        key="leave-idea-form",
        on_click=state.show_idea_form,
        kwargs={"is_open": False},
    )
    st.subheader("New idea", anchor=False)
    origin = _find_origin(user)
    if origin is not None:
        _draw_attachment(origin)
    notes: Notes = {}
    draft = _draw_fields(origin, notes)
    problems = draft_problems(draft) if state.is_idea_tried() else {}
    for name, problem in problems.items():
        notes[name].markdown(f":small[:red[:material/error: {words.plain(problem)}]]")
    is_sent = st.button(
        "Submit idea", type="primary", key="submit-idea", on_click=state.mark_idea_tried
    )
    if is_sent and not problems:
        _submit(user, draft, origin)


def _find_origin(user: User) -> IdeaOrigin | None:
    source = state.idea_source()
    if source is None:
        return None
    try:
        return services().ideas.origin_of(user, source)
    except NotFound as problem:
        st.warning(words.plain(f"{problem} The idea starts without the conversation."))
        return None


def _draw_attachment(origin: IdeaOrigin) -> None:
    with st.expander("From your conversation: question, answer and sources", expanded=True):
        draw_origin(origin)
        st.caption("This is saved with the idea. Colleagues see it if they can access the sources.")
        st.button(
            "Start without the conversation",
            type="tertiary",
            key="detach-idea-source",
            on_click=_detach,
        )


def _detach() -> None:
    state.start_idea_from(None)
    state.show_idea_form(is_open=True)


def _draw_fields(origin: IdeaOrigin | None, notes: Notes) -> IdeaDraft:
    shortest, longest = TITLE_LENGTH
    title = st.text_input(
        "Title",
        placeholder=f"One line, {shortest} to {longest} characters",
        persist_state="session",
        key=_key("title"),
    )
    notes["title"] = st.empty()
    problem = _draw_text("problem", "Problem", notes, origin.question if origin else "")
    proposal = _draw_text("proposal", "Proposal", notes)
    category = st.selectbox(
        "Category",
        ALL_CATEGORIES,
        format_func=words.CATEGORIES.__getitem__,
        persist_state="session",
        key=_key("category"),
    )
    benefit = _draw_text("expected_benefit", "Expected benefit (optional)", notes)
    return IdeaDraft(title or "", problem, proposal, category, benefit)


HINTS = {
    "problem": "What costs time, money or patience today, and for whom?",
    "proposal": "What should AI do about it?",
    "expected_benefit": "Hours, euros, errors or waiting time saved, as far as you can tell",
}


def _draw_text(name: str, label: str, notes: Notes, value: str = "") -> str:
    text = st.text_area(
        label, value, placeholder=HINTS[name], persist_state="session", key=_key(name)
    )
    notes[name] = st.empty()
    return text or ""


def _key(name: str) -> str:
    return f"idea-{name}-{state.idea_draft()}"


def _submit(user: User, draft: IdeaDraft, origin: IdeaOrigin | None) -> None:
    with shown_problems():
        card = services().ideas.submit(
            user, draft, message_id=origin.message_id if origin else None
        )
        state.finish_idea(card.id)
        state.notify(f"{card.label} submitted.")
        st.rerun()
