"""The embedding of a batch's passages, except those that an earlier version has word for word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sqlmodel import col, select

from core.domain.batches import batched
from core.domain.ports import EmbeddedPassages
from core.models.provider.classes import of_class
from core.storage.queries.collections import highest_class_of
from core.storage.queries.sentences import stored_sentences
from core.storage.tables import ChunkRow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlmodel import Session

    from core.domain.knowledge import Sensitivity
    from core.domain.ports import Embedder, VectorIndex, Vectors
    from core.storage.database import Database
    from ingestion.indexing.drafts import VersionDraft

    Known = dict[str, tuple[Vectors, Vectors]]

# The passages that are embedded between two reports of progress.
PASSAGES_AT_ONCE = 256
HASHES_PER_QUERY = 500


class Embedding:
    """The vectors of passages and of their sentences, in one generation of the index."""

    def __init__(
        self, database: Database, vectors: VectorIndex, embedder: Embedder, generation: int
    ) -> None:
        self._database = database
        self._vectors = vectors
        self._embedder = embedder
        self._generation = generation

    def embed(
        self, batch: Sequence[VersionDraft], report: Callable[[float], None]
    ) -> EmbeddedPassages:
        """Embeds the passages of the batch, a row each, in order; `report` gets the share done."""
        hashes = [content_hash for draft in batch for content_hash in draft.content_hashes()]
        texts = [text for draft in batch for text in draft.embedded_texts()]
        spans = [sentences for draft in batch for sentences in draft.sentence_spans()]
        known = self._known(batch)
        new = [row for row, content_hash in enumerate(hashes) if content_hash not in known]
        highest = self._highest_class(batch)
        for group in batched(new, PASSAGES_AT_ONCE):
            with of_class(highest):
                embedded = self._embedder.embed_with_sentences(
                    [texts[row] for row in group], [spans[row] for row in group]
                )
            rows = zip(group, embedded.passages, embedded.sentences, strict=True)
            known |= {hashes[row]: (passage, sentences) for row, passage, sentences in rows}
            if len(new) > PASSAGES_AT_ONCE:
                report((group[-1] + 1) / len(texts))
        passages = [known[content_hash][0] for content_hash in hashes]
        empty = np.empty((0, self._embedder.dimension), dtype=np.float32)
        return EmbeddedPassages(
            np.stack(passages) if passages else empty,
            tuple(known[content_hash][1] for content_hash in hashes),
        )

    def _highest_class(self, batch: Sequence[VersionDraft]) -> Sensitivity:
        with self._database.read() as session:
            return highest_class_of(session, (draft.source.document_id for draft in batch))

    def _known(self, batch: Sequence[VersionDraft]) -> Known:
        """Return the vectors of passages that the answering versions of the documents share."""
        known: Known = {}
        with self._database.read() as session:
            for draft in batch:
                if draft.source.number > 1:
                    known |= self._known_of(session, draft)
        return known

    def _known_of(self, session: Session, draft: VersionDraft) -> Known:
        ids: dict[str, int] = {}
        for hashes in batched(draft.content_hashes(), HASHES_PER_QUERY):
            rows = session.exec(
                select(ChunkRow.content_hash, ChunkRow.id).where(
                    ChunkRow.document_id == draft.source.document_id,
                    col(ChunkRow.content_hash).in_(hashes),
                    col(ChunkRow.is_ready),
                )
            ).all()
            ids |= {content_hash: chunk_id or 0 for content_hash, chunk_id in rows}
        passages = self._vectors.vectors_of(
            draft.source.collection_id, list(ids.values()), generation=self._generation
        )
        sentences = stored_sentences(
            session, list(ids.values()), self._embedder.dimension, generation=self._generation
        )
        return {
            content_hash: (passages[chunk_id], sentences[chunk_id])
            for content_hash, chunk_id in ids.items()
            if chunk_id in passages and chunk_id in sentences
        }
