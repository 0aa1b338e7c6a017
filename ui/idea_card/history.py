"""The way of an idea: its moves and changes, the newest first."""

import streamlit as st

from core.domain.ideas.card import Change, IdeaCard, IdeaEdit
from core.domain.ideas.workflow import IdeaStatus, Move
from core.domain.identity import User
from ui import words
from ui.components.times import local_time
from ui.idea_parts import words as idea_words
from ui.resources import services

LONGEST = 240
"""Characters of a text before and after a change; the card has all of it."""


def draw_history(user: User, card: IdeaCard) -> None:
    """Draw who moved or changed the idea, when and why."""
    known = services().ideas
    moves = known.workflow.history(user, card.id)
    edits = known.cards.edits(user, card.id)
    steps: list[Move | IdeaEdit] = sorted([*moves, *edits], key=lambda s: s.at, reverse=True)
    with st.container(gap="medium", key="idea-history"):
        for step in steps:
            with st.container(gap="xxsmall"):
                if isinstance(step, Move):
                    _draw_move(step)
                else:
                    _draw_edit(step)


def _draw_move(step: Move) -> None:
    to = "Submitted" if step.from_status is IdeaStatus.DRAFT else idea_words.STATES[step.to_status]
    badge = f":{idea_words.COLOURS[step.to_status.phase]}-badge[{to}]"
    st.markdown(f"{badge} {_by(step)}")
    if step.reason:
        st.text(step.reason)


def _draw_edit(edit: IdeaEdit) -> None:
    fields = [idea_words.FIELDS.get(change.field, change.field) for change in edit.changes]
    st.markdown(f":gray-badge[Changed] {_by(edit)}")
    with st.expander(f"{idea_words.listed(fields)}", type="compact"):
        for change in edit.changes:
            _draw_change(change)


def _draw_change(change: Change) -> None:
    with st.container(gap="xxsmall"):
        st.markdown(f"**{idea_words.FIELDS.get(change.field, change.field)}**")
        for label, value in (("Before", change.before), ("After", change.after)):
            shown = idea_words.value(change.field, value)
            st.caption(label)
            st.text(words.shortened(shown, LONGEST) if shown else "–")


def _by(step: Move | IdeaEdit) -> str:
    return f":small[:gray[{words.plain(step.by_name)} · {local_time(step.at)}]]"
