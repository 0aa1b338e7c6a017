"""Runs at every page run: finds the person and their pages, and draws the frame around them."""

from functools import partial

import streamlit as st

from core.domain.identity import User
from ui import frame, state
from ui.account import page as account
from ui.audit import page as audit
from ui.budgets import page as budgets
from ui.campaigns import page as campaigns
from ui.chat import page as chat
from ui.costs import page as costs
from ui.documents import page as documents
from ui.gaps import page as gaps
from ui.idea_review import page as idea_review
from ui.ideas import page as ideas
from ui.incidents import page as incidents
from ui.kpis import page as kpis
from ui.notifications import page as notifications
from ui.own_data import page as own_data
from ui.own_usage import page as own_usage
from ui.people import page as people
from ui.policy import gate as policy_gate
from ui.policy import page as policy
from ui.portfolio import page as portfolio
from ui.privacy import page as privacy
from ui.quality import page as quality
from ui.resources import ASSETS, icon, services
from ui.reviews import page as reviews
from ui.system import page as system
from ui.turns import page_turns
from ui.usage import page as usage
from ui.vocabulary import page as vocabulary

APP_NAME = "GenAI Sandbox"
CLOSED_PATHS = (
    *("ideas", "portfolio", "campaigns", "notifications", "idea-review", "gaps", "reviews"),
    *("documents", "usage", "costs", "budgets", "quality", "kpis", "vocabulary", "people"),
    *("incidents", "policy", "privacy", "audit", "system", "my-account"),
)
"""Addresses that show the AI-use policy until it is acknowledged, and then their own page."""


def main() -> None:
    """Draw the frame and the chosen page."""
    # A local icon: Streamlit would load one of its own names from a font server.
    st.set_page_config(page_title=APP_NAME, page_icon=icon(), layout="wide")
    st.logo(str(ASSETS / "logo.svg"), size="medium", icon_image=icon())
    user = state.require_user()
    with page_turns.turn(user.id):
        if user.awaits_policy:
            _draw_policy_first(user)
        else:
            _draw(user)


def _draw_policy_first(user: User) -> None:
    """Draw the policy in place of every page but those that have a person's own data."""
    gate = partial(policy_gate.page, user)
    first = st.Page(gate, title="AI-use policy", icon=":material/policy:", default=True)
    own_usage, own_data = _own_usage_page(user), _own_data_page(user)
    closed = [
        st.Page(gate, title="AI-use policy", url_path=path, visibility="hidden")
        for path in CLOSED_PATHS
    ]
    page = st.navigation([first, own_usage, own_data, *closed], position="hidden")
    st.set_page_config(page_title=f"{page.title} · {APP_NAME}")
    frame.draw_first_sidebar(user, policy=first, own_pages=(own_usage, own_data))
    page.run()


def _draw(user: User) -> None:
    sections = pages_for(user)
    state.remember_pages({page.url_path: page for pages in sections.values() for page in pages})
    # Streamlit would fold an administrator's menu, and hide what waits for them.
    page = st.navigation(sections, expanded=True)
    st.set_page_config(page_title=f"{page.title} · {APP_NAME}")
    frame.draw_sidebar(
        user,
        own_pages=sections["Sandbox"][-4:-1],
        bell=sections["Sandbox"][-1],
        has_history=page is sections["Sandbox"][0],
    )
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
            st.Page(
                partial(portfolio.page, user),
                title="Portfolio",
                icon=":material/scatter_plot:",
                url_path="portfolio",
            ),
            st.Page(
                partial(campaigns.page, user),
                title="Campaigns",
                icon=":material/campaign:",
                url_path="campaigns",
            ),
            _account_page(user),
            _own_usage_page(user),
            _own_data_page(user),
            _notifications_page(user),
        ]
    }
    if review := _review_pages(user):
        sections["Review"] = review
    if user.is_admin:
        sections["Admin"] = _admin_pages(user)
    return sections


