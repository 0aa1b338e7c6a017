"""Incidents: what people reported, settled by administrators."""

import streamlit as st

from admin.incidents.triage import Closing
from core.domain.governance.incidents import Incident, IncidentOutcome, Severity
from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.incidents import words as incident_words
from ui.incidents.withdrawal import draw_passages
from ui.resources import services

READABLE_WIDTH = 860
PROBLEMS, NEAR_MISSES = "Problems", "Near misses"


def page(user: User) -> None:
    """Draw open problems or near misses, the newest first, and the closed ones on request."""
    with st.container(width=READABLE_WIDTH), shown_problems():
        st.title("Incidents", anchor=False)
        with st.container(horizontal=True, vertical_alignment="center"):
            view = st.segmented_control(
                "View",
                [PROBLEMS, NEAR_MISSES],
                default=PROBLEMS,
                required=True,
                label_visibility="collapsed",
                key="incidents-view",
            )
            with_closed = st.toggle("Closed ones as well", key="incidents-closed")
        every = services().incidents.triage.reported(user, with_closed=with_closed)
        shown = [one for one in every if one.is_near_miss == (view == NEAR_MISSES)]
        if not shown:
            st.info(incident_words.NOTHING)
            return
        st.caption(words.count(len(shown), "report"))
        people = services().people.list_all(user)
        admins = {one.id: one.name for one in people if one.is_admin and one.is_active}
        for one in shown:
            _draw(user, one, admins)


def _draw(user: User, one: Incident, admins: dict[str, str]) -> None:
    with st.container(border=True, gap="xsmall", key=f"incident-{one.number}"):
        with st.container(horizontal=True):
            st.badge(incident_words.standing(one), color="gray" if one.closed_at else "blue")
            if one.severity:
                is_bad = one.severity in (Severity.CRITICAL, Severity.HIGH)
                st.badge(
                    incident_words.SEVERITIES[one.severity], color="red" if is_bad else "orange"
                )
        st.markdown(incident_words.summary(one, local_time(one.reported_at)))
        _draw_facts(one)
        if one.words:
            st.text(one.words)
        if one.reply:
            st.markdown(f":material/reply: {words.plain(one.reply)}")
        _draw_answer(user, one)
        _draw_work(user, one, admins)


def _draw_facts(one: Incident) -> None:
    facts = [f"by {one.reporter_name}" if one.reporter_name else "by a former employee"]
    if one.engine:
        facts.append(f"answer of {words.engine(one.engine)}")
    if one.owner_name:
        facts.append(f"looked after by {one.owner_name}")
    if one.closed_at:
        facts.append(f"closed after {incident_words.days(one)}")
    st.caption(words.plain(" · ".join(facts)))


def _draw_answer(user: User, one: Incident) -> None:
    """Draw the answer once it is asked for: the look is recorded."""
    if not one.message_id:
        return
    with st.container(horizontal=True):
        is_wanted = st.button(
            "Read the answer",
            type="tertiary",
            icon=":material/visibility:",
            help="The look is recorded.",
            key=f"read-{one.number}",
        )
        draw_passages(user, one)
    if is_wanted:
        with shown_problems():
            st.text(services().incidents.triage.answer(user, one.id))


def _draw_work(user: User, one: Incident, admins: dict[str, str]) -> None:
    triage = services().incidents.triage
    if not one.is_open:
        if st.button("Open again", type="tertiary", key=f"reopen-{one.number}"):
            with shown_problems():
                triage.reopen(user, one.id, version=one.version)
                st.rerun()
        return
    panel = st.expander("Settle", key=f"settle-{one.number}", on_change="rerun")
    if panel.open:
        with panel:
            _draw_assessment(user, one, admins)
            _draw_notes(user, one)
            _draw_closing(user, one)


def _draw_assessment(user: User, one: Incident, admins: dict[str, str]) -> None:
    with st.form(key=f"assess-{one.number}-{one.version}", border=False):
        left, right = st.columns(2)
        severity = left.selectbox(
            "Severity",
            list(Severity),
            index=list(Severity).index(one.severity or Severity.MEDIUM),
            format_func=incident_words.SEVERITIES.__getitem__,
        )
        choices = ["", *admins]
        owner = right.selectbox(
            "Who looks after it",
            choices,
            index=choices.index(one.owner_id) if one.owner_id in choices else 0,
            format_func={"": "Nobody yet", **admins}.__getitem__,
        )
        if st.form_submit_button("Save"):
            with shown_problems():
                services().incidents.triage.assess(
                    user,
                    one.id,
                    severity=severity or Severity.MEDIUM,
                    owner_id=owner or "",
                    version=one.version,
                )
                state.notify("Saved.")
                st.rerun()


def _draw_notes(user: User, one: Incident) -> None:
    for note in services().incidents.triage.notes(user, one.id):
        st.caption(words.plain(f"{note.author_name}, {local_time(note.at)}"))
        st.text(note.text)
    with st.form(key=f"note-{one.number}", border=False, clear_on_submit=True):
        text = st.text_area("Note (only administrators read it)", height=80)
        if st.form_submit_button("Add note"):
            with shown_problems():
                services().incidents.triage.note(user, one.id, text)
                st.rerun()


def _draw_closing(user: User, one: Incident) -> None:
    with st.form(key=f"close-{one.number}-{one.version}", border=False):
        outcome = st.selectbox(
            "Outcome",
            list(IncidentOutcome),
            format_func=incident_words.OUTCOMES.__getitem__,
        )
        reply = st.text_area("Words to the person who reported it (optional)", height=80)
        if st.form_submit_button("Close", type="primary"):
            with shown_problems():
                services().incidents.triage.close(
                    user,
                    one.id,
                    Closing(outcome or IncidentOutcome.FIXED, reply),
                    version=one.version,
                )
                state.notify("Closed. The person who reported it is told.")
                st.rerun()
