"""Sentences beside the fields of a form, about what has to be changed there."""

from collections.abc import Mapping

from streamlit.delta_generator import DeltaGenerator

from ui import words

Notes = dict[str, DeltaGenerator]
"""The place under each field where its problem appears, by the name of the field."""


def draw_notes(notes: Notes, problems: Mapping[str, str]) -> dict[str, str]:
    """Draw each problem at its field; return those whose field is not on the page."""
    for name in problems.keys() & notes.keys():
        notes[name].markdown(f":small[:red[:material/error: {words.plain(problems[name])}]]")
    return {name: problem for name, problem in problems.items() if name not in notes}
