"""Draws accounts and addresses whose sign-in is delayed, and ends the delay."""

from functools import partial

import streamlit as st

from admin.signing_in.sign_in_limits import Slowed
from core.domain.identity import User
from ui import words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.resources import services


def draw_sign_in_waits(admin: User) -> None:
    """Draw delayed sign-ins; nothing if there are none, which is nearly always."""
    slowed = services().sign_in_limits.slowed(admin)
    if not slowed:
        return
    st.subheader("Delayed sign-ins", anchor=False)
    st.caption(
        "Failed attempts from a browser that has never signed in before delay the next one. "
        "Known browsers are not affected."
    )
    for one in slowed:
        _draw_entry(admin, one)


def _draw_entry(admin: User, slowed: Slowed) -> None:
    name = slowed.email or slowed.address
    with st.container(
        border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        with st.container(gap="xxsmall"):
            st.markdown(f"**{words.plain(name)}**")
            st.caption(_summary(slowed))
        if st.button("End delay", key=f"free-{name}"):
            with shown_problems():
                _free(admin, slowed)()
                st.rerun()


def _summary(slowed: Slowed) -> str:
    failed = words.count(slowed.failures, "failed attempt")
    refused = words.count(slowed.refusals, "attempt")
    return (
        f"{failed} and {refused} during the delay, within an hour · until "
        f"{local_time(slowed.free_at)}"
    )


def _free(admin: User, slowed: Slowed) -> partial[None]:
    limits = services().sign_in_limits
    if slowed.email:
        return partial(limits.free_account, admin, slowed.email)
    return partial(limits.free_address, admin, slowed.address)
