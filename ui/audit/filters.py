"""The choice of entries: who, what, when, about which object."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from admin.audit.values import AuditFilter
from core.domain.identity import SYSTEM, User
from ui.audit.actions import KINDS
from ui.components.times import zone

EVERYONE = "everyone"
TERMINAL = "terminal"
REFUSED = "refused"


def draw_filter(people: Sequence[User]) -> AuditFilter:
    """Draw the choices and return what they select; days are those of the reader's calendar."""
    names = {EVERYONE: "Everyone", TERMINAL: "The terminal"}
    names |= {person.id: f"{person.name} ({person.email})" for person in people}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        who = st.selectbox("Who", list(names), format_func=names.__getitem__, key="audit-who")
        what = st.selectbox(
            "What",
            list(KINDS),
            format_func=KINDS.__getitem__,
            key="audit-what",
        )
        days = st.date_input(
            "First and last day",
            [],
            min_value=date(2020, 1, 1),
            format="YYYY-MM-DD",
            key="audit-days",
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        object_id = st.text_input(
            "About",
            placeholder="Id of a person, group, collection or document",
            key="audit-object",
        )
        outcome = st.selectbox(
            "Result",
            ["", REFUSED],
            format_func={"": "All", REFUSED: "Refused"}.__getitem__,
            key="audit-outcome",
        )
    since, until = _days(days)
    return AuditFilter(
        action=what,
        actor_id={EVERYONE: None, TERMINAL: SYSTEM.id}.get(who, who),
        object_id=object_id.replace(" ", ""),
        outcome=outcome,
        since=since,
        until=until,
    )


def _days(chosen: object) -> tuple[datetime | None, datetime | None]:
    """Return the beginning of the first day and the end of the last; None where none is chosen."""
    match chosen:
        case (date() as first, date() as last):
            return _midnight(first), _midnight(last + timedelta(days=1))
        case (date() as first,):
            return _midnight(first), None
        case _:
            return None, None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), zone()).astimezone(UTC)
