"""The state of an idea and the moves that its reader can make, on the card itself."""

from collections.abc import Sequence

import streamlit as st

from core.domain.ideas.card import IdeaCard
from core.domain.ideas.workflow import IdeaStatus, MoveOption, MoveRequest, Need
from core.domain.identity import User
from core.errors import Conflict, MoveRefused, NotFound, SandboxError
from ideas.workflow.sentences import MISSING
from ui import state, state_ideas, words
from ui.components.field_notes import Notes, draw_notes
from ui.idea_parts import words as idea_words
from ui.resources import services

FORWARD = frozenset(
    {
        IdeaStatus.TRIAGE,
        IdeaStatus.EVALUATION,
        IdeaStatus.APPROVED,
        IdeaStatus.EXPERIMENT,
        IdeaStatus.PRODUCTION,
        IdeaStatus.MEASURED,
    }
)
"""The moves that bring an idea on; the others stand back."""


def draw_state(user: User, card: IdeaCard) -> None:
    """Draw where the idea stands, since when and why, with a button for each move."""
    with st.container(border=True, gap="small", key="idea-state"):
        _draw_standing(card)
        options = services().ideas.workflow.options(user, card.id)
        chosen = next((o for o in options if o.to.value == state_ideas.chosen_move()), None)
        if chosen is not None:
            _draw_move(user, card, chosen)
        elif options:
            _draw_buttons(card, options)


def _draw_standing(card: IdeaCard) -> None:
    since = f"{idea_words.MEANINGS[card.status]} "
    told = "" if card.stage_entered_at is None else idea_words.waiting(card.stage_entered_at)
    st.markdown(f"{idea_words.state_badge(card.status)} {since}:small[:gray[{told.capitalize()}]]")
    if card.status_reason:
        st.text(card.status_reason)


def _draw_buttons(card: IdeaCard, options: Sequence[MoveOption]) -> None:
    ordered = sorted(options, key=lambda option: option.to not in FORWARD)
    with st.container(horizontal=True, gap="xsmall"):
        for option in ordered:
            is_next = option.to in FORWARD and option.is_open
            st.button(
                idea_words.move(card.status, option.to),
                type="primary" if is_next else "secondary",
                key=f"move-{option.to.value}",
                on_click=state_ideas.choose_move,
                args=(option.to.value, card.version),
            )


def _draw_move(user: User, card: IdeaCard, option: MoveOption) -> None:
    """Draw what the move takes, and what is missing before it can be made."""
    st.markdown(f"**{idea_words.move(card.status, option.to)}**")
    for need in option.missing:
        st.markdown(f":material/pending: {words.plain(MISSING[need])}")
    notes: Notes = {}
    request = _draw_words(user, card, option, notes) if option.is_open else None
    with st.container(horizontal=True, gap="xsmall"):
        is_made = request is not None and st.button(
            idea_words.move(card.status, option.to), type="primary", key="make-move"
        )
        st.button("Cancel", key="cancel-move", on_click=state_ideas.choose_move, args=("", 0))
    if request is not None and is_made:
        _make(user, card, request, notes)


def _draw_words(user: User, card: IdeaCard, option: MoveOption, notes: Notes) -> MoveRequest:
    key = f"{card.id}-{option.to.value}"
    target = ""
    if Need.TARGET in option.wants:
        target = _draw_target(user, notes, key)
    reason = st.text_area(
        "Reason",
        placeholder="Everyone reads it in the history of the idea",
        height=80,
        persist_state="page",
        key=f"move-reason-{key}",
    )
    notes[Need.REASON.value] = notes[Need.RATIONALE.value] = st.empty()
    lesson = ""
    if Need.LESSON in option.wants:
        lesson = st.text_area(
            "What was learned",
            placeholder="What should the next person with this idea know?",
            height=80,
            persist_state="page",
            key=f"move-lesson-{key}",
        )
        notes[Need.LESSON.value] = st.empty()
    seen = state_ideas.version_of_move()
    return MoveRequest(option.to, seen, reason or "", lesson or "", target)


def _draw_target(user: User, notes: Notes, key: str) -> str:
    """Ask for the number of the original; return its id, "" for none or an unknown one."""
    number = st.text_input(
        "The idea that this one repeats",
        placeholder="Its number, such as IDEA-0012",
        persist_state="page",
        key=f"move-target-{key}",
    )
    notes[Need.TARGET.value] = st.empty()
    if not number:
        return ""
    try:
        original = services().ideas.cards.get(user, number)
    except NotFound:
        draw_notes(notes, {Need.TARGET.value: "There is no idea with this number."})
        return ""
    notes[Need.TARGET.value].caption(words.plain(f"{original.label}, {original.draft.title}"))
    return original.id


def _make(user: User, card: IdeaCard, request: MoveRequest, notes: Notes) -> None:
    try:
        services().ideas.workflow.move(user, card.id, request)
    except MoveRefused as refused:
        problems = {name: MISSING[Need(name)] for name in refused.missing if name in notes}
        draw_notes(notes, problems)
        if not problems:
            st.error(words.plain(str(refused)))
    except Conflict as conflict:
        st.error(words.plain(str(conflict)))
        # The card on this page is the present one: who repeats the move has seen it.
        state_ideas.choose_move(request.to.value, card.version)
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
    else:
        state_ideas.choose_move("", 0)
        state.notify(f"{card.label}: {idea_words.STATES[request.to]}.")
        st.rerun()
