"""What the page of budgets remembers: fields that begin anew once something was done."""

import streamlit as st

_BUDGETS = "budget_forms"
_SWITCHES = "switch_forms"


def budget_form() -> str:
    """Return the key of the fields of a budget; another one after `end_budget_form`."""
    return f"budget-{st.session_state.get(_BUDGETS, 0)}"


def end_budget_form() -> None:
    """Begin with empty fields at the next run."""
    st.session_state[_BUDGETS] = st.session_state.get(_BUDGETS, 0) + 1


def switch_form() -> str:
    """Return the key of the fields of a switch; another one after `end_switch_form`."""
    return f"switch-{st.session_state.get(_SWITCHES, 0)}"


def end_switch_form() -> None:
    """Begin with empty fields at the next run."""
    st.session_state[_SWITCHES] = st.session_state.get(_SWITCHES, 0) + 1
