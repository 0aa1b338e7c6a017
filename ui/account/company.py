"""Company accounts that open one's own account: connected once, and let go again."""

from collections.abc import Sequence

import streamlit as st

from admin.single_sign_on.values import Connection
from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.resources import services


def draw_company_account(
    user: User, connections: Sequence[Connection], *, has_password: bool
) -> None:
    """Draw what is connected, and the way to connect; nothing without a company sign-in.

    The only way in cannot be disconnected.
    """
    company = services().company_sign_in
    if company is None and not connections:
        return
    st.subheader("Company sign-in", anchor=False)
    for one in connections:
        with st.container(
            border=True,
            horizontal=True,
            horizontal_alignment="distribute",
            vertical_alignment="center",
            key=f"connection-{one.id}",
        ):
            with st.container(gap="xxsmall", width="content"):
                st.markdown(f"**{words.plain(one.email or one.subject)}**")
                last = f", last used {local_time(one.last_seen_at)}" if one.last_seen_at else ""
                st.caption(f"Connected {local_time(one.connected_at)}{last}")
            if has_password and st.button("Disconnect", key=f"disconnect-{one.id}"):
                with shown_problems():
                    services().connections.disconnect(user, one.id)
                    state.notify("Disconnected. Sessions that it opened have ended.")
                    st.rerun()
    if company is not None and not connections:
        name = words.plain(company.name)
        st.write(f"Sign in with {name} instead of a password. Connect it once.")
        if not user.needs_confirmation:
            st.link_button("Connect", "/sign-in/company?for=connect", icon=":material/link:")
