"""Who acknowledged the policy, who did not, and who passed the quiz."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from core.domain.governance.policy import PersonStanding
from core.domain.identity import User
from ui import words
from ui.components.csv_file import draw_csv_download
from ui.components.times import local_time
from ui.policy import words as policy_words
from ui.resources import services

ALL, MISSING, UNTRAINED = "Everyone", "Not acknowledged", "Quiz not passed"


def draw_people(admin: User) -> None:
    """Draw the figures, a filter that makes the list of whom to remind, and the list as CSV."""
    everyone = services().policy.standings.list(admin)
    settled = sum(one.is_settled for one in everyone)
    trained = sum(one.trained_at is not None for one in everyone)
    with st.container(horizontal=True):
        st.metric("Acknowledged", f"{settled} of {len(everyone)}", width="content")
        st.metric("Passed the quiz", f"{trained} of {len(everyone)}", width="content")
    chosen = st.segmented_control(
        "Show",
        [ALL, MISSING, UNTRAINED],
        default=ALL,
        required=True,
        label_visibility="collapsed",
        key="policy-people",
    )
    shown = [one for one in everyone if _fits(one, str(chosen))]
    st.caption(words.count(len(shown), "person", "people"))
    if not shown:
        st.info("Nobody. Everyone has done this.")
        return
    st.dataframe(
        people_table(shown), hide_index=True, width="stretch", alt="People and the AI-use policy"
    )
    draw_csv_download(lambda: people_table(shown), "policy-acknowledgements.csv")


def _fits(person: PersonStanding, chosen: str) -> bool:
    if chosen == MISSING:
        return not person.is_settled
    return chosen != UNTRAINED or person.trained_at is None


def people_table(people: Sequence[PersonStanding]) -> pd.DataFrame:
    """Make one row per person, in the order given."""
    return pd.DataFrame(
        {
            "Name": [one.name for one in people],
            "E-mail": [one.email for one in people],
            "Policy": [policy_words.standing(one) for one in people],
            "Version": [f"{one.number}" if one.number else "" for one in people],
            "Acknowledged on": [_when(one.at) for one in people],
            "Quiz passed on": [_when(one.trained_at) for one in people],
        }
    )


def _when(moment: datetime | None) -> str:
    return local_time(moment) if moment else ""
