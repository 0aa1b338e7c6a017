"""Shows what went wrong on purpose, in its own words."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import SandboxError
from ui import words


@contextmanager
def shown_problems() -> Iterator[None]:
    """End the block at the first SandboxError and show its message; let other errors pass."""
    try:
        yield
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
