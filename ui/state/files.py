"""Files of the open conversation: those that were refused, and whether it asks them."""

from collections.abc import Sequence
from typing import cast

import streamlit as st

from ingestion.values import Receipt

_REFUSED = "refused_files"


def keep_refused_files(conversation_id: str, receipts: Sequence[Receipt]) -> None:
    """Remember which files were refused, until the next ones are attached or this is closed."""
    st.session_state[_REFUSED] = conversation_id, tuple(receipts)


def refused_files(conversation_id: str) -> Sequence[Receipt]:
    """Return the files that were refused last in this conversation."""
    found = cast("tuple[str, Sequence[Receipt]]", st.session_state.get(_REFUSED, ("", ())))
    return found[1] if found[0] == conversation_id else ()


def forget_refused_files() -> None:
    """Close the list of refused files."""
    st.session_state.pop(_REFUSED, None)


def files_key(conversation_id: str) -> str:
    """Return the key of the switch between documents and files of a conversation."""
    return f"asks-{conversation_id}"
