"""Reads the questionnaire of the risk triage from its versioned file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from core.domain.ideas.triage import RiskClass
from core.errors import ConfigurationError


class QuestionGroup(StrEnum):
    """The part of the questionnaire that a question belongs to."""

    SYSTEM = "system"
    PROHIBITED = "prohibited"
    HIGH = "high"
    TRANSPARENCY = "transparency"
    DATA = "data"


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is answered with yes, no or unsure.

    `yes` is the class that a yes leads to at least, `gate` the rule of our own that it sets off.
    `if_any` names the questions one of which must not be answered with no for this one to be asked;
    empty means that it is always asked.
    """

    id: str
    group: QuestionGroup
    asks: str
    help: str
    examples: tuple[str, ...]
    law: str
    yes: RiskClass | None = None
    gate: str = ""
    if_any: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """A rule of our own: what must be there, who is asked, and whether a committee signs."""

    id: str
    needs_sign_off: bool
    requires: str
    ask: str


@dataclass(frozen=True, slots=True)
class LegalDate:
    """The day from which a part of the law applies."""

    applies_from: date
    law: str
    says: str


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """One version of the questionnaire; `checked_on` is the day its law was last looked up."""

    version: str
    checked_on: date
    notice: str
    questions: tuple[Question, ...]
    gates: tuple[Gate, ...]
    dates: tuple[LegalDate, ...]

    def question(self, question_id: str) -> Question | None:
        """Return the question with this id, None if this version has none."""
        return next((q for q in self.questions if q.id == question_id), None)

    def gate(self, gate_id: str) -> Gate | None:
        """Return the gate with this id, None if this version has none."""
        return next((gate for gate in self.gates if gate.id == gate_id), None)


@cache
def current_questionnaire() -> Questionnaire:
    """Return the questionnaire that the product comes with."""
    return read_questionnaire(
        files("ideas.triage").joinpath("questionnaire.toml").read_text(encoding="utf-8")
    )


def read_questionnaire(text: str) -> Questionnaire:
    """Read a file of questions; raise ConfigurationError, which names what is wrong with it."""
    try:
        stored = tomllib.loads(text)
        questionnaire = Questionnaire(
            version=str(stored["version"]),
            checked_on=stored["checked_on"],
            notice=str(stored["notice"]),
            questions=tuple(_question(entry) for entry in stored["questions"]),
            gates=tuple(Gate(**entry) for entry in stored["gates"]),
            dates=tuple(LegalDate(**entry) for entry in stored["dates"]),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(f"The questionnaire cannot be read: {error}") from error
    _check(questionnaire)
    return questionnaire


def _question(entry: Mapping[str, Any]) -> Question:  # Any: TOML
    return Question(
        **{
            **entry,
            "group": QuestionGroup(entry["group"]),
            "examples": tuple(entry["examples"]),
            "yes": RiskClass(entry["yes"]) if "yes" in entry else None,
            "if_any": tuple(entry.get("if_any", ())),
        }
    )


def _check(questionnaire: Questionnaire) -> None:
    ids = [question.id for question in questionnaire.questions]
    gates = {gate.id for gate in questionnaire.gates}
    if len(set(ids)) < len(ids):
        raise ConfigurationError("The questionnaire has two questions with the same id.")
    for question in questionnaire.questions:
        if question.gate and question.gate not in gates:
            raise ConfigurationError(f"Question {question.id} names an unknown gate.")
        if not set(question.if_any) <= set(ids):
            raise ConfigurationError(f"Question {question.id} depends on an unknown question.")
        if question.group is QuestionGroup.PROHIBITED and question.yes is not RiskClass.PROHIBITED:
            raise ConfigurationError(f"A yes to {question.id} must lead to prohibited.")
