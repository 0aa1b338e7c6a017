"""The first steps of a new person on the start page, and the quiz on the policy."""

import streamlit as st

from admin.policy.quiz import QuizOutcome, quiz
from core.domain.governance.policy import Step, Trail
from core.domain.identity import User
from ui import state, words
from ui.components.problems import shown_problems
from ui.policy import words as policy_words
from ui.resources import services

DIALOG = "policy-quiz"


def draw_first_steps(user: User) -> None:
    """Draw what is done and what is left; nothing once all is done or it was dismissed."""
    trail = services().policy.first_steps.trail(user)
    if trail is None:
        return
    with st.container(border=True, gap="xsmall", key="first-steps"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            st.markdown("**First steps**")
            if st.button(
                "Hide", type="tertiary", icon=":material/close:", key="dismiss-first-steps"
            ):
                services().policy.first_steps.dismiss(user)
                st.rerun()
        for step, told in policy_words.STEPS.items():
            st.markdown(_line(told, is_done=step in trail.done))
        _draw_quiz_line(user, trail)


def _line(told: str, *, is_done: bool) -> str:
    if is_done:
        return f":green[:material/check_circle:] :gray[{told} (done)]"
    return f":material/radio_button_unchecked: {told}"


def _draw_quiz_line(user: User, trail: Trail) -> None:
    with st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        st.markdown(_line(policy_words.QUIZ, is_done=trail.has_passed_quiz))
        if not trail.has_passed_quiz:
            st.button(
                "Start the quiz", key="start-quiz", on_click=state.show_dialog, args=(DIALOG,)
            )
    dialog = state.open_dialog()
    if dialog is not None and dialog.name == DIALOG:
        _draw_quiz(user)


@st.dialog("Quiz on the AI-use policy", width="large", on_dismiss=state.close_dialog)
def _draw_quiz(user: User) -> None:
    asked = quiz()
    st.caption(f"{asked.pass_mark} of {len(asked.questions)} right answers pass.")
    with st.form(key="quiz", border=False):
        answers = [
            st.radio(
                words.plain(question.text),
                range(len(question.choices)),
                index=None,
                format_func=[words.plain(choice) for choice in question.choices].__getitem__,
                key=f"quiz-{place}",
            )
            for place, question in enumerate(asked.questions)
        ]
        is_sent = st.form_submit_button("Check my answers", type="primary")
    if is_sent:
        with shown_problems():
            outcome = services().policy.quiz.submit(user, answers)
            _draw_outcome(outcome)


def _draw_outcome(outcome: QuizOutcome) -> None:
    asked = quiz()
    told = f"{outcome.correct} of {len(asked.questions)} right."
    if outcome.is_passed:
        st.success(f"{told} You have passed.", icon=":material/check_circle:")
    else:
        st.warning(f"{told} Look at these again, then try once more.")
    for place in outcome.wrong:
        question = asked.questions[place]
        st.markdown(f"{place + 1}. {words.plain(question.because)}")
    if outcome.is_passed and st.button("Close", key="close-quiz"):
        state.close_dialog()
        state.notify("The quiz is passed. It counts as training.")
        st.rerun()


def note_step(user: User, step: Step) -> None:
    """Note once in a session that a person made this step."""
    if state.is_new_step(step.value):
        services().policy.first_steps.note(user, step)