def _notifications_page(user: User) -> st.Page:
    """Return the page, which the bell in the sidebar opens; its name says how many are new."""
    unread = services().ideas.notifications.count_unread(user)
    return st.Page(
        partial(notifications.page, user),
        title=f"Notifications ({unread})" if unread else "Notifications",
        icon=":material/notifications_unread:" if unread else ":material/notifications:",
        url_path="notifications",
        visibility="hidden",
    )


def _account_page(user: User) -> st.Page:
    """Return the page, which the account menu opens."""
    return st.Page(
        partial(account.page, user),
        title="My account",
        icon=":material/manage_accounts:",
        url_path="my-account",
        visibility="hidden",
    )


def _own_usage_page(user: User) -> st.Page:
    """Return the page, which the account menu opens."""
    return st.Page(
        partial(own_usage.page, user),
        title="My usage",
        icon=":material/query_stats:",
        url_path="my-usage",
        visibility="hidden",
    )


def _own_data_page(user: User) -> st.Page:
    """Return the page, which the account menu opens."""
    return st.Page(
        partial(own_data.page, user),
        title="My data",
        icon=":material/folder_managed:",
        url_path="my-data",
        visibility="hidden",
    )


def _review_pages(user: User) -> list[st.Page]:
    """Return the pages of reviewers, and of owners of a collection or a document."""
    pages = []
    if user.is_reviewer:
        pages.append(
            st.Page(
                partial(idea_review.page, user),
                title="Idea review",
                icon=":material/rate_review:",
                url_path="idea-review",
            )
        )
    if user.is_admin:
        return pages
    if services().gaps.inbox.is_open_to(user):
        pages.append(_gaps_page(user))
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
        _gaps_page(user),
        st.Page(
            partial(usage.page, user), title="Usage", icon=":material/monitoring:", url_path="usage"
        ),
        st.Page(
            partial(costs.page, user),
            title="Costs and value",
            icon=":material/payments:",
            url_path="costs",
        ),
        st.Page(
            partial(budgets.page, user),
            title="Budgets",
            icon=":material/savings:",
            url_path="budgets",
        ),
        st.Page(
            partial(quality.page, user),
            title="Quality",
            icon=":material/verified:",
            url_path="quality",
        ),
        st.Page(partial(kpis.page, user), title="KPIs", icon=":material/speed:", url_path="kpis"),
        st.Page(
            partial(vocabulary.page, user),
            title="Vocabulary",
            icon=":material/dictionary:",
            url_path="vocabulary",
        ),
        st.Page(
            partial(people.page, user),
            title="People and access",
            icon=":material/group:",
            url_path="people",
        ),
        _incidents_page(user),
        st.Page(
            partial(policy.page, user),
            title="AI-use policy",
            icon=":material/policy:",
            url_path="policy",
        ),
        st.Page(
            partial(privacy.page, user),
            title="Privacy",
            icon=":material/shield_person:",
            url_path="privacy",
        ),
        st.Page(
            partial(audit.page, user),
            title="Audit",
            icon=":material/fact_check:",
            url_path="audit",
        ),
        st.Page(
            partial(system.page, user), title="System", icon=":material/dns:", url_path="system"
        ),
    ]


def _gaps_page(user: User) -> st.Page:
    """Return the page; its name says how many questions wait."""
    waiting = services().gaps.inbox.count_open(user)
    return st.Page(
        partial(gaps.page, user),
        title=f"Knowledge gaps ({waiting})" if waiting else "Knowledge gaps",
        icon=":material/contact_support:",
        url_path="gaps",
    )


def _incidents_page(user: User) -> st.Page:
    """Return the page; its name says how many problems are open."""
    waiting = services().incidents.triage.count_open(user)
    return st.Page(
        partial(incidents.page, user),
        title=f"Incidents ({waiting})" if waiting else "Incidents",
        icon=":material/flag:",
        url_path="incidents",
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
