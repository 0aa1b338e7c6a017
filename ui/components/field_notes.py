"""Sentences beside the fields of a form, about what has to be changed there."""

from collections.abc import Callable, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import InvalidFields, SandboxError
from ui import state, words

Notes = dict[str, DeltaGenerator]
"""The place under each field where its problem appears, by the name of the field."""


def draw_notes(notes: Notes, problems: Mapping[str, str]) -> dict[str, str]:
    """Draw each problem at its field; return those whose field is not on the page."""
    for name in problems.keys() & notes.keys():
        notes[name].markdown(f":small[:red[:material/error: {words.plain(problems[name])}]]")
    return {name: problem for name, problem in problems.items() if name not in notes}


def attempt(notes: Notes, action: Callable[[], str], end_form: Callable[[], None]) -> None:
    """Do it, end the form and say what happened; what was typed stays where it is not possible."""
    try:
        done = action()
    except InvalidFields as invalid:
        for problem in draw_notes(notes, invalid.problems).values():
            st.error(words.plain(problem))
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
    else:
        end_form()
        state.notify(words.plain(done))
        st.rerun()
