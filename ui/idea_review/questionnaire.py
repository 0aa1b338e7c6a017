"""The questions of the risk triage, group by group."""

from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ideas.triage.classification import TriageAnswer, is_asked
from ideas.triage.questionnaire import Question, QuestionGroup, Questionnaire
from ui import state_ideas, words
from ui.components.field_notes import Notes
from ui.idea_review import words as review_words

CHOICES = tuple(TriageAnswer)


def draw_questionnaire(
    questionnaire: Questionnaire, known: Mapping[str, TriageAnswer], key: str, notes: Notes
) -> dict[str, TriageAnswer]:
    """Draw the questions that the answers so far leave to ask; return the answers."""
    answers: dict[str, TriageAnswer] = {}
    for group in QuestionGroup:
        questions = [q for q in questionnaire.questions if q.group is group]
        with st.container(border=True, key=f"triage-{key}-{group.value}"):
            heading = st.container(
                horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
            )
            for question in questions:
                if not is_asked(question, answers):
                    continue
                answer = _draw_question(question, known.get(question.id), key, notes)
                if answer is not None:
                    answers[question.id] = answer
            _draw_heading(heading, group, [_key(key, question) for question in questions], key)
    return answers


def _draw_heading(place: DeltaGenerator, group: QuestionGroup, keys: list[str], key: str) -> None:
    place.markdown(f"#### {review_words.GROUPS[group]}", width="content")
    if len(keys) > 1:
        place.button(
            review_words.REST_IS_NO,
            type="tertiary",
            key=f"rest-{key}-{group.value}",
            on_click=state_ideas.fill_empty,
            args=(keys, TriageAnswer.NO),
        )


def _draw_question(
    question: Question, known: TriageAnswer | None, key: str, notes: Notes
) -> TriageAnswer | None:
    with st.container(gap="xxsmall"):
        answer = st.radio(
            words.plain(question.asks),
            CHOICES,
            index=None if known is None else CHOICES.index(known),
            format_func=review_words.ANSWERS.__getitem__,
            horizontal=True,
            help=_help(question),
            key=_key(key, question),
        )
        notes[question.id] = st.empty()
    return answer


def _key(key: str, question: Question) -> str:
    return f"triage-{key}-{question.id}"


def _help(question: Question) -> str:
    lines = [question.help, *question.examples, question.law]
    return "\n\n".join(words.plain(line) for line in lines)
