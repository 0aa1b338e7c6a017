"""What the page of costs remembers: which item is being changed, and from which version on."""

from dataclasses import dataclass, replace
from typing import cast

import streamlit as st

_OPEN = "open_cost_item"
_FORMS = "cost_forms"
_CHOSEN = "chosen_cost_item"


@dataclass(frozen=True, slots=True)
class OpenCost:
    """A cost item that is being changed: `key` names its fields, `version` is what they show."""

    item_id: str
    key: str
    version: int


def cost_form() -> str:
    """Return the key of the fields of a new cost item; another one after `end_cost_form`."""
    return f"cost-{st.session_state.get(_FORMS, 0)}"


def end_cost_form() -> None:
    """Begin with empty fields, or with those that are stored, at the next run."""
    st.session_state[_FORMS] = st.session_state.get(_FORMS, 0) + 1
    st.session_state.pop(_OPEN, None)


def chosen_cost() -> str | None:
    """Return the item that is chosen, whatever it is called by now."""
    item_id: str | None = st.session_state.get(_CHOSEN)
    return item_id


def choose_cost(item_id: str | None) -> None:
    """Remember the chosen item."""
    st.session_state[_CHOSEN] = item_id


def open_cost(item_id: str, version: int) -> OpenCost:
    """Return how this item was opened, and open it if another one was."""
    known = cast("OpenCost | None", st.session_state.get(_OPEN))
    if known is None or known.item_id != item_id:
        known = OpenCost(item_id, f"{cost_form()}-{item_id}", version)
        st.session_state[_OPEN] = known
    return known


def catch_up_with_cost(version: int) -> None:
    """Go on from another version, and keep what was typed."""
    st.session_state[_OPEN] = replace(st.session_state[_OPEN], version=version)
