"""Reports a problem with an answer in two clicks, and shows people what became of theirs."""

import streamlit as st

from core.domain.governance.incidents import IncidentKind, incident_label
from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.incidents import words as incident_words
from ui.resources import services

MAX_WORDS = 2_000


def draw_report(user: User, message_id: str) -> None:
    """Draw the button; its dialog has a button for each kind of problem, and the click sends."""
    name = f"report-{message_id}"
    st.button(
        "Report a problem",
        icon=":material/flag:",
        type="tertiary",
        key=name,
        on_click=state.show_dialog,
        args=(name,),
    )
    dialog = state.open_dialog()
    if dialog is not None and dialog.name == name:
        _draw_dialog(user, message_id)


@st.dialog("Report a problem", on_dismiss=state.close_dialog)
def _draw_dialog(user: User, message_id: str) -> None:
    text = st.text_area(
        "What happened? (optional)",
        max_chars=MAX_WORDS,
        height=90,
        help=incident_words.REPORT_HELP,
        key=f"report-words-{message_id}",
    )
    is_near_miss = st.checkbox(incident_words.NEAR_MISS, key=f"report-near-{message_id}")
    st.caption("Choose what fits best. It is sent at once.")
    for kind, label in incident_words.KINDS.items():
        if st.button(label, key=f"report-{kind.value}-{message_id}", width="stretch"):
            _send(user, kind, message_id, text or "", is_near_miss=is_near_miss)


def _send(
    user: User, kind: IncidentKind, message_id: str, text: str, *, is_near_miss: bool
) -> None:
    with shown_problems():
        sent = services().incidents.reports.report(
            user, kind, message_id=message_id, is_near_miss=is_near_miss, words=text
        )
        label = incident_label(sent.number)
        state.close_dialog()
        state.notify(f"Reported as {label}. My usage shows what becomes of it.")
        st.rerun()


def draw_own_reports(user: User) -> None:
    """Draw what a person reported, where it stands and what they were told; nothing without."""
    reports = services().incidents.reports.own(user)
    if not reports:
        return
    st.subheader("Problems I reported", anchor=False)
    for one in reports:
        with st.container(border=True, gap="xxsmall", key=f"own-incident-{one.number}"):
            st.markdown(incident_words.summary(one, local_time(one.reported_at)))
            st.caption(incident_words.standing(one))
            if one.words:
                st.text(one.words)
            if one.reply:
                st.markdown(f":material/reply: {words.plain(one.reply)}")
