"""A run fails against its baseline for a drop beyond tolerance and chance, and for nothing else."""

from dataclasses import replace

import pytest

from evaluation.comparison import Comparison, Difference, Outcome, bootstrap_mean, compare
from tests.evaluation.cases import result, rights, run_of


def only(comparison: Comparison) -> Difference:
    [difference] = comparison.differences
    return difference


def test_a_run_compared_with_itself_passes() -> None:
    run = rights(*[1, 0] * 20)

    comparison = compare(run, run)

    assert comparison.outcome is Outcome.PASS
    assert (only(comparison).change, comparison.flips) == (0, ())


def test_a_drop_beyond_chance_fails() -> None:
    comparison = compare(rights(*[1] * 30, *[0] * 10), rights(*[1] * 40))

    difference = only(comparison)
    assert comparison.outcome is Outcome.FAIL
    assert difference.change == pytest.approx(-0.25)
    assert difference.interval.low < -0.25 < difference.interval.high < 0


def test_a_drop_that_may_be_chance_warns() -> None:
    comparison = compare(rights(*[1] * 39, 0), rights(*[1] * 40))

    assert only(comparison).interval.high == 0
    assert comparison.outcome is Outcome.WARN


def test_a_drop_within_the_tolerance_warns() -> None:
    comparison = compare(rights(*[0.99] * 40), rights(*[1] * 40))

    assert only(comparison).interval.high < 0
    assert comparison.outcome is Outcome.WARN


def test_the_tolerance_can_be_chosen() -> None:
    assert compare(rights(*[0.99] * 40), rights(*[1] * 40), tolerance=0).outcome is Outcome.FAIL


def test_more_of_what_should_be_rare_is_a_drop() -> None:
    many = run_of(*(result(str(i), false_abstention=i % 2) for i in range(40)))
    few = run_of(*(result(str(i), false_abstention=0) for i in range(40)))

    assert compare(many, few).outcome is Outcome.FAIL
    assert compare(few, many).outcome is Outcome.PASS


def test_slower_answers_never_fail() -> None:
    slow = run_of(*(result(str(i), total_ms=900) for i in range(40)))
    fast = run_of(*(result(str(i), total_ms=9) for i in range(40)))

    assert compare(slow, fast).outcome is Outcome.PASS


def test_flips_of_both_ways_are_listed() -> None:
    comparison = compare(rights(1, 0, 1), rights(0, 1, 1))

    assert [(f.case_id, f.is_right_now) for f in comparison.flips] == [("0", True), ("1", False)]


def test_only_cases_of_both_runs_are_compared() -> None:
    comparison = compare(rights(1, 1, 0, 0), rights(1, 1))

    assert only(comparison).cases == 2
    assert comparison.outcome is Outcome.PASS


def test_a_changed_dataset_is_told() -> None:
    run = rights(1)

    assert not compare(replace(run, dataset_sha256="1" * 64), run).has_same_dataset


def test_the_interval_is_the_same_every_time_and_holds_the_mean() -> None:
    values = [0.0, 0.2, 0.9, 1.0, 0.4] * 10

    first, again = bootstrap_mean(values), bootstrap_mean(values)

    assert first == again
    assert first.low < 0.5 < first.high


def test_the_interval_has_the_width_that_theory_predicts() -> None:
    """For a share of one half over 100 cases: 1.96 standard errors of 0.05 to both sides."""
    interval = bootstrap_mean([0.0, 1.0] * 50)

    assert interval.low == pytest.approx(0.402, abs=0.01)
    assert interval.high == pytest.approx(0.598, abs=0.01)
