"""The risk triage: answer sets with their class, what may never happen, and the file it reads."""

import hashlib
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.ideas.triage import RiskClass
from core.errors import ConfigurationError, InvalidInput
from ideas.triage.classification import (
    Answers,
    Classification,
    TriageAnswer,
    answer_problems,
    classify,
    gates_of_card,
    is_asked,
)
from ideas.triage.questionnaire import (
    QuestionGroup,
    current_questionnaire,
    read_questionnaire,
)
from ideas.triage.risk import ORDER, gravest, gravity

UNHURRIED = settings(deadline=None)
FILE = files("ideas.triage").joinpath("questionnaire.toml")
QUESTIONNAIRE = current_questionnaire()
CASES = tomllib.loads(Path(__file__).with_name("triage_answers.toml").read_text("utf-8"))["cases"]
QUESTIONS = [question.id for question in QUESTIONNAIRE.questions]
PROHIBITED = [q.id for q in QUESTIONNAIRE.questions if q.group is QuestionGroup.PROHIBITED]

# The SHA-256 of the file by its version. A change of the file is a new version and a new line.
KEPT = {"2026-11": "1b3b7604b006bb17d8ddc16c0caddb765061e94be2a8dd340ae07e34d2c76c26"}

answer_sets = st.fixed_dictionaries({id_: st.sampled_from(TriageAnswer) for id_ in QUESTIONS})
some_answers = st.fixed_dictionaries(
    {}, optional={id_: st.sampled_from(TriageAnswer) for id_ in QUESTIONS}
)


def answers_of(case: dict[str, Any]) -> dict[str, TriageAnswer]:
    answers = dict.fromkeys(QUESTIONS, TriageAnswer.NO)
    answers |= dict.fromkeys(case.get("yes", []), TriageAnswer.YES)
    return answers | dict.fromkeys(case.get("unsure", []), TriageAnswer.UNSURE)


def judged(answers: Answers) -> Classification:
    return classify(QUESTIONNAIRE, answers)


def test_there_are_forty_answer_sets_and_every_class_is_among_them() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) == 40
    assert {case["expected"] for case in CASES} == set(RiskClass)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_an_answer_set_leads_to_its_class_and_gates(case: dict[str, Any]) -> None:
    found = judged(answers_of(case))

    assert found.risk_class == case["expected"]
    assert list(found.gates) == case.get("gates", [])


@UNHURRIED
@given(answer_sets, st.sampled_from(PROHIBITED))
def test_no_yes_to_a_prohibited_practice_ends_below_prohibited(
    answers: dict[str, TriageAnswer], practice: str
) -> None:
    assert judged({**answers, practice: TriageAnswer.YES}).risk_class is RiskClass.PROHIBITED


@UNHURRIED
@given(answer_sets, st.sampled_from(QUESTIONS))
def test_unsure_needs_counsel_unless_something_is_prohibited(
    answers: dict[str, TriageAnswer], unsure: str
) -> None:
    found = judged({**answers, unsure: TriageAnswer.UNSURE})

    assert found.risk_class in (RiskClass.NEEDS_COUNSEL, RiskClass.PROHIBITED)


@UNHURRIED
@given(answer_sets, st.sampled_from(QUESTIONS))
def test_a_yes_instead_of_a_no_never_lowers_the_class_nor_opens_a_gate(
    answers: dict[str, TriageAnswer], question: str
) -> None:
    without = judged({**answers, question: TriageAnswer.NO})
    with_yes = judged({**answers, question: TriageAnswer.YES})

    assert gravity(with_yes.risk_class) >= gravity(without.risk_class)
    assert set(with_yes.gates) >= set(without.gates)


@UNHURRIED
@given(answer_sets)
def test_the_reasons_explain_the_class(answers: dict[str, TriageAnswer]) -> None:
    found = judged(answers)

    assert found.risk_class is gravest(*(reason.leads_to for reason in found.reasons))
    assert all(answers[reason.question_id] is reason.answer for reason in found.reasons)


