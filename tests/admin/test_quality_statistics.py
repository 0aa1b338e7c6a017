"""The tests behind drift monitors agree with their definitions, and with tables of others."""

from collections import Counter
from math import log, sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from admin.quality.classifier import area_between, reached_by_chance
from admin.quality.statistics import (
    chi_square,
    dispersion,
    index_limit,
    rank_score,
    stability_index,
    two_sided,
    usual_range,
)

COUNTS = st.dictionaries(st.integers(0, 40), st.integers(1, 60), min_size=1, max_size=30)


@given(
    share=st.floats(0.01, 0.99),
    cases=st.integers(20, 5_000),
    usual_cases=st.integers(20, 5_000),
)
def test_at_the_ends_of_the_usual_range_the_score_test_is_at_its_limit(
    share: float, cases: int, usual_cases: int
) -> None:
    z = two_sided(0.05)

    for end in usual_range(share, cases, usual_cases, z):
        together = (end * cases + share * usual_cases) / (cases + usual_cases)
        error = sqrt(together * (1 - together) * (1 / cases + 1 / usual_cases))
        if 0 < end < 1:
            assert abs(end - share) / error == pytest.approx(z, rel=1e-3)
        else:
            assert abs(end - share) <= z * error + 1e-9


@given(hits=st.integers(0, 400), low=st.integers(1, 300))
def test_a_usual_range_holds_the_share_itself(hits: int, low: int) -> None:
    share = hits / 400

    ends = usual_range(share, low, 400, two_sided(0.005))

    assert ends[0] - 1e-9 <= share <= ends[1] + 1e-9


@pytest.mark.parametrize(
    ("share", "freedom", "tabled"),
    [(0.95, 4, 9.488), (0.95, 9, 16.919), (0.99, 4, 13.277), (0.995, 4, 14.860)],
)
def test_chi_square_is_that_of_the_tables(share: float, freedom: int, tabled: float) -> None:
    assert chi_square(share, freedom) == pytest.approx(tabled, rel=0.01)


@given(COUNTS, COUNTS)
def test_the_stability_index_is_never_negative_and_the_same_both_ways(
    window: dict[int, int], reference: dict[int, int]
) -> None:
    index, bins = stability_index(window, reference)

    assert index >= 0
    opposite, same_bins = stability_index(reference, window)
    assert opposite == pytest.approx(index)
    assert same_bins == bins


@given(COUNTS)
def test_a_window_that_equals_its_reference_has_no_index(window: dict[int, int]) -> None:
    assert stability_index(window, window)[0] == 0


def test_the_stability_index_of_two_bins_is_its_formula() -> None:
    index, bins = stability_index({1: 30, 2: 70}, {1: 60, 2: 40})

    assert bins == 2
    assert index == pytest.approx((0.3 - 0.6) * log(0.3 / 0.6) + (0.7 - 0.4) * log(0.7 / 0.4))


def test_bins_hold_about_the_same_number_of_values_five_of_few_and_ten_of_many() -> None:
    few, many = dict.fromkeys(range(100), 4), dict.fromkeys(range(100), 5)

    assert stability_index(few, few)[1] == 5
    assert stability_index(many, many)[1] == 10


def test_the_limit_of_the_index_grows_as_samples_shrink() -> None:
    assert index_limit(10_000, 10_000, 10, 0.005) == 0.1
    assert index_limit(100, 200, 5, 0.05) == pytest.approx(9.488 * (1 / 100 + 1 / 200), rel=0.01)


def test_the_index_of_equal_distributions_is_past_its_limit_as_often_as_was_wanted() -> None:
    random, past, trials = Random(4), 0, 1_000
    for _ in range(trials):
        window, reference = (
            Counter(random.randrange(1_000) for _ in range(size)) for size in (150, 600)
        )
        index, bins = stability_index(window, reference)
        past += index > chi_square(0.95, bins - 1) * (1 / 150 + 1 / 600)

    assert past / trials == pytest.approx(0.05, abs=0.02)


def test_ranks_far_above_the_reference_score_high() -> None:
    # All 7 days above all 28: U = 196, mean 98, variance 7 * 28 * 36 / 12 = 588.
    score = rank_score(range(100, 107), range(28))

    assert score == pytest.approx(98 / sqrt(588))


@given(
    st.lists(st.integers(0, 9), min_size=2, max_size=20), st.lists(st.integers(0, 9), min_size=2)
)
def test_ranks_the_other_way_round_score_the_opposite(window: list[int], other: list[int]) -> None:
    assert rank_score(window, other) == pytest.approx(-rank_score(other, window))


def test_days_that_differ_by_chance_alone_have_no_dispersion() -> None:
    random = Random(2)
    days = [(sum(random.random() < 0.3 for _ in range(50)), 50) for _ in range(400)]

    assert dispersion(days) == pytest.approx(1.0, abs=0.15)


def test_cases_that_come_in_groups_of_four_have_a_dispersion_of_four() -> None:
    random = Random(2)
    days = [(4 * sum(random.random() < 0.3 for _ in range(25)), 100) for _ in range(400)]

    assert dispersion(days) == pytest.approx(4.0, rel=0.2)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(5, 9)), max_size=9))
def test_dispersion_is_at_least_one(days: list[tuple[int, int]]) -> None:
    assume(days)

    assert dispersion(days) >= 1


def vectors(seed: int, count: int, shift: float = 0.0) -> np.ndarray:
    points = np.random.default_rng(seed).normal(size=(count, 40))
    points[:, :3] += shift
    return points


def test_questions_about_the_same_cannot_be_told_apart() -> None:
    area = area_between(vectors(1, 150), vectors(2, 250))

    assert area < 0.6


def test_questions_about_something_else_can_be_told_apart() -> None:
    window, reference = vectors(1, 150, shift=1.2), vectors(2, 250)

    assert area_between(window, reference) > 0.8
    assert reached_by_chance(window, reference) == pytest.approx(1 / 200)


def test_the_same_questions_give_the_same_figures() -> None:
    window, reference = vectors(1, 100), vectors(2, 120)

    assert area_between(window, reference) == area_between(window, reference)
    assert reached_by_chance(window, reference) == reached_by_chance(window, reference)


def test_copies_of_one_question_cannot_be_told_apart() -> None:
    same = np.ones((100, 40))

    assert area_between(same, same) < 0.6
