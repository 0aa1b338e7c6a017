"""Shows what went wrong on purpose, in its own words."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import AccessDenied, SandboxError
from ui import state, words
from ui.resources import services


@contextmanager
def shown_problems() -> Iterator[None]:
    """End the block at the first SandboxError and show its message; let other errors pass."""
    try:
        yield
    except SandboxError as problem:
        if isinstance(problem, AccessDenied):
            _note_refusal()
        st.error(words.plain(str(problem)))


def _note_refusal() -> None:
    """Record who was refused; whoever is no longer signed in wanted nothing of anybody."""
    user = state.current_user()
    if user is not None:
        services().audit.note_refusal(user, "page")
