"""The idea in the address, and the answer that becomes one."""

from typing import cast

import streamlit as st

_IDEA_SOURCE = "idea_message_id"


def start_idea_from(message_id: str | None) -> None:
    """Remember the answer that the next idea starts from, None for none."""
    st.session_state[_IDEA_SOURCE] = message_id


def idea_source() -> str | None:
    """Return the answer that the next idea starts from."""
    return cast("str | None", st.session_state.get(_IDEA_SOURCE))


def open_idea(idea: str | None) -> None:
    """Put an idea into the address as ?idea=, None for the list."""
    if idea is None:
        st.query_params.pop("idea", None)
    else:
        st.query_params["idea"] = idea


def idea_id() -> str | None:
    """Return the idea in the address."""
    return st.query_params.get("idea")
