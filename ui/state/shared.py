"""What pages have in common: notices, dialogs, ways to other pages."""

from dataclasses import dataclass
from typing import cast

import streamlit as st

from core.domain.knowledge import DocumentOverview

_NOTICE = "notice"
_PAGES = "pages"
_DIALOG = "open_dialog"


@dataclass(frozen=True, slots=True)
class OpenDialog:
    """A dialog that survives reruns, with the documents it is about."""

    name: str
    documents: tuple[DocumentOverview, ...] = ()


def remember_pages(pages: dict[str, st.Page]) -> None:
    """Remember the pages of this run by address, for buttons that lead to another page."""
    st.session_state[_PAGES] = pages


def page_named(url_path: str) -> st.Page:
    """Return the page with this address."""
    return cast("dict[str, st.Page]", st.session_state[_PAGES])[url_path]


def notify(text: str) -> None:
    """Show a short confirmation that survives the next rerun."""
    st.session_state[_NOTICE] = text


def take_notice() -> str | None:
    """Return the waiting confirmation, once."""
    return cast("str | None", st.session_state.pop(_NOTICE, None))


def show_dialog(name: str, documents: tuple[DocumentOverview, ...] = ()) -> None:
    """Open a dialog at the next run; it stays open until it is dismissed or done."""
    st.session_state[_DIALOG] = OpenDialog(name, documents)


def open_dialog() -> OpenDialog | None:
    """Return the open dialog."""
    return cast("OpenDialog | None", st.session_state.get(_DIALOG))


def close_dialog() -> None:
    """Close the open dialog."""
    st.session_state.pop(_DIALOG, None)
