"""Notifications: what happened to ideas and questions of a person, the newest first."""

from itertools import groupby

import streamlit as st

from core.domain.ideas.life import DigestChoice, Happening, Notification
from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import local_day, local_time
from ui.notifications import words as told
from ui.resources import services

READABLE_WIDTH = 860
PLACES = {
    Happening.INCIDENT_REPORTED: "incidents",
    Happening.INCIDENT_CLOSED: "my-usage",
    Happening.COPY_FOUND: "documents",
}
"""Addresses of what is neither an idea nor a question."""


def page(user: User) -> None:
    """Draw the notifications by day; opening one opens its idea or conversation."""
    with st.container(width=READABLE_WIDTH), shown_problems():
        every = services().ideas.notifications.list(user)
        _draw_heading(user, has_unread=any(not each.is_read for each in every))
        if not every:
            st.info(told.NOTHING)
        for day, of_day in groupby(every, key=lambda each: local_day(each.at)):
            st.markdown(f"#### {day}")
            for each in of_day:
                _draw(user, each)
        if services().ideas.sends_mail:
            _draw_digest(user)


def _draw_heading(user: User, *, has_unread: bool) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.title("Notifications", anchor=False, width="content")
        if has_unread and st.button("Mark all as read", key="read-all"):
            services().ideas.notifications.mark_read(user)
            st.rerun()


def _draw(user: User, each: Notification) -> None:
    with st.container(
        border=True,
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
        key=f"notification-{each.id}",
    ):
        new = "" if each.is_read else ":blue-badge[New] "
        with st.container(gap=None, width=600):
            st.markdown(f"{new}{told.icon(each)} {told.sentence(each)}")
            title = f"**{words.plain(each.idea_title)}** " if each.idea_title else ""
            st.markdown(f"{title}:small[:gray[{local_time(each.at)}]]")
        goal = told.goal(each)
        if goal and st.button(
            goal,
            icon=":material/arrow_forward:",
            icon_position="right",
            type="tertiary",
            wrap=False,
            key=f"open-{each.id}",
        ):
            services().ideas.notifications.mark_read(user, [each.id])
            _open(each)


def _open(each: Notification) -> None:
    if each.idea_id:
        st.switch_page(state.page_named("ideas"), query_params={"idea": each.idea_id})
    elif conversation := each.details.get("conversation"):
        # The page that opens first has no address of its own.
        st.switch_page(state.page_named(""), query_params={"chat": conversation})
    else:
        place = "my-account" if each.happening.is_of_account else PLACES.get(each.happening, "gaps")
        st.switch_page(state.page_named(place))


def _draw_digest(user: User) -> None:
    """Draw how often what is unread is mailed."""
    known = services().ideas.notifications.digest(user)
    chosen = st.segmented_control(
        "Mail me what I have not read",
        list(DigestChoice),
        default=known,
        required=True,
        format_func=told.DIGESTS.__getitem__,
        key="digest",
    )
    if chosen is not None and chosen is not known:
        services().ideas.notifications.set_digest(user, chosen)
        st.toast("Saved.")