@UNHURRIED
@given(some_answers)
def test_an_incomplete_set_is_refused_and_a_complete_one_judged(
    answers: dict[str, TriageAnswer],
) -> None:
    asked = [q.id for q in QUESTIONNAIRE.questions if is_asked(q, answers)]

    if set(asked) <= answers.keys():
        assert judged(answers).version == QUESTIONNAIRE.version
    else:
        with pytest.raises(InvalidInput):
            judged(answers)


def test_questions_that_were_left_out_are_named() -> None:
    answers = answers_of({})
    del answers["P6"], answers["L1"]

    assert set(answer_problems(QUESTIONNAIRE, answers)) == {"P6", "L1"}


def test_unknown_questions_are_refused() -> None:
    with pytest.raises(InvalidInput):
        judged({**answers_of({}), "P99": TriageAnswer.NO})


def test_an_exception_is_asked_about_only_where_there_is_a_rule() -> None:
    exception = QUESTIONNAIRE.question("H9")
    assert exception is not None

    assert not is_asked(exception, answers_of({}))
    assert is_asked(exception, answers_of({"yes": ["H5"]}))
    assert is_asked(exception, answers_of({"unsure": ["H5"]}))


def test_fields_of_the_card_set_off_gates_too() -> None:
    assert gates_of_card("internal", "none", external_model=False) == ()
    assert gates_of_card("restricted", "special_category", external_model=True) == (
        "personal_data",
        "special_categories",
        "restricted_data",
        "external_model",
    )
    assert gates_of_card("public", "customer", external_model=False) == ("personal_data",)


def test_gates_of_cards_are_gates_of_the_questionnaire() -> None:
    gates = gates_of_card("restricted", "special_category", external_model=True)

    assert [gate for gate in gates if QUESTIONNAIRE.gate(gate) is None] == []


def test_high_and_needs_counsel_need_a_sign_off() -> None:
    assert {each for each in RiskClass if each.needs_sign_off} == {
        RiskClass.HIGH,
        RiskClass.NEEDS_COUNSEL,
    }


def test_every_class_has_its_place_in_the_order() -> None:
    assert sorted(ORDER) == sorted(RiskClass)


def test_a_version_of_the_file_keeps_its_words() -> None:
    assert KEPT[QUESTIONNAIRE.version] == hashlib.sha256(FILE.read_bytes()).hexdigest()


def test_every_question_has_help_an_example_and_a_legal_reference() -> None:
    lacking = [q.id for q in QUESTIONNAIRE.questions if not (q.help and q.examples and q.law)]

    assert lacking == []
    assert all(q.asks.endswith("?") for q in QUESTIONNAIRE.questions)


def test_every_gate_says_what_is_required_and_who_is_asked() -> None:
    used = {q.gate for q in QUESTIONNAIRE.questions if q.gate}

    assert used == {gate.id for gate in QUESTIONNAIRE.gates if gate.requires and gate.ask}


def test_dates_of_the_law_are_in_order() -> None:
    days = [each.applies_from for each in QUESTIONNAIRE.dates]

    assert days == sorted(days)
    assert days[0] == date(2025, 2, 2)


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        ('version = "2026-11"', ""),
        ('id = "P2"', 'id = "P1"'),
        ('yes = "prohibited"', 'yes = "minimal"'),
        ('yes = "high"', 'yes = "terrible"'),
        ('gate = "personal_data"', 'gate = "garden"'),
        ('if_any = ["H2"', 'if_any = ["Z2"'),
        ('group = "data"', 'group = "colour"'),
        ('law = "GDPR, Art. 22', 'lore = "GDPR, Art. 22'),
        ("[[dates]]", "[[dates"),
    ],
)
def test_a_file_with_a_mistake_is_refused(words: str, instead: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert words in text

    with pytest.raises(ConfigurationError):
        read_questionnaire(text.replace(words, instead, 1))
