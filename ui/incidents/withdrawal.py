"""The dialog in which an administrator finds the passage that misled an answer."""

import streamlit as st

from admin.incidents.passages import Effects, ReadPassage
from core.domain.governance.incidents import Incident
from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.incidents import words as incident_words
from ui.resources import services

MAX_REASON = 200
SHOWN_CHARS = 240


def draw_passages(user: User, one: Incident) -> None:
    """Draw the button; its dialog lists the passages that the answer was made from."""
    name = f"passages-{one.number}"
    st.button(
        "Passages behind the answer",
        icon=":material/manage_search:",
        type="tertiary",
        help="The look is recorded.",
        key=name,
        on_click=state.show_dialog,
        args=(name,),
    )
    dialog = state.open_dialog()
    if dialog is not None and dialog.name == name:
        _draw_dialog(user, one)


@st.dialog("Passages behind the answer", width="large", on_dismiss=state.close_dialog)
def _draw_dialog(user: User, one: Incident) -> None:
    with shown_problems():
        passages = services().incidents.withdrawals.passages(user, one.id)
        if not passages:
            st.info(incident_words.NO_PASSAGES)
            return
        chosen = st.selectbox(
            "Which passage misled the answer?",
            passages,
            index=None,
            placeholder="Choose a passage",
            format_func=incident_words.passage_name,
            key=f"misleading-{one.number}",
        )
        for passage in passages if chosen is None else [chosen]:
            _draw_passage(passage, most=SHOWN_CHARS if chosen is None else len(passage.text))
        if chosen is not None:
            _draw_choice(user, one, chosen)


def _draw_passage(passage: ReadPassage, *, most: int) -> None:
    """Draw where a passage stands and its first characters, letter for letter."""
    with st.container(border=True, gap="xxsmall", key=f"passage-{passage.number}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(words.plain(incident_words.passage_name(passage)))
            if passage.is_cited:
                st.badge("Cited", color="blue")
            if passage.is_off:
                st.badge("Turned off", color="red")
        if passage.text:
            st.text(passage.text[:most] + ("…" if len(passage.text) > most else ""))
        else:
            st.caption("You may not read this document.")


def _draw_choice(user: User, one: Incident, chosen: ReadPassage) -> None:
    if chosen.is_off:
        _draw_undo(user, one, chosen)
    else:
        effects = services().incidents.withdrawals.effects(user, one.id, chosen.chunk_id)
        _draw_withdrawal(user, one, chosen, effects)


def _draw_withdrawal(user: User, one: Incident, chosen: ReadPassage, effects: Effects) -> None:
    st.markdown(incident_words.effects(effects))
    reason = st.text_input("Reason", max_chars=MAX_REASON, key=f"withdraw-reason-{one.number}")
    if st.button("Withdraw", type="primary", key=f"withdraw-{one.number}"):
        with shown_problems():
            done = services().incidents.withdrawals.withdraw(
                user, one.id, chosen.chunk_id, reason or ""
            )
            state.close_dialog()
            state.notify(incident_words.withdrawn(done))
            st.rerun()


def _draw_undo(user: User, one: Incident, chosen: ReadPassage) -> None:
    st.markdown(incident_words.UNDO)
    if st.button("Turn the document on again", key=f"restore-{one.number}"):
        with shown_problems():
            services().incidents.withdrawals.restore(user, one.id, chosen.chunk_id)
            state.close_dialog()
            state.notify("The document answers again. The people concerned are told.")
            st.rerun()
