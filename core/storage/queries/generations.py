"""Generations of the vector indexes of collections."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, delete, select

from core.domain.generations import (
    FIRST,
    GenerationComparison,
    GenerationState,
    IndexGeneration,
    IndexMeasures,
)
from core.errors import NotFound
from core.storage.tables import ChunkRow, CollectionRow, IndexGenerationRow, SentenceVectorsRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.storage.database import Database

CANDIDATES = (GenerationState.BUILDING, GenerationState.BUILT, GenerationState.FAILED)


class StoredGenerations:
    """The generations of a collection, as the database has them at the moment of asking."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def live(self, collection_id: str) -> int:
        """Return the number of the generation that answers; 1 for a collection that is gone."""
        with self._database.read() as session:
            return _live_number(session, collection_id)

    def all(self, collection_id: str) -> tuple[int, ...]:
        """Return the numbers of all generations, ascending."""
        with self._database.read() as session:
            numbers = session.exec(
                select(IndexGenerationRow.number).where(
                    IndexGenerationRow.collection_id == collection_id
                )
            ).all()
            return tuple(sorted({_live_number(session, collection_id), *numbers}))


def generation_rows(session: Session, collection_id: str) -> Sequence[IndexGenerationRow]:
    """Return the generations of a collection, by number."""
    return session.exec(
        select(IndexGenerationRow)
        .where(IndexGenerationRow.collection_id == collection_id)
        .order_by(col(IndexGenerationRow.number))
    ).all()


def generation_by_id(session: Session, generation_id: str) -> IndexGenerationRow:
    """Return the generation; raise NotFound if it does not exist."""
    row = session.get(IndexGenerationRow, generation_id)
    if row is None:
        raise NotFound("This index no longer exists.")
    return row


def candidate_row(session: Session, collection_id: str) -> IndexGenerationRow | None:
    """Return the generation that is being built or waits to be accepted."""
    rows = generation_rows(session, collection_id)
    return next((row for row in rows if row.state in CANDIDATES), None)


def building_ids(session: Session) -> Sequence[str]:
    """Return the generations that are being built, the oldest first."""
    return session.exec(
        select(IndexGenerationRow.id)
        .where(IndexGenerationRow.state == GenerationState.BUILDING.value)
        .order_by(col(IndexGenerationRow.created_at))
    ).all()


def locked_collection(session: Session, collection_id: str) -> CollectionRow:
    """Return the collection, which keeps its live generation until the transaction ends.

    Raises NotFound.
    """
    row = session.exec(
        select(CollectionRow).where(CollectionRow.id == collection_id).with_for_update()
    ).first()
    if row is None:
        raise NotFound("This collection no longer exists.")
    return row


def live_row(session: Session, collection: CollectionRow) -> IndexGenerationRow:
    """Return the row of the live generation, made here if the collection has none yet."""
    for row in generation_rows(session, collection.id):
        if row.number == collection.generation:
            return row
    row = IndexGenerationRow(
        collection_id=collection.id,
        number=collection.generation,
        embedding_model=collection.embedding_model,
        embedding_dimension=collection.embedding_dimension,
        splitter_version=collection.splitter_version,
        state=GenerationState.LIVE.value,
        created_at=collection.created_at,
        accepted_at=collection.created_at,
    )
    session.add(row)
    session.flush()
    return row


def drop_sentences(session: Session, collection_id: str, number: int) -> None:
    """Delete the sentence vectors of one generation of a collection."""
    chunks = select(ChunkRow.id).where(ChunkRow.collection_id == collection_id)
    session.exec(
        delete(SentenceVectorsRow).where(
            col(SentenceVectorsRow.generation) == number,
            col(SentenceVectorsRow.chunk_id).in_(chunks),
        )
    )


def to_generation(row: IndexGenerationRow) -> IndexGeneration:
    """Return the domain value of a generation's row."""
    return IndexGeneration(
        id=row.id,
        collection_id=row.collection_id,
        number=row.number,
        embedding_model=row.embedding_model,
        embedding_dimension=row.embedding_dimension,
        state=GenerationState(row.state),
        passages_done=row.passages_done,
        passages_total=row.passages_total,
        created_at=row.created_at,
        accepted_at=row.accepted_at,
        reason=row.reason,
        comparison=to_comparison(row.measures),
    )


def to_measures(comparison: GenerationComparison) -> dict[str, Any]:  # Any: JSON
    """Return a comparison as it is stored."""
    return asdict(comparison)


def to_comparison(measures: dict[str, Any]) -> GenerationComparison | None:  # Any: JSON
    """Return the stored comparison, None if there was none."""
    if not measures:
        return None
    sides = {side: IndexMeasures(**measures[side]) for side in ("live", "candidate")}
    return GenerationComparison(**(measures | sides))


def _live_number(session: Session, collection_id: str) -> int:
    number = session.exec(
        select(CollectionRow.generation).where(CollectionRow.id == collection_id)
    ).first()
    return number or FIRST
