"""The list of people."""

from collections.abc import Collection, Sequence

import pandas as pd
import streamlit as st

from core.domain.identity import Group, Role, User
from ui.components.access_choice import group_names

ROLES = {Role.EMPLOYEE: "Employee", Role.REVIEWER: "Reviewer", Role.ADMIN: "Administrator"}


def draw_people_table(
    people: Sequence[User], groups: Sequence[Group], provisioned: Collection[str]
) -> User | None:
    """Draw everyone by name; return the selected person."""
    event = st.dataframe(
        people_table(people, groups, provisioned),
        hide_index=True,
        width="stretch",
        column_config={"Groups": st.column_config.ListColumn()},
        on_select="rerun",
        selection_mode="single-row",
        key=f"people-{len(people)}",
        alt="People with their role and groups",
    )
    return next((people[row] for row in event["selection"]["rows"] if row < len(people)), None)


def people_table(
    people: Sequence[User], groups: Sequence[Group], provisioned: Collection[str] = ()
) -> pd.DataFrame:
    """Make one row per person, in the order given.

    Where an identity provider looks after anybody, a column says after whom.
    """
    table = pd.DataFrame(
        {
            "Name": [person.name for person in people],
            "E-mail": [person.email for person in people],
            "Role": [ROLES[person.role] for person in people],
            "Groups": [group_names(person.group_ids, groups) for person in people],
            "Active": [person.is_active for person in people],
        }
    )
    if provisioned:
        table["Provisioned"] = [person.id in provisioned for person in people]
    return table
