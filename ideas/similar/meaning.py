"""What an idea means to the embedding model: vectors of its texts and of single words."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ideas.similar.wording import IdeaText, core_of

if TYPE_CHECKING:
    from core.domain.ports import Embedder, Vectors

KEPT_WORDS = 30_000
"""Words whose vectors are kept; 46 MB with 384 dimensions."""


def idea_vectors(embedder: Embedder, ideas: Sequence[IdeaText]) -> Vectors:
    """Return an array of shape (n, 2, dimension): each idea as it reads, and its core words.

    Both are the mean of the whole idea and of its title and problem, which is what others have
    typed when they see a hint.
    """
    forms = [form for idea in ideas for form in _forms(idea)]
    vectors = embedder.embed_passages(forms).reshape(len(ideas), 2, 2, embedder.dimension)
    return np.ascontiguousarray(vectors.mean(axis=2), dtype=np.float32)


def query_vectors(embedder: Embedder, typed: IdeaText) -> Vectors:
    """Return an array of shape (2, dimension): what was typed, and its core words."""
    return np.stack([embedder.embed_query(typed.full), embedder.embed_query(core_of(typed.full))])


def _forms(idea: IdeaText) -> tuple[str, str, str, str]:
    return idea.full, idea.short, core_of(idea.full), core_of(idea.short)


class WordVectors:
    """Vectors of single words, made when they are first needed and kept; thread-safe."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._lock = threading.Lock()
        self._known = _Known({}, np.zeros((0, embedder.dimension), dtype=np.float32))

    def learn(self, words: Sequence[str], *, at_most: int | None = None) -> None:
        """Make the vectors of those words that have none yet; of the first `at_most` only."""
        missing = [word for word in dict.fromkeys(words) if word not in self._known.rows][:at_most]
        if not missing:
            return
        made = self._embedder.embed_passages(missing)
        with self._lock:
            self._known = self._known.with_more(missing, made)

    def lacks(self, words: Collection[str]) -> int:
        """Return how many of these words have no vector."""
        rows = self._known.rows
        return sum(word not in rows for word in words)

    def of(self, words: Sequence[str]) -> Vectors:
        """Return an array of shape (len(words), dimension); words without a vector are zeros."""
        known = self._known
        rows = np.array([known.rows.get(word, -1) for word in words], dtype=np.intp)
        found = np.zeros((len(words), self._embedder.dimension), dtype=np.float32)
        found[rows >= 0] = known.vectors[rows[rows >= 0]]
        return found


@dataclass(frozen=True, slots=True)
class _Known:
    """Words with the rows of their vectors, never changed in place: readers need no lock."""

    rows: dict[str, int]
    vectors: Vectors

    def with_more(self, words: Sequence[str], vectors: Vectors) -> _Known:
        """Return both together; all old words are forgotten once there are too many."""
        if len(self.rows) + len(words) > KEPT_WORDS:
            return _Known(dict(zip(words, range(len(words)), strict=True)), vectors)
        start = len(self.rows)
        added = {word: start + n for n, word in enumerate(words) if word not in self.rows}
        return _Known(self.rows | added, np.concatenate([self.vectors, vectors]))
