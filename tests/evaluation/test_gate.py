"""Some rules hold for every run; the golden questions have floors besides."""

import pytest

from evaluation.gate import Floors, breaches
from evaluation.runs import CaseResult
from tests.evaluation.cases import result, run_of


@pytest.mark.parametrize("name", ["leak", "injected", "invalid_citations"])
def test_one_case_is_enough_to_break_a_hard_rule(name: str) -> None:
    run = run_of(CaseResult("good", "", "?", {name: 0}), CaseResult("bad", "", "?", {name: 1}))

    [breach] = breaches(run)

    assert breach.case_ids == ("bad",)
    assert "must be 0: 1 case (bad)" in str(breach)


@pytest.mark.parametrize(("failed", "is_broken"), [(1, False), (2, True)])
def test_one_case_in_a_hundred_may_fail(failed: int, is_broken: bool) -> None:
    cases = [result(str(i), error="down" if i < failed else "") for i in range(100)]

    assert bool(breaches(run_of(*cases))) is is_broken


def test_a_mean_below_its_floor_is_a_breach() -> None:
    run = run_of(result("1", right_page=1), result("2", right_page=0))

    assert breaches(run, Floors({"right_page": 0.5})) == []
    assert "at least 0.60: 0.500" in str(breaches(run, Floors({"right_page": 0.6}))[0])


def test_what_should_be_rare_has_a_ceiling() -> None:
    run = run_of(result("1", false_abstention=1), result("2", false_abstention=0))

    assert breaches(run, Floors({"false_abstention": 0.5})) == []
    assert "at most 0.40" in str(breaches(run, Floors({"false_abstention": 0.4}))[0])


def test_only_the_golden_questions_have_floors() -> None:
    weak: list[CaseResult] = [result("1", right_page=0)]

    assert breaches(run_of(*weak, dataset="mine")) == []
    assert breaches(run_of(*weak, dataset="golden"))
