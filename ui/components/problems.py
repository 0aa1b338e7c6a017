"""Shows what went wrong on purpose, in its own words."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import SandboxError
from ui import words


@contextmanager
def shown_problems() -> Iterator[None]:
    """Ends the block at the first SandboxError and shows its message; other errors pass through."""
    try:
        yield
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
