"""Draws the tokens of identity providers, and who of the people is theirs."""

from datetime import UTC, datetime

import streamlit as st

from admin.provisioning.adoption import Provisioned
from admin.provisioning.tokens import DAYS, MOST_DAYS, ScimToken
from core.domain.identity import User
from core.domain.text.dates import short_date
from ui import state, words
from ui.components.address import app_address
from ui.components.confirmation import draw_confirmation
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.resources import services

NEW_TOKEN = "new-token"  # noqa: S105  the name of a dialog


def draw_provisioning(admin: User) -> None:
    """Draw the tokens that are not revoked, and the button for another one."""
    st.subheader("Provisioning", anchor=False)
    st.caption(
        "Your identity provider, such as Microsoft Entra ID or Okta, can create, change and "
        "deactivate accounts and groups (SCIM 2.0). It needs a token and the address of this app "
        "followed by /scim/v2."
    )
    st.button(
        "Create a token",
        icon=":material/key:",
        key="open-new-token",
        on_click=state.show_dialog,
        args=(NEW_TOKEN,),
    )
    for token in services().scim.tokens.list(admin):
        if not token.is_revoked:
            _draw_token(admin, token)


def _draw_token(admin: User, token: ScimToken) -> None:
    with st.container(
        border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        with st.container(gap="xxsmall"):
            st.markdown(f"**{words.plain(token.name)}**")
            st.caption(_summary(token))
        with st.popover("Revoke"):
            st.write("The identity provider can change nothing from then on. Accounts stay.")
            if st.button("Revoke token", type="primary", key=f"revoke-{token.id}"):
                with shown_problems():
                    services().scim.tokens.revoke(admin, token.id)
                    state.notify(words.plain(f"The token “{token.name}” is revoked."))
                    st.rerun()


def _summary(token: ScimToken) -> str:
    used = f"last used {local_time(token.last_used_at)}" if token.last_used_at else "never used"
    day = short_date(token.expires_at)
    is_live = token.is_live(datetime.now(UTC))
    return f"{'Expires' if is_live else 'Expired'} {day} · {used}"


@st.dialog("Create a token", on_dismiss=state.close_dialog)
def draw_new_token() -> None:
    """Ask for a name, then show the token once; it is kept nowhere."""
    with shown_problems():
        admin = state.require_user()
        draw_confirmation(admin, "create a token")
        name = st.text_input("Name", placeholder="Entra ID", key="new-token-name")
        days = st.number_input("Valid for how many days", 1, MOST_DAYS, DAYS, key="new-token-days")
        if st.button("Create token", type="primary", key="add-token"):
            made = services().scim.tokens.add(admin, name, days=int(days))
            st.success("Copy the token now. It is not shown again.")
            st.code(made.secret, language=None, wrap_lines=True)
            st.caption("The address that belongs to it:")
            st.code(f"{app_address()}/scim/v2", language=None)


def draw_person_provisioning(admin: User, person: User, provisioned: Provisioned) -> None:
    """Draw whose account it is, once anybody is provisioned or could be."""
    is_theirs = person.id in provisioned.people
    if not is_theirs and not any(not t.is_revoked for t in services().scim.tokens.list(admin)):
        return
    with st.expander("Provisioning"):
        if is_theirs:
            st.write(
                "Your identity provider manages this account. It replaces changes made here at "
                "its next update."
            )
            if st.button("Manage here", key=f"take-back-{person.id}"):
                with shown_problems():
                    services().scim.adoption.take_back_person(admin, person.id)
                    state.notify(words.plain(f"{person.name} is managed here now."))
                    st.rerun()
            return
        st.write(
            "This account is managed here. Your identity provider can neither see nor change it."
        )
        if st.button("Hand over to the identity provider", key=f"hand-over-{person.id}"):
            with shown_problems():
                services().scim.adoption.hand_over_person(admin, person.id)
                state.notify(words.plain(f"{person.name} is managed by the identity provider now."))
                st.rerun()
