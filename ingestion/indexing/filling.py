"""The filling of one generation of a vector index with the passages in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from core.domain.batches import batched
from core.domain.generations import GenerationState
from core.domain.text.sentences import sentence_spans
from core.models.provider.classes import of_class
from core.storage.queries.chunks import chunks_by_id
from core.storage.queries.collections import highest_class_of
from core.storage.queries.generations import generation_by_id
from core.storage.queries.sentences import store_sentences
from core.storage.tables import ChunkRow, DocumentRow, IndexGenerationRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.domain.ports import Embedders, VectorIndex
    from core.storage.database import Database

PASSAGES_AT_ONCE = 256


class Filling:
    """The work that brings a generation up to date, and resumes wherever it was interrupted.

    Existing vectors are not embedded again, and those without a passage are removed, so that one
    way serves for building, for resuming and for catching up.
    """

    def __init__(self, database: Database, vectors: VectorIndex, embedders: Embedders) -> None:
        self._database = database
        self._vectors = vectors
        self._embedders = embedders

    def fill(self, generation_id: str) -> Iterator[int]:
        """Yield how many passages are there, batch by batch, until none is missing.

        Raises NotFound if the generation is discarded meanwhile, ConfigurationError if its model
        cannot be loaded.
        """
        while missing := self._tidy(generation_id):
            for batch in batched(missing, PASSAGES_AT_ONCE):
                yield self._add(generation_id, batch)

    def gap(self, session: Session, row: IndexGenerationRow) -> tuple[set[int], set[int]]:
        """Return the passages that this generation lacks, and those that it should not have."""
        wanted = answering_ids(session, row.collection_id)
        known = self._vectors.ids(row.collection_id, generation=row.number)
        return wanted - known, known - wanted

    def _tidy(self, generation_id: str) -> Sequence[int]:
        """Remove what is gone and return what is missing, by id."""
        with self._database.read() as session:
            row = generation_by_id(session, generation_id)
            missing, surplus = self.gap(session, row)
        if surplus:
            self._vectors.remove(row.collection_id, sorted(surplus), generation=row.number)
        with self._database.begin() as session:
            row = generation_by_id(session, generation_id)
            row.passages_total = len(answering_ids(session, row.collection_id))
            row.passages_done = max(0, row.passages_total - len(missing))
        return sorted(missing)

    def _add(self, generation_id: str, chunk_ids: Sequence[int]) -> int:
        """Embeds and stores passages; return how many are there now."""
        with self._database.read() as session:
            row = generation_by_id(session, generation_id)
            chunks = chunks_by_id(session, chunk_ids)
            highest = highest_class_of(session, (chunk.document_id for chunk in chunks))
        texts = [chunk.searchable_text for chunk in chunks]
        spans = [sentence_spans(t, c.text) for t, c in zip(texts, chunks, strict=True)]
        with of_class(highest):
            embedded = self._embedders.get(row.embedding_model).embed_with_sentences(texts, spans)
        with self._database.begin() as session:
            generation_by_id(session, generation_id)
            remaining = _still_there(session, [chunk.id for chunk in chunks])
            positions = [position for position, chunk in enumerate(chunks) if chunk.id in remaining]
            ids = [chunks[position].id for position in positions]
            sentences = [embedded.sentences[position] for position in positions]
            store_sentences(session, ids, sentences, generation=row.number)
        if ids:
            self._vectors.add(
                row.collection_id, ids, embedded.passages[positions], generation=row.number
            )
        self._take_back(row, ids)
        with self._database.begin() as session:
            row = generation_by_id(session, generation_id)
            row.passages_done = min(row.passages_total, row.passages_done + len(ids))
            return row.passages_done

    def _take_back(self, row: IndexGenerationRow, chunk_ids: Sequence[int]) -> None:
        """Remove what was deleted or discarded while it was being embedded."""
        with self._database.read() as session:
            is_discarded = session.get(IndexGenerationRow, row.id) is None
            gone = set(chunk_ids) - _still_there(session, chunk_ids)
        if is_discarded:
            self._vectors.drop(row.collection_id, generation=row.number)
        elif gone:
            self._vectors.remove(row.collection_id, sorted(gone), generation=row.number)


def answering_ids(session: Session, collection_id: str) -> set[int]:
    """Return the passages of a collection that can be found."""
    rows = session.exec(
        select(ChunkRow.id)
        .join(DocumentRow, col(ChunkRow.document_id) == DocumentRow.id)
        .where(
            ChunkRow.collection_id == collection_id,
            col(ChunkRow.is_ready),
            col(DocumentRow.current_version_id) == ChunkRow.version_id,
        )
    ).all()
    return {chunk_id for chunk_id in rows if chunk_id is not None}


def mark(session: Session, generation_id: str, state: GenerationState, reason: str = "") -> None:
    """Move a generation to a state; raises NotFound if it was discarded."""
    row = generation_by_id(session, generation_id)
    row.state, row.reason = state.value, reason


def _still_there(session: Session, chunk_ids: Sequence[int]) -> set[int]:
    """Return the passages that still answer, locked where the database can lock rows.

    The lock keeps a passage from being deleted before its sentences are stored.
    """
    rows = session.exec(
        select(ChunkRow.id)
        .where(col(ChunkRow.id).in_(chunk_ids), col(ChunkRow.is_ready))
        .with_for_update(read=True, key_share=True)
    ).all()
    return {chunk_id for chunk_id in rows if chunk_id is not None}
