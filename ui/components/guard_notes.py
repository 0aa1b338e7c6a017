"""Tells what the guard does to a question before it leaves, and what it did for an answer."""

from collections.abc import Iterator

import streamlit as st

from core.domain.answers import Answer, GuardEffect, GuardNote
from core.domain.identity import User
from core.guardrails.detectors import Kind
from core.guardrails.guard import told
from ui import words
from ui.resources import services


def draw_guard_preview(user: User, question: str) -> None:
    """Draw what will be masked in a question, and what will not; nothing for an ordinary one."""
    look = services().chat.look(user, question)
    if look.masked:
        st.caption(f":material/visibility_off: Will be masked: {told(look.masked)}")
    if look.warned:
        st.caption(f":material/visibility: Will be sent as typed: {told(look.warned)}")


def draw_guard_notes(answer: Answer) -> None:
    """Draw what was masked, sent or kept from a provider for an answer."""
    for line in _lines(answer):
        st.caption(line)


def _lines(answer: Answer) -> Iterator[str]:
    effects = (GuardEffect.MASKED, GuardEffect.MASKED_ELSEWHERE, GuardEffect.SENT)
    masked, elsewhere, sent = (_counts(answer, effect) for effect in effects)
    if masked:
        yield f":material/visibility_off: Masked in your question: {told(masked)}"
    if elsewhere:
        yield f":material/visibility_off: Masked in sources and earlier messages: {told(elsewhere)}"
    if sent:
        yield f":material/visibility: Sent as they are: {told(sent)}"
    for note in answer.guard_notes:
        match note.effect:
            case GuardEffect.WITHHELD:
                yield f":material/lock: {_withheld(note)}"
            case GuardEffect.LEFT_OUT:
                yield f":material/lock: {_left_out(note)}"
            case GuardEffect.MASKED | GuardEffect.MASKED_ELSEWHERE | GuardEffect.SENT:
                pass


def _counts(answer: Answer, effect: GuardEffect) -> dict[Kind, int]:
    return {Kind(note.kind): note.count for note in answer.guard_notes if note.effect is effect}


def _withheld(note: GuardNote) -> str:
    found = words.count(note.count, "passage")
    return (
        f"The language model took no part: it may not receive {note.kind} content ({found} found)."
    )


def _left_out(note: GuardNote) -> str:
    was = "was" if note.count == 1 else "were"
    return (
        f"{words.count(note.count, 'passage')} {was} left out: {note.kind} content does not go to "
        "the embedding service."
    )
