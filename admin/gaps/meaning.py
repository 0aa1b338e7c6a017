"""Decides whether two questions mean the same."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from admin.gaps.wording import differing, normal

if TYPE_CHECKING:
    from core.domain.ports import Embedder, Vectors

SAME = 0.57
"""Likeness from which two questions mean the same (benchmarks/results/gap_topics.md)."""
REST_WEIGHT = 0.6
"""What the words that two questions do not share count beside the whole questions."""
LEAST_COSINE = 0.3
"""Cosine of two whole questions below which they are compared no further."""
ONE_SIDED = 0.5
"""How alike the rests are where one question says all that the other says, and more."""
KEPT_RESTS = 20_000
TEXTS_AT_ONCE = 32


class Meaning:
    """Questions as the embedding model reads them.

    Two questions often share the way in which they ask, and not what they ask for: “hotel costs per
    night”, “costs of meals per day”. So what they do not share is compared once more by itself.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._rest = lru_cache(maxsize=KEPT_RESTS)(self._embed_rest)

    @property
    def model(self) -> str:
        """The name of the embedding model."""
        return self._embedder.name

    def vectors(self, questions: Sequence[str]) -> Vectors:
        """Return an array of shape (n, dimension), rows of length 1; same texts are read once."""
        once = list(dict.fromkeys(questions))
        if not once:
            return np.zeros((0, self._embedder.dimension), dtype=np.float32)
        read = [
            self._embedder.embed_passages(once[start : start + TEXTS_AT_ONCE])
            for start in range(0, len(once), TEXTS_AT_ONCE)
        ]
        rows = {text: number for number, text in enumerate(once)}
        made: Vectors = np.concatenate(read)[[rows[text] for text in questions]]
        return made

    def likeness(self, one: str, other: str, cosine: float) -> float:
        """Return how alike two questions are, up to 1; `cosine` is that of both as a whole."""
        if normal(one) == normal(other):
            return 1.0
        return (1 - REST_WEIGHT) * cosine + REST_WEIGHT * self._likeness_of_rests(one, other)

    def _likeness_of_rests(self, one: str, other: str) -> float:
        mine, theirs = differing(one, other)
        if not mine and not theirs:
            return 1.0
        if not mine or not theirs:
            return ONE_SIDED
        return float(self._rest(mine) @ self._rest(theirs))

    def _embed_rest(self, words: str) -> Vectors:
        vector: Vectors = self._embedder.embed_passages([words])[0]
        return vector


def stored(vector: Vectors) -> bytes:
    """Return a vector as it is stored: 16-bit floats, least significant byte first."""
    return vector.astype("<f2").tobytes()


def loaded(vectors: Sequence[bytes], dimension: int) -> Vectors:
    """Return stored vectors as an array of shape (n, dimension)."""
    made: Vectors = np.frombuffer(b"".join(vectors), dtype="<f2").reshape(-1, dimension)
    return made.astype(np.float32)
