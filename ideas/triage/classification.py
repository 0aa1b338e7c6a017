"""The class that the answers of a risk triage lead to; a pure function of file and answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.domain.ideas.triage import RiskClass
from core.errors import InvalidInput
from ideas.triage.questionnaire import Question, Questionnaire
from ideas.triage.risk import gravest, gravity


class TriageAnswer(StrEnum):
    """An answer to a question of the triage."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


Answers = Mapping[str, TriageAnswer]
"""Answers by the id of the question."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A question that led to the class, with the class it leads to on its own."""

    question_id: str
    answer: TriageAnswer
    leads_to: RiskClass


@dataclass(frozen=True, slots=True)
class Classification:
    """The class that answers lead to, why, and which rules of our own they set off.

    `reasons` has the gravest first and is empty for MINIMAL. `gates` are ids of the questionnaire.
    """

    version: str
    risk_class: RiskClass
    reasons: tuple[Reason, ...]
    gates: tuple[str, ...]


def classify(questionnaire: Questionnaire, answers: Answers) -> Classification:
    """Return the class of complete answers; raise InvalidInput if one is missing or unknown."""
    problems = answer_problems(questionnaire, answers)
    if problems:
        raise InvalidInput(" ".join(dict.fromkeys(problems.values())))
    reasons = sorted(_reasons(questionnaire, answers), key=lambda r: -gravity(r.leads_to))
    return Classification(
        questionnaire.version,
        gravest(*(reason.leads_to for reason in reasons)),
        tuple(reasons),
        _gates(questionnaire, answers),
    )


def answer_problems(questionnaire: Questionnaire, answers: Answers) -> dict[str, str]:
    """Return what is wrong with the answers, by id of the question; empty if they are complete."""
    known = {question.id for question in questionnaire.questions}
    problems = {id_: "There is no such question." for id_ in answers if id_ not in known}
    for question in questionnaire.questions:
        if question.id not in answers and is_asked(question, answers):
            problems[question.id] = "Answer every question with yes, no or unsure."
    return problems


def is_asked(question: Question, answers: Answers) -> bool:
    """Return whether the other answers make this question one to ask."""
    if not question.if_any:
        return True
    return any(answers.get(id_, TriageAnswer.NO) is not TriageAnswer.NO for id_ in question.if_any)


def gates_of_card(data_class: str, personal_data: str, *, external_model: bool) -> tuple[str, ...]:
    """Return the gates that the fields of a card set off, whatever the triage answers."""
    found = {
        "personal_data": personal_data not in ("", "none"),
        "special_categories": personal_data == "special_category",
        "restricted_data": data_class == "restricted",
        "external_model": external_model,
    }
    return tuple(gate for gate, is_set_off in found.items() if is_set_off)


def _reasons(questionnaire: Questionnaire, answers: Answers) -> Iterator[Reason]:
    for question in questionnaire.questions:
        answer = answers.get(question.id, TriageAnswer.NO)
        if answer is TriageAnswer.UNSURE:
            yield Reason(question.id, answer, RiskClass.NEEDS_COUNSEL)
        elif answer is TriageAnswer.YES and question.yes is not None:
            yield Reason(question.id, answer, question.yes)


def _gates(questionnaire: Questionnaire, answers: Answers) -> tuple[str, ...]:
    """Return the gates of all questions that were not answered with no, in the file's order."""
    set_off = {
        question.gate
        for question in questionnaire.questions
        if answers.get(question.id, TriageAnswer.NO) is not TriageAnswer.NO
    }
    return tuple(gate.id for gate in questionnaire.gates if gate.id in set_off)
