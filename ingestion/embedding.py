"""Embeds the passages of a batch, those that an earlier version left unchanged excepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.domain.ports import EmbeddedPassages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from core.domain.ports import Embedder, VectorIndex, Vectors
    from core.storage.database import Database
    from ingestion.drafts import Draft

# Passages embedded between two reports of progress.
PASSAGES_AT_ONCE = 256


class Embedding:
    """Vectors of passages and of the sentences in them."""

    def __init__(self, database: Database, vectors: VectorIndex, embedder: Embedder) -> None:
        self._database = database
        self._vectors = vectors
        self._embedder = embedder

    def embed(self, batch: Sequence[Draft], report: Callable[[float], None]) -> EmbeddedPassages:
        """One row a passage of the batch, in order; `report` hears the share that is done."""
        texts = [text for draft in batch for text in draft.embedded_texts()]
        spans = [places for draft in batch for places in draft.sentence_spans()]
        passages = [np.empty((0, self._embedder.dimension), dtype=np.float32)]
        sentences: list[Vectors] = []
        for start in range(0, len(texts), PASSAGES_AT_ONCE):
            part = slice(start, start + PASSAGES_AT_ONCE)
            embedded = self._embedder.embed_with_sentences(texts[part], spans[part])
            passages.append(embedded.passages)
            sentences.extend(embedded.sentences)
            if len(texts) > PASSAGES_AT_ONCE:
                report(len(sentences) / len(texts))
        return EmbeddedPassages(np.concatenate(passages), tuple(sentences))
