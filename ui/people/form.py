"""Adds people and changes what they can do."""

from collections.abc import Sequence

import streamlit as st

from admin.provisioning.adoption import Provisioned
from core.domain.identity import Group, Role, User
from ui import state, words
from ui.components.access_choice import draw_groups, group_names
from ui.components.address import app_address
from ui.components.confirmation import draw_confirmation
from ui.components.problems import shown_problems
from ui.people.provisioning import draw_person_provisioning
from ui.people.table import ROLES
from ui.resources import services

NEW_PERSON = "new-person"
ALL_ROLES: Sequence[Role] = tuple(Role)


@st.dialog("Add a person", on_dismiss=state.close_dialog)
def draw_new_person() -> None:
    """Ask for a new person; the dialog keeps what is typed until the person is added."""
    with shown_problems():
        admin = state.require_user()
        email = st.text_input("E-mail", autocomplete="off", key="new-person-email")
        name = st.text_input("Name", key="new-person-name")
        role = _draw_role("new-person-role", Role.EMPLOYEE)
        groups = draw_groups("new-person-groups", services().people.list_groups(admin))
        password = st.text_input(
            "Initial password",
            type="password",
            autocomplete="new-password",
            help="At least 12 characters. Four random words work well. Hand it over in person.",
            key="new-person-password",
        )
        if st.button("Add person", type="primary", key="add-person"):
            added = services().people.add(
                admin, email, name=name, password=password, role=role, groups=groups
            )
            state.close_dialog()
            state.notify(words.plain(f"{added.name} can sign in now."))
            st.rerun()


def draw_person(
    admin: User, person: User, groups: Sequence[Group], provisioned: Provisioned
) -> None:
    """Draw role, groups and sign-in of the selected person."""
    with st.container(border=True, key="person"):
        st.markdown(f"**{words.plain(person.name)}** · {words.plain(person.email)}")
        draw_confirmation(
            admin, "make someone an administrator, set passwords or export conversations"
        )
        role = _draw_role(f"role-{person.id}", person.role)
        names = group_names(person.group_ids, groups)
        chosen = draw_groups(f"groups-{person.id}", groups, names)
        is_active = st.toggle(
            "Active (can sign in)", value=person.is_active, key=f"active-{person.id}"
        )
        is_changed = (role, set(chosen), is_active) != (person.role, set(names), person.is_active)
        if st.button("Save", type="primary", disabled=not is_changed, key=f"save-{person.id}"):
            with shown_problems():
                _save(admin, person, role=role, groups=chosen, is_active=is_active)
        _draw_password(admin, person)
        _draw_second_factor(admin, person)
        draw_person_provisioning(admin, person, provisioned)
        _draw_handover(person)


def _save(admin: User, person: User, *, role: Role, groups: Sequence[str], is_active: bool) -> None:
    people = services().people
    if role is not person.role:
        people.set_role(admin, person.id, role)
    if is_active is not person.is_active:
        people.set_active(admin, person.id, is_active=is_active)
    people.set_groups(admin, person.id, groups)
    state.notify(words.plain(f"Saved. The changes apply from {person.name}’s next click."))
    st.rerun()


def _draw_password(admin: User, person: User) -> None:
    with st.expander("Set a new password"):
        password = st.text_input(
            "New password",
            type="password",
            autocomplete="new-password",
            help="Signs this person out everywhere.",
            key=f"password-of-{person.id}",
        )
        if st.button("Set password", key=f"set-password-{person.id}"):
            with shown_problems():
                services().people.set_password(admin, person.id, password)
                st.success(
                    "The password is set. Everyone signed in with the old password has been "
                    "signed out."
                )
        st.caption("Or let the person choose a password with a link that works once, for 24 hours.")
        if st.button("Create a one-time link", key=f"link-for-{person.id}"):
            with shown_problems():
                token = services().password_links.create(admin, person.id)
                st.code(f"{app_address()}/new-password?token={token}", language=None)


def _draw_second_factor(admin: User, person: User) -> None:
    """Draw the removal of a lost factor; nothing for people without one."""
    if person.id not in services().second_factors.people_with_one(admin):
        return
    with st.expander("Remove the second factor"):
        st.write(
            "For someone who lost the phone and the recovery codes. Make sure that it is them: "
            "then the password alone is enough to sign in. They can see that you did this."
        )
        if st.button("Remove second factor", key=f"remove-factor-{person.id}"):
            with shown_problems():
                services().second_factors.remove(admin, person.id)
                state.notify(words.plain(f"{person.name} signs in with the password alone now."))
                st.rerun()


def _draw_handover(person: User) -> None:
    """Draw a link that asks for the right again whenever it is opened, by whomever."""
    with st.expander("Export conversations"):
        st.write(
            "All conversations that this person has not deleted, with their sources, as JSON "
            "Lines. They may be confidential. Export them only on request."
        )
        st.link_button(
            "Download conversations",
            f"/export/people/{person.id}.jsonl",
            icon=":material/download:",
        )
        st.caption("Every download is recorded in the audit log.")


def _draw_role(key: str, role: Role) -> Role:
    return st.selectbox(
        "Role", ALL_ROLES, index=ALL_ROLES.index(role), format_func=ROLES.__getitem__, key=key
    )
