"""The risk triage of one idea: its questions, what they lead to, and the reason."""

from collections.abc import Mapping

import streamlit as st

from core.domain.ideas.card import IdeaCard
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.errors import SandboxError
from ideas.triage.classification import Classification, TriageAnswer, answer_problems
from ideas.triage.questionnaire import Questionnaire
from ideas.triage.risk import gravity
from ideas.triage.service import TriageForm
from ui import state, state_ideas, words
from ui.components.field_notes import Notes, draw_notes
from ui.idea_card.moves import draw_state
from ui.idea_parts import words as idea_words
from ui.idea_review import words as review_words
from ui.idea_review.head import draw_idea_head
from ui.idea_review.questionnaire import draw_questionnaire
from ui.resources import services


def draw_triage(user: User, idea_id: str) -> None:
    """Draw the idea, then the questions; a new idea is first taken into triage."""
    card = services().ideas.cards.get(user, idea_id)
    draw_idea_head(card)
    draw_state(user, card)
    if card.status is IdeaStatus.SUBMITTED:
        st.info(review_words.START_FIRST)
        return
    questionnaire = services().ideas.triage.questionnaire
    st.caption(words.plain(f"{questionnaire.notice} Version {questionnaire.version}."))
    _draw_form(user, card, questionnaire, _known(user, card))


def _known(user: User, card: IdeaCard) -> Mapping[str, TriageAnswer]:
    """Return the answers of the last triage, to begin with."""
    history = services().ideas.triage.history(user, card.id)
    known = history[0].answers if history else {}
    return {question: TriageAnswer(answer) for question, answer in known.items()}


@st.fragment
def _draw_form(
    user: User, card: IdeaCard, questionnaire: Questionnaire, known: Mapping[str, TriageAnswer]
) -> None:
    notes: Notes = {}
    answers = draw_questionnaire(questionnaire, known, card.id, notes)
    missing = answer_problems(questionnaire, answers)
    raised_to = None
    if missing:
        st.caption(review_words.still_open(len(missing)))
    else:
        judged = services().ideas.triage.preview(user, card.id, answers)
        raised_to = _draw_result(questionnaire, judged, card.id, notes)
    rationale = st.text_area(
        "Reason",
        placeholder=review_words.RATIONALE_HINT,
        height=90,
        persist_state="session",
        key=f"triage-reason-{card.id}",
    )
    notes["rationale"] = st.empty()
    form = TriageForm(answers, raised_to, rationale or "")
    if st.button("Record triage", type="primary", key="record-triage"):
        _record(user, card, form, notes)


def _draw_result(
    questionnaire: Questionnaire, judged: Classification, key: str, notes: Notes
) -> RiskClass | None:
    """Draw the class, why, and what it takes; return the class that a person raised it to."""
    with st.container(border=True, gap="small", key="triage-result"):
        risk = judged.risk_class
        st.markdown(f"{idea_words.risk_badge(risk)} {idea_words.RISK_MEANINGS[risk]}")
        for reason in judged.reasons:
            question = questionnaire.question(reason.question_id)
            if question is not None:
                answer = review_words.ANSWERS[reason.answer]
                st.markdown(f":small[{words.plain(question.asks)} **{answer}**]")
        for gate_id in judged.gates:
            gate = questionnaire.gate(gate_id)
            if gate is not None:
                st.markdown(
                    f":small[:material/rule: {words.plain(gate.requires)} "
                    f":gray[{words.plain(gate.ask)}]]"
                )
        higher = sorted((c for c in RiskClass if gravity(c) > gravity(risk)), key=gravity)
        raised = st.selectbox(
            "Raise the class (it cannot be lowered)",
            higher,
            index=None,
            format_func=idea_words.RISKS.__getitem__,
            placeholder="As the answers say",
            key=f"triage-raise-{key}",
        )
        notes["raised_to"] = st.empty()
    return raised


def _record(user: User, card: IdeaCard, form: TriageForm, notes: Notes) -> None:
    problems = services().ideas.triage.problems(user, card.id, form)
    if problems:
        draw_notes(notes, problems)
        st.error(review_words.NOT_YET)
        return
    try:
        triage = services().ideas.triage.record(user, card.id, form, card.version)
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
        return
    state_ideas.put_address("task", "")
    state.notify(f"{card.label}: {idea_words.RISKS[triage.risk]}.")
    st.switch_page(state.page_named("ideas"), query_params={"idea": card.id, "tab": "Risk"})
