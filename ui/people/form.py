"""Adds people and changes what they can do."""

import shlex
from collections.abc import Sequence

import streamlit as st

from admin.provisioning.adoption import Provisioned
from core.domain.identity import Group, Role, User
from core.errors import SandboxError
from ui import state, words
from ui.components.access_choice import draw_groups, group_names
from ui.components.confirmation import draw_confirmation
from ui.components.problems import shown_problems
from ui.people.erasure import draw_hold_and_erasure
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
        password = _draw_first_password()
        if st.button("Add person", type="primary", key="add-person"):
            people = services().people
            if password is None:
                added = people.add_without_password(
                    admin, email, name=name, role=role, groups=groups
                )
            else:
                added = people.add(
                    admin, email, name=name, password=password, role=role, groups=groups
                )
            state.close_dialog()
            state.notify(words.plain(_welcome(admin, added, has_password=password is not None)))
            st.rerun()


def draw_person(
    admin: User, person: User, groups: Sequence[Group], provisioned: Provisioned
) -> None:
    """Draw role, groups and sign-in of the selected person."""
    with st.container(border=True, key="person"):
        st.markdown(f"**{words.plain(person.name)}** · {words.plain(person.email)}")
        draw_confirmation(
            admin,
            "make someone an administrator, send links, export conversations, place legal holds or "
            "erase someone",
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
        draw_hold_and_erasure(admin, person)


def _save(admin: User, person: User, *, role: Role, groups: Sequence[str], is_active: bool) -> None:
    people = services().people
    if role is not person.role:
        people.set_role(admin, person.id, role)
    if is_active is not person.is_active:
        people.set_active(admin, person.id, is_active=is_active)
    people.set_groups(admin, person.id, groups)
    state.notify(words.plain(f"Saved. The changes apply from {person.name}’s next click."))
    st.rerun()


def _draw_first_password() -> str | None:
    """Ask for a password; None where people choose their own, or use none."""
    if not services().sign_in.takes_passwords:
        st.caption("They sign in with the company account.")
        return None
    if services().password_links.sends_mail:
        st.caption("They get a mail with a link to choose a password.")
        return None
    return st.text_input(
        "Initial password",
        type="password",
        autocomplete="new-password",
        help="At least 12 characters. Four random words work well. Hand it over in person.",
        key="new-person-password",
    )


def _welcome(admin: User, added: User, *, has_password: bool) -> str:
    """Mail the link where one is due, and say what happened; the account stays either way."""
    if has_password:
        return f"{added.name} can sign in now."
    if not services().sign_in.takes_passwords:
        return f"{added.name} can sign in once the company account is connected."
    try:
        services().password_links.send(admin, added.id)
    except SandboxError as error:
        return f"{added.name} was added. {error}"
    return f"{added.name} got a mail with a link to choose a password."


def _draw_password(admin: User, person: User) -> None:
    """Draw the link for a new password, which nobody but the person sees."""
    if not services().sign_in.takes_passwords:
        return
    with st.expander("New password"):
        if not services().password_links.sends_mail:
            st.write(
                "Mail is not set up. This command in the terminal prints a one-time link to hand "
                "over in person:"
            )
            command = f"python sandbox_cli.py users link {shlex.quote(person.email)}"
            st.code(command, language=None, wrap_lines=True)
            return
        st.write(
            "The person gets a mail with a link to choose a password. It works once, for 24 hours. "
            "Using it signs them out everywhere."
        )
        if st.button("Send a link", key=f"link-for-{person.id}"):
            with shown_problems():
                services().password_links.send(admin, person.id)
                st.success(words.plain(f"The link is on its way to {person.email}."))


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
