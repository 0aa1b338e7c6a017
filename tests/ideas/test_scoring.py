"""Scores of ideas: axes, quadrants with ties, disagreement, RICE, trending and bubbles."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.ideas.criteria import Axis, CriteriaSet, Criterion, criteria_problems
from core.domain.ideas.review import Quadrant
from core.errors import InvalidInput
from ideas.scoring.criteria import read_criteria, shipped_criteria, written_criteria
from ideas.scoring.orders import benefit_cap, bubble_area, rice, rice_impact, trending
from ideas.scoring.quadrants import quadrant_of
from ideas.scoring.scores import axis_score, combined, score_problems

UNHURRIED = settings(deadline=None)
CRITERIA = shipped_criteria()
KEYS = CRITERIA.scored


def all_scored(score: int, **others: int) -> dict[str, int]:
    return dict.fromkeys(KEYS, score) | others


reviews = st.lists(
    st.fixed_dictionaries({key: st.integers(1, 5) for key in KEYS}), min_size=1, max_size=6
)
weights = st.fixed_dictionaries({key: st.integers(1, 100) for key in KEYS})


def test_the_shipped_weights_are_those_of_the_product() -> None:
    assert {c.key: c.weight for c in CRITERIA.criteria} == {
        "impact": 40,
        "reach": 20,
        "strategic_fit": 25,
        "urgency": 15,
        "data_readiness": 30,
        "technical_simplicity": 25,
        "compliance_ease": 25,
        "skills_time": 20,
    }
    assert {c.axis for c in CRITERIA.criteria[:4]} == {Axis.VALUE}


def test_every_shipped_criterion_says_what_each_of_its_scores_means() -> None:
    assert [c.key for c in CRITERIA.criteria if len(set(c.anchors)) != 5 or not c.asks] == []


def test_an_axis_is_the_weighted_mean_from_0_to_100() -> None:
    scores = {"impact": 5, "reach": 3, "strategic_fit": 2, "urgency": 1}

    value = axis_score(CRITERIA.of(Axis.VALUE), scores)

    assert value == pytest.approx((5 * 40 + 3 * 20 + 2 * 25 + 1 * 15) / 100 / 4 * 100 - 25)


@pytest.mark.parametrize(("score", "expected"), [(1, 0.0), (3, 50.0), (5, 100.0)])
def test_equal_scores_give_that_place_of_the_scale_on_both_axes(
    score: int, expected: float
) -> None:
    scores = combined(CRITERIA, [all_scored(score)])

    assert scores is not None
    assert (scores.value, scores.feasibility) == (expected, expected)


@pytest.mark.parametrize(
    ("value", "feasibility", "expected"),
    [
        (50.0, 50.0, Quadrant.QUICK_WIN),
        (50.0, 49.9, Quadrant.BIG_BET),
        (49.9, 50.0, Quadrant.INCREMENTAL),
        (49.9, 49.9, Quadrant.TRAP),
    ],
)
def test_what_lies_on_a_cut_belongs_to_its_upper_side(
    value: float, feasibility: float, expected: Quadrant
) -> None:
    assert quadrant_of(value, feasibility, CRITERIA) is expected


@UNHURRIED
@given(weights)
def test_scores_in_the_middle_are_a_tie_whatever_the_weights(weights: dict[str, int]) -> None:
    scores = combined(CRITERIA.with_weights(weights), [all_scored(3), all_scored(3)])

    assert scores is not None
    assert scores.quadrant is Quadrant.QUICK_WIN


@UNHURRIED
@given(reviews, weights)
def test_axes_stay_between_0_and_100_and_do_not_depend_on_the_order_of_reviews(
    given_reviews: list[dict[str, int]], weights: dict[str, int]
) -> None:
    criteria = CRITERIA.with_weights(weights)

    scores, turned = combined(criteria, given_reviews), combined(criteria, given_reviews[::-1])

    assert scores is not None
    assert turned is not None
    assert -1e-9 <= scores.value <= 100 + 1e-9
    assert -1e-9 <= scores.feasibility <= 100 + 1e-9
    assert turned.value == pytest.approx(scores.value)
    assert turned.disagreement == pytest.approx(scores.disagreement)


@UNHURRIED
@given(reviews, st.sampled_from(KEYS))
def test_a_higher_score_never_lowers_an_axis(given_reviews: list[dict[str, int]], key: str) -> None:
    first, *others = given_reviews
    raised = {**first, key: min(first[key] + 1, 5)}

    before, after = combined(CRITERIA, given_reviews), combined(CRITERIA, [raised, *others])

    assert before is not None
    assert after is not None
    assert after.value >= before.value - 1e-9
    assert after.feasibility >= before.feasibility - 1e-9


@UNHURRIED
@given(reviews)
def test_the_place_of_an_idea_does_not_depend_on_other_ideas(
    given_reviews: list[dict[str, int]],
) -> None:
    scores = combined(CRITERIA, given_reviews)

    assert scores is not None
    mean = sum(axis_score(CRITERIA.of(Axis.VALUE), r) or 0 for r in given_reviews)
    assert scores.value == pytest.approx(mean / len(given_reviews))


def test_no_review_means_no_place_and_one_review_a_provisional_one() -> None:
    one, two = combined(CRITERIA, [all_scored(4)]), combined(CRITERIA, [all_scored(4)] * 2)

    assert combined(CRITERIA, []) is None
    assert one is not None
    assert two is not None
    assert (one.is_provisional, two.is_provisional) == (True, False)


def test_reviewers_two_scores_apart_disagree_and_those_one_apart_do_not() -> None:
    near = combined(CRITERIA, [all_scored(3), all_scored(3, impact=4)])
    far = combined(CRITERIA, [all_scored(3), all_scored(3, impact=5)])

    assert near is not None
    assert far is not None
    assert (near.is_disputed, far.is_disputed) == (False, True)
    assert far.disagreement == pytest.approx(math.sqrt(2))
    assert far.feasibility_sd == 0


@pytest.mark.parametrize(
    ("scores", "key"),
    [
        (all_scored(3, impact=6), "impact"),
        (all_scored(3, impact=0), "impact"),
        ({key: 3 for key in KEYS if key != "reach"}, "reach"),
        (all_scored(3, charm=3), "charm"),
        (all_scored(3) | {"urgency": 2.5}, "urgency"),
        (all_scored(3) | {"urgency": True}, "urgency"),
    ],
)
def test_a_score_that_cannot_be_used_is_named_with_its_field(
    scores: dict[str, object], key: str
) -> None:
    assert list(score_problems(CRITERIA, scores)) == [key]


def test_complete_scores_on_the_scale_have_no_problems() -> None:
    assert score_problems(CRITERIA, all_scored(5)) == {}


def test_a_review_from_before_a_criterion_existed_still_counts() -> None:
    old = {key: 4 for key in KEYS if key != "urgency"}

    scores = combined(CRITERIA, [old])

    assert scores is not None
    assert scores.value == pytest.approx(75.0)


def test_criteria_are_read_as_they_were_written() -> None:
    assert read_criteria(written_criteria(CRITERIA)) == CRITERIA


@pytest.mark.parametrize(
    "broken",
    [
        CRITERIA.criteria[:4],  # nothing on feasibility
        (*CRITERIA.criteria, CRITERIA.criteria[0]),  # twice the same
        (*CRITERIA.criteria, Criterion("x", Axis.VALUE, 101, "X")),
        (*CRITERIA.criteria, Criterion("x", Axis.VALUE, -1, "X")),
        (*CRITERIA.criteria, Criterion("x", Axis.VALUE, 1, " ")),
        (*CRITERIA.criteria, Criterion("x", Axis.VALUE, 1, "X", anchors=("one",))),
        tuple(replace(c, weight=0) for c in CRITERIA.criteria),
    ],
)
def test_criteria_that_cannot_be_scored_are_refused(broken: tuple[Criterion, ...]) -> None:
    assert criteria_problems(CriteriaSet(broken))


@pytest.mark.parametrize("cut", [0.0, 100.0, float("nan")])
def test_a_cut_lies_inside_the_scale(cut: float) -> None:
    with pytest.raises(InvalidInput):
        read_criteria({**written_criteria(CRITERIA), "value_cut": cut})


@pytest.mark.parametrize("weight", [2.5, "40", True, None])
def test_a_weight_is_a_whole_number(weight: object) -> None:
    stored = written_criteria(CRITERIA)
    stored["criteria"][0]["weight"] = weight

    with pytest.raises(InvalidInput):
        read_criteria(stored)


def test_weights_of_unknown_criteria_are_refused() -> None:
    with pytest.raises(InvalidInput):
        CRITERIA.with_weights({"charm": 10})


def test_rice_is_reach_times_impact_times_confidence_by_effort() -> None:
    assert rice(200, 5, 80, 2) == pytest.approx(200 * 3 * 0.8 / 2)
    assert rice(200, 5, None, 2) == pytest.approx(200 * 3 * 0.5 / 2)
    assert rice(200, 5, 80, 0.1) == rice(200, 5, 80, 0.5)


@pytest.mark.parametrize("missing", range(3))
def test_rice_is_unknown_where_a_factor_is(missing: int) -> None:
    factors: list[float | None] = [200, 4, 2]
    factors[missing] = None

    assert rice(factors[0], factors[1], 80, factors[2]) is None


@UNHURRIED
@given(st.floats(1, 5), st.floats(1, 5))
def test_the_impact_of_rice_grows_with_the_score(one: float, other: float) -> None:
    low, high = sorted((one, other))

    assert 0.25 <= rice_impact(low) <= rice_impact(high) <= 3


def test_trending_is_the_formula_of_fider() -> None:
    assert trending(4, 2, 22) == pytest.approx((5 * 4 + 3 * 2 - 1) / 24**1.4)


@UNHURRIED
@given(st.integers(1, 500), st.integers(0, 500), st.floats(0, 10_000))
def test_trending_falls_with_age_and_grows_with_votes(
    votes: int, comments: int, age: float
) -> None:
    assert trending(votes + 1, comments, age) > trending(votes, comments, age)
    assert trending(votes, comments, age + 1) < trending(votes, comments, age)


def test_one_huge_benefit_does_not_make_all_other_bubbles_dots() -> None:
    benefits = [1_000.0] * 99 + [1_000_000.0]

    cap = benefit_cap(benefits)

    assert bubble_area(1_000, cap) == 1.0
    assert bubble_area(1_000_000, cap) == 1.0
    assert bubble_area(500, cap) == pytest.approx(0.5)


@UNHURRIED
@given(st.lists(st.floats(0, 1e9), max_size=50))
def test_areas_of_bubbles_lie_between_0_and_1(benefits: list[float]) -> None:
    cap = benefit_cap(benefits)

    assert all(0 <= bubble_area(benefit, cap) <= 1 for benefit in [*benefits, None])
