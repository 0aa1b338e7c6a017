"""The risk of an idea: what the triage found, who stays in charge, and the committee's word."""

from collections.abc import Sequence

import streamlit as st

from core.domain.ideas.card import IdeaCard
from core.domain.ideas.triage import Triage
from core.domain.ideas.workflow import Oversight, SignOff
from core.domain.identity import User
from core.errors import AccessDenied
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.idea_parts import words as idea_words
from ui.resources import services

OVERSIGHT = {
    "who_decides": ("Who decides", "Which person checks each result before it is used?"),
    "how_overruled": ("How it is overruled", "What does someone do who disagrees with the result?"),
    "when_it_fails": ("When it fails", "How do people notice, and how does the work go on?"),
}


def draw_risk(user: User, card: IdeaCard) -> None:
    """Draw the class for everyone, and the records for those who are concerned."""
    meaning = "" if card.risk is None else idea_words.RISK_MEANINGS[card.risk]
    st.markdown(f"{idea_words.risk_badge(card.risk)} {meaning}")
    try:
        history = services().ideas.triage.history(user, card.id)
        signed = services().ideas.triage.sign_offs(user, card.id)
    except AccessDenied:
        return
    if history:
        _draw_triage(history[0])
    if user.is_reviewer:
        _draw_way_to_triage(card, is_first=not history)
    _draw_oversight(user, card)
    _draw_sign_off(user, card, history, signed)
    for earlier in history[1:]:
        _draw_earlier(earlier)


def _draw_triage(triage: Triage) -> None:
    known = services().ideas.triage.questionnaire
    told = f"{words.plain(triage.by_name)} · {local_time(triage.at)}"
    st.caption(f"{told} · version {words.plain(triage.policy_version)} of the questionnaire")
    if triage.risk is not triage.computed:
        st.caption(f"Raised from “{idea_words.RISKS[triage.computed]}”, which the answers lead to.")
    if triage.rationale:
        st.text(triage.rationale)
    for gate_id in triage.gates:
        gate = known.gate(gate_id)
        if gate is not None:
            st.markdown(f":material/rule: {words.plain(gate.requires)} *{words.plain(gate.ask)}*")
    with st.expander("Answers"):
        for question_id, answer in triage.answers.items():
            question = known.question(question_id)
            asked = words.plain(question.asks) if question else words.plain(question_id)
            st.markdown(f"{asked} **{words.plain(answer.capitalize())}**")


def _draw_way_to_triage(card: IdeaCard, *, is_first: bool) -> None:
    if st.button(
        "Triage this idea" if is_first else "Triage again",
        icon=":material/shield:",
        key="open-triage",
    ):
        query = {"idea": card.id, "task": "triage"}
        st.switch_page(state.page_named("idea-review"), query_params=query)


def _draw_oversight(user: User, card: IdeaCard) -> None:
    st.markdown("#### Who stays in charge")
    with st.form(f"oversight-{card.id}-{card.version}", border=False):
        texts = {
            name: st.text_area(
                label, getattr(card.oversight, name), placeholder=asks, height=70, key=f"o-{name}"
            )
            for name, (label, asks) in OVERSIGHT.items()
        }
        is_sent = st.form_submit_button("Save")
    if is_sent:
        with shown_problems():
            services().ideas.triage.oversee(user, card.id, Oversight(**texts), card.version)
            state.notify("Saved.")
            st.rerun()


def _draw_sign_off(
    user: User, card: IdeaCard, history: Sequence[Triage], signed: Sequence[SignOff]
) -> None:
    newest = history[0] if history else None
    current = [each for each in signed if newest and each.triage_id == newest.id]
    for each in current:
        st.markdown(
            f":green-badge[:material/verified: Signed off] "
            f":small[:gray[{words.plain(each.by_name)} · {local_time(each.at)}]]"
        )
        st.text(each.text)
    if newest is None or not newest.needs_sign_off or current:
        return
    st.markdown(":orange-badge[:material/pending: Waiting for the committee's sign-off]")
    if not user.is_admin:
        return
    text = st.text_area(
        "Who met, and what was decided?",
        height=80,
        persist_state="page",
        key=f"sign-off-{newest.id}",
    )
    if st.button("Sign off for the committee", key="sign-off"):
        with shown_problems():
            services().ideas.triage.sign_off(user, card.id, text or "")
            state.notify("Signed off.")
            st.rerun()


def _draw_earlier(triage: Triage) -> None:
    st.markdown(
        f":small[:gray[Before: {idea_words.RISKS[triage.risk]}, "
        f"{words.plain(triage.by_name)}, {local_time(triage.at)}]]"
    )
