"""Tells people what to do when something fails that nobody foresaw."""

import logging
from uuid import uuid4

import streamlit as st

from core.errors import SandboxError
from ui import words

logger = logging.getLogger(__name__)


def explain(problem: Exception) -> bool:
    """Draw one sentence in place of Streamlit's error box; return True because it is drawn.

    Streamlit calls it for whatever a page, a part of a page or a callback raises. The number stands
    in the log beside the trace, and the text of the error in the log only.
    """
    if isinstance(problem, SandboxError):
        st.error(words.plain(str(problem)))
        return True
    incident = uuid4().hex[:8]
    logger.error("page failed incident=%s", incident, exc_info=problem)
    st.error(
        "Something went wrong. What you sent is kept. Reload the page to continue. If it "
        f"happens again, give an administrator the number {incident}.",
        icon=":material/error:",
    )
    return True
