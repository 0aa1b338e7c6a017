"""Runs at every page run: finds the person and their pages, and draws the frame around them."""

from functools import partial

import streamlit as st

from core.domain.identity import User
from ui import frame, state
from ui.chat import page as chat
from ui.documents import page as documents
from ui.gaps import page as gaps
from ui.ideas import page as ideas
from ui.people import page as people
from ui.resources import ASSETS, icon, services
from ui.reviews import page as reviews
from ui.system import page as system
from ui.turns import page_turns
from ui.usage import page as usage

APP_NAME = "GenAI Sandbox"


def main() -> None:
    """Draw the frame and the chosen page."""
    # A local icon: Streamlit would load one of its own names from a font server.
    st.set_page_config(page_title=APP_NAME, page_icon=icon(), layout="wide")
    st.logo(str(ASSETS / "logo.svg"), size="medium", icon_image=icon())
    user = state.require_user()
    with page_turns.turn(user.id):
        _draw(user)


def _draw(user: User) -> None:
    sections = pages_for(user)
    state.remember_pages({page.url_path: page for pages in sections.values() for page in pages})
    page = st.navigation(sections)
    st.set_page_config(page_title=f"{page.title} · {APP_NAME}")
    frame.draw_sidebar(user, has_history=page is sections["Sandbox"][0])
    notice = state.take_notice()
    if notice:
        st.toast(notice)
    page.run()


def pages_for(user: User) -> dict[str, list[st.Page]]:
    """Return the pages of each role; every service behind them checks the role again.

    They are drawn for the person whom this run found, who is looked up once.
    """
    sections = {
        "Sandbox": [
            st.Page(
                partial(chat.page, user),
                title="Chat",
                icon=":material/forum:",
                url_path="chat",
                default=True,
            ),
            st.Page(
                partial(ideas.page, user),
                title="Ideas",
                icon=":material/lightbulb:",
                url_path="ideas",
            ),
        ]
    }
    if user.is_admin:
        sections["Admin"] = _admin_pages(user)
    elif own := _pages_of_owners(user):
        sections["Review"] = own
    return sections


def _pages_of_owners(user: User) -> list[st.Page]:
    """Return the pages for somebody who owns a collection or a document."""
    pages = [_gaps_page(user)] if services().gap_inbox.is_open_to(user) else []
    if services().stewardship.owns_any(user):
        pages.append(_reviews_page(user))
    return pages


def _admin_pages(user: User) -> list[st.Page]:
    return [
        st.Page(
            partial(documents.page, user),
            title="Documents",
            icon=":material/description:",
            url_path="documents",
        ),
        st.Page(
            partial(usage.page, user), title="Usage", icon=":material/monitoring:", url_path="usage"
        ),
        _gaps_page(user),
        st.Page(
            partial(people.page, user),
            title="People and access",
            icon=":material/group:",
            url_path="people",
        ),
        st.Page(
            partial(system.page, user), title="System", icon=":material/dns:", url_path="system"
        ),
    ]


def _gaps_page(user: User) -> st.Page:
    """Return the page; its name says how many questions wait."""
    waiting = services().gap_inbox.count_open(user)
    return st.Page(
        partial(gaps.page, user),
        title=f"Knowledge gaps ({waiting})" if waiting else "Knowledge gaps",
        icon=":material/contact_support:",
        url_path="gaps",
    )


def _reviews_page(user: User) -> st.Page:
    due = services().stewardship.count_due(user)
    return st.Page(
        partial(reviews.page, user),
        title=f"Document reviews ({due})" if due else "Document reviews",
        icon=":material/event_available:",
        url_path="reviews",
    )


main()
