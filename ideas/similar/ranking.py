"""Puts ideas in the order in which they say what someone is typing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from core.domain.bm25 import inverse_document_frequency
from ideas.similar.meaning import WordVectors

if TYPE_CHECKING:
    from core.domain.ports import Vectors

CANDIDATES = 200
"""The nearest ideas by meaning, whose words are then compared one by one."""
WORD_WEIGHT = 0.6
"""What the words count beside the meaning, chosen on half of the paraphrased pairs."""
WORD_FLOOR = 0.2
"""Cosine of two words from which they have something in common."""
NEW_WORDS = 60
"""Words that get a vector while someone waits; other unknown ones count if they are the same."""


@dataclass(frozen=True)
class Pool:
    """Ideas as they are compared: `vectors` has shape (n, 2, dimension), `words` n lists."""

    ids: tuple[str, ...]
    vectors: Vectors
    words: tuple[tuple[str, ...], ...]

    @cached_property
    def holding(self) -> Counter[str]:
        """The number of ideas with each word."""
        return Counter(word for words in self.words for word in words)

    def weight(self, word: str) -> float:
        return inverse_document_frequency(len(self.ids), self.holding[word])


@dataclass(frozen=True, slots=True)
class Ranked:
    """The place of an idea in the pool, and how alike it is; 1.6 for the very same text."""

    place: int
    score: float


def ranked(pool: Pool, query: Vectors, typed: Sequence[str], words: WordVectors) -> list[Ranked]:
    """Return the candidates, the most alike first.

    `query` has shape (2, dimension), `typed` are the compared words of what was typed. The score is
    the mean cosine of both vectors plus the weighted share of the typed words that the idea says.
    """
    if not pool.ids:
        return []
    meaning = pool.vectors.reshape(len(pool.ids), -1) @ query.reshape(-1) / len(query)
    best = np.argsort(-meaning, kind="stable")[:CANDIDATES]
    covered = _covered(pool, best.tolist(), typed, words)
    scores = meaning[best] + WORD_WEIGHT * covered
    order = np.argsort(-scores, kind="stable")
    return [Ranked(int(best[i]), float(scores[i])) for i in order]


def _covered(
    pool: Pool, places: Sequence[int], typed: Sequence[str], words: WordVectors
) -> Vectors:
    """Return for each place the share of the typed words that it says, weighted by rareness.

    A word is said as far as the closest word of the idea is near to it.
    """
    if not typed:
        return np.zeros(len(places), dtype=np.float32)
    said = list(dict.fromkeys(word for place in places for word in pool.words[place]))
    words.learn([*typed, *said], at_most=NEW_WORDS)
    near = _nearness(typed, said, words)
    column = {word: number for number, word in enumerate(said)}
    closest = np.zeros((len(places), len(typed)), dtype=np.float32)
    for row, place in enumerate(places):
        columns = [column[word] for word in pool.words[place]]
        if columns:
            closest[row] = near[:, columns].max(axis=1)
    weights = np.array([pool.weight(word) for word in typed], dtype=np.float32)
    return np.asarray(closest @ weights / weights.sum(), dtype=np.float32)


def _nearness(typed: Sequence[str], said: Sequence[str], words: WordVectors) -> Vectors:
    """Return an array of shape (len(typed), len(said)) from 0 (nothing in common) to 1 (same)."""
    cosines = words.of(typed) @ words.of(said).T
    near = np.clip((cosines - WORD_FLOOR) / (1 - WORD_FLOOR), 0.0, 1.0)
    column = {word: number for number, word in enumerate(said)}
    for row, word in enumerate(typed):
        if word in column:
            near[row, column[word]] = 1.0
    return np.asarray(near, dtype=np.float32)
