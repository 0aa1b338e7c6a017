"""Measures of a ranking: a list of distinct ids, best first, against grades > 0 of relevant ids.

Each is 0 where nothing is relevant, as in trec_eval. Ties are the caller's: an id counts at the
place it has in the list, whatever scores led to it.
"""

from collections.abc import Mapping, Sequence
from math import log2

Ranking = Sequence[str]
Grades = Mapping[str, int]


def recall(ranking: Ranking, grades: Grades, k: int) -> float:
    """Return the share of relevant ids among the first k."""
    return sum(i in grades for i in ranking[:k]) / len(grades) if grades else 0.0


def hit(ranking: Ranking, grades: Grades, k: int) -> float:
    """Return 1 if a relevant id is among the first k, else 0 (success@k)."""
    return float(any(i in grades for i in ranking[:k]))


def reciprocal_rank(ranking: Ranking, grades: Grades, k: int) -> float:
    """Return 1 / rank of the first relevant id among k, else 0; its mean is MRR@k."""
    ranks = (rank for rank, i in enumerate(ranking[:k], start=1) if i in grades)
    return 1 / next(ranks, float("inf"))


def ndcg(ranking: Ranking, grades: Grades, k: int) -> float:
    """Return the normalised discounted cumulative gain (Järvelin and Kekäläinen, 2002).

    DCG = sum of grade / log2(rank + 1), divided by that of the best possible ranking; gains are
    linear, as in trec_eval and BEIR.
    """
    ideal = _dcg(sorted(grades.values(), reverse=True)[:k])
    return _dcg([grades.get(i, 0) for i in ranking[:k]]) / ideal if ideal else 0.0


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))
