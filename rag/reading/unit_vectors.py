"""Embeds short texts, and remembers those that were embedded last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.domain.ports import Embedder, Vectors

REMEMBERED = 8_192
"""Vectors of 1.5 kB each; the sample documents have 2,000 units. Colleagues ask about the same."""


class UnitVectors:
    """The vectors of quotable units, which the same passages need again for other questions.

    Nothing that could be read is kept: a vector is found by the hash of its text.
    """

    def __init__(self, embedder: Embedder, *, remembered: int = REMEMBERED) -> None:
        self._embedder = embedder
        self._remembered = remembered
        self._vectors: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimension), rows of length 1, for some texts."""
        keys = [blake2b(text.encode(), digest_size=16).digest() for text in texts]
        known = self._known(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if missing:
            vectors = self._embedder.embed_passages(list(missing.values()))
            made = dict(zip(missing, vectors, strict=True))
            self._remember(made)
            known |= made
        return np.stack([known[key] for key in keys])

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of a question, of shape (dimension,) and length 1."""
        return self._embedder.embed_query(text)

    def _known(self, keys: Sequence[bytes]) -> dict[bytes, Vectors]:
        with self._lock:
            for key in keys:
                if key in self._vectors:
                    self._vectors.move_to_end(key)
            return {key: self._vectors[key] for key in keys if key in self._vectors}

    def _remember(self, vectors: dict[bytes, Vectors]) -> None:
        with self._lock:
            # A row of an array would keep the whole array.
            self._vectors |= {key: vector.copy() for key, vector in vectors.items()}
            while len(self._vectors) > self._remembered:
                self._vectors.popitem(last=False)
