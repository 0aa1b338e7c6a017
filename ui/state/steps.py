"""The first steps that were noted in this session."""

import streamlit as st

_STEPS = "noted_steps"


def is_new_step(step: str) -> bool:
    """Return whether this step was not asked for in this session; it is from now on."""
    noted: set[str] = st.session_state.setdefault(_STEPS, set())
    if step in noted:
        return False
    noted.add(step)
    return True
