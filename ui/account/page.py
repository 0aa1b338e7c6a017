"""My account: password, second factor, sessions, and who read one's texts."""

import streamlit as st

from admin.signing_in.sessions import SignInSession
from core.domain.identity import ADMINISTRATOR, User
from ui import state, words
from ui.account import words as account_words
from ui.account.company import draw_company_account
from ui.account.second_factor import draw_second_factor
from ui.components.confirmation import draw_confirmation
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.resources import services

READABLE_WIDTH = 860


def page(user: User) -> None:
    """Draw what a person can see and change of their own account."""
    with st.container(width=READABLE_WIDTH), shown_problems():
        st.title("My account", anchor=False)
        st.caption(f"{words.plain(user.name)} · {words.plain(user.email)} · {user.role.value}")
        factor = services().second_factors.state_of(user)
        connections = services().connections.mine(user)
        if factor.since or connections or services().company_sign_in:
            draw_confirmation(user, "change how you sign in")
        has_password = services().sign_in.has_password(user)
        draw_company_account(user, connections, has_password=has_password)
        if has_password:
            _draw_password(user)
            draw_second_factor(user, factor)
        _draw_sessions(user)
        _draw_readings(user)


def _draw_password(user: User) -> None:
    st.subheader("Password", anchor=False)
    with st.expander("Change the password"), st.form("change-password", border=False):
        current = st.text_input(
            "Current password",
            type="password",
            autocomplete="current-password",
            key="current-password",
        )
        new = st.text_input(
            "New password",
            type="password",
            autocomplete="new-password",
            help="At least 12 characters. Four random words work well.",
            key="new-password",
        )
        repeated = st.text_input(
            "Repeat the new password",
            type="password",
            autocomplete="new-password",
            key="repeated-password",
        )
        if st.form_submit_button("Change password", key="change-password-now"):
            _change_password(user, current, new, repeated)


def _change_password(user: User, current: str, new: str, repeated: str) -> None:
    if new != repeated:
        st.error("The two new passwords do not match. Enter them again.")
        return
    with shown_problems():
        services().sign_in.change_password(user, current, new, keep_token=state.session_token())
        st.success("The password is changed. All your other sessions have ended.")


def _draw_sessions(user: User) -> None:
    st.subheader("Where you are signed in", anchor=False)
    token = state.session_token()
    sessions = services().sign_in.sessions_of(user, current_token=token)
    for one in sessions:
        _draw_session(user, one)
    if len(sessions) > 1 and st.button("End all other sessions", key="end-others"):
        with shown_problems():
            services().sign_in.end_other_sessions(user, token)
            state.notify("All other sessions have ended.")
            st.rerun()


def _draw_session(user: User, one: SignInSession) -> None:
    with st.container(
        border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        with st.container(gap="xxsmall", width="content"):
            here = " · this browser" if one.is_current else ""
            st.markdown(f"**{words.plain(account_words.browser(one.browser))}**{here}")
            st.caption(
                f"Signed in {local_time(one.created_at)}, last used {local_time(one.last_seen_at)}"
            )
        if not one.is_current and st.button("End", key=f"end-{one.id}"):
            with shown_problems():
                services().sign_in.end_session(user, one.id)
                st.rerun()


def _draw_readings(user: User) -> None:
    st.subheader("Who read or changed what is yours", anchor=False)
    readings = services().audit.readings_of(user)
    if not readings:
        st.write("Nobody opened or exported your texts, or changed how you sign in.")
        return
    st.caption("Opened, exported or changed by others, the newest first.")
    lines = [
        f"- {local_time(one.at)}: {words.plain(one.reader or ADMINISTRATOR)} "
        f"{account_words.reading(one.action)}."
        for one in readings
    ]
    st.markdown("\n".join(lines))
