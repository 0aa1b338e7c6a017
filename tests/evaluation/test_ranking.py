"""Our ranking measures are those of ir-measures (trec_eval), and count places, not scores."""

from math import log2

import ir_measures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ir_measures import RR, Measure, R, Success, nDCG

from evaluation.metrics.ranking import hit, ndcg, recall, reciprocal_rank

DOCUMENTS = [f"d{number}" for number in range(12)]
rankings = st.lists(st.sampled_from(DOCUMENTS), unique=True, min_size=1)
judgements = st.dictionaries(st.sampled_from(DOCUMENTS), st.integers(0, 3), min_size=1)
cuts = st.integers(1, 12)
UNHURRIED = settings(deadline=None)


def by_ir_measures(measure: Measure, ranking: list[str], grades: dict[str, int]) -> float:
    """trec_eval breaks ties by document id; falling scores tell it the order we mean."""
    scores = {document: float(-place) for place, document in enumerate(ranking)}
    found = ir_measures.calc_aggregate([measure], {"q": grades}, {"q": scores})
    return float(found[measure])


def relevant(grades: dict[str, int]) -> dict[str, int]:
    return {document: grade for document, grade in grades.items() if grade > 0}


@UNHURRIED
@given(ranking=rankings, grades=judgements, k=cuts)
def test_recall_is_that_of_trec_eval(ranking: list[str], grades: dict[str, int], k: int) -> None:
    ours = recall(ranking, relevant(grades), k)

    assert ours == pytest.approx(by_ir_measures(R @ k, ranking, grades))


@UNHURRIED
@given(ranking=rankings, grades=judgements, k=cuts)
def test_ndcg_is_that_of_trec_eval(ranking: list[str], grades: dict[str, int], k: int) -> None:
    ours = ndcg(ranking, relevant(grades), k)

    assert ours == pytest.approx(by_ir_measures(nDCG @ k, ranking, grades))


@UNHURRIED
@given(ranking=rankings, grades=judgements)
def test_reciprocal_rank_is_that_of_trec_eval(ranking: list[str], grades: dict[str, int]) -> None:
    ours = reciprocal_rank(ranking, relevant(grades), len(ranking))

    assert ours == pytest.approx(by_ir_measures(RR, ranking, grades))


@UNHURRIED
@given(ranking=rankings, grades=judgements, k=cuts)
def test_hit_is_success_of_trec_eval(ranking: list[str], grades: dict[str, int], k: int) -> None:
    ours = hit(ranking, relevant(grades), k)

    assert ours == pytest.approx(by_ir_measures(Success @ k, ranking, grades))


@UNHURRIED
@given(ranking=rankings, grades=judgements, k=cuts)
def test_what_stands_behind_the_cut_changes_nothing(
    ranking: list[str], grades: dict[str, int], k: int
) -> None:
    wanted = relevant(grades)

    for measure in (recall, ndcg, reciprocal_rank, hit):
        assert measure(ranking, wanted, k) == measure(ranking[:k], wanted, k)


def test_the_order_of_the_list_decides_where_scores_tie() -> None:
    assert reciprocal_rank(["a", "b"], {"a": 1}, 10) == 1
    assert reciprocal_rank(["b", "a"], {"a": 1}, 10) == 0.5


def test_a_worked_example_of_ndcg() -> None:
    """Grades 2, 0, 1 in this order; the best order would be 2, 1."""
    expected = (2 + 1 / log2(4)) / (2 + 1 / log2(3))

    assert ndcg(["x", "y", "z"], {"x": 2, "z": 1}, 10) == pytest.approx(expected)


def test_where_nothing_is_relevant_everything_is_zero() -> None:
    assert [m(["a"], {}, 5) for m in (recall, ndcg, reciprocal_rank, hit)] == [0, 0, 0, 0]
