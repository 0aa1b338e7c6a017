"""Queries for what the database holds of a collection: versions and answering passages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import case, update
from sqlmodel import Session, col, func, select

from core.domain.batches import batched
from core.domain.knowledge import DocumentState
from core.domain.text.sentences import sentence_spans
from core.storage.queries.chunks import chunks_by_id
from core.storage.tables import (
    ChunkRow,
    CollectionRow,
    DocumentRow,
    DocumentVersionRow,
    SentenceVectorsRow,
)

IDS_PER_QUERY = 500


@dataclass(frozen=True, slots=True)
class StockedVersion:
    """One version with the number of passages stored for it, and how many of them are ready."""

    id: str
    document_id: str
    number: int
    state: DocumentState
    sha256: str
    is_current: bool
    chunk_count: int
    stored: int
    ready: int

    @property
    def is_broken(self) -> bool:
        """Whether the version claims to be ready and its passages contradict that."""
        if self.state is not DocumentState.READY:
            return False
        is_whole = self.stored == self.chunk_count > 0
        return not is_whole or (self.is_current and self.ready != self.stored)

    @property
    def is_leftover(self) -> bool:
        """Whether passages remain of a version that never became ready."""
        return self.state.is_final and self.state is not DocumentState.READY and self.stored > 0


def stocked_versions(session: Session, collection_id: str) -> list[StockedVersion]:
    """Return all versions of all documents of a collection."""
    counted = (
        select(
            col(ChunkRow.version_id).label("version_id"),
            func.count(col(ChunkRow.id)).label("stored"),
            func.sum(case((col(ChunkRow.is_ready), 1), else_=0)).label("ready"),
        )
        .where(ChunkRow.collection_id == collection_id)
        .group_by(col(ChunkRow.version_id))
        .subquery()
    )
    rows = session.exec(
        select(
            DocumentVersionRow, DocumentRow.current_version_id, counted.c.stored, counted.c.ready
        )
        .join(DocumentRow, col(DocumentRow.id) == DocumentVersionRow.document_id)
        .outerjoin(counted, counted.c.version_id == DocumentVersionRow.id)
        .where(DocumentRow.collection_id == collection_id)
    ).all()
    return [
        StockedVersion(
            id=version.id,
            document_id=version.document_id,
            number=version.number,
            state=DocumentState(version.state),
            sha256=version.sha256,
            is_current=version.id == current,
            chunk_count=version.chunk_count,
            stored=stored or 0,
            ready=ready or 0,
        )
        for version, current, stored, ready in rows
    ]


def current_versions(session: Session, collection_id: str) -> dict[str, str | None]:
    """Return which version of each document of a collection should answer."""
    rows = session.exec(
        select(DocumentRow.id, DocumentRow.current_version_id).where(
            DocumentRow.collection_id == collection_id
        )
    ).all()
    return dict(rows)


def ready_chunk_ids(session: Session, collection_id: str) -> tuple[set[int], set[int]]:
    """Return the ready passages of versions that answer, and those of versions that do not."""
    rows = session.exec(
        select(ChunkRow.id, DocumentRow.current_version_id, ChunkRow.version_id)
        .join(DocumentRow, col(DocumentRow.id) == ChunkRow.document_id)
        .where(ChunkRow.collection_id == collection_id, col(ChunkRow.is_ready))
    ).all()
    answering = {i for i, current, version in rows if i is not None and current == version}
    return answering, {i for i, _, _ in rows if i is not None} - answering


def first_and_last_ids(session: Session, collection_id: str, count: int) -> set[int]:
    """Return the `count` oldest and the `count` newest of the ready, answering passages."""
    answering = (
        select(ChunkRow.id)
        .join(DocumentRow, col(DocumentRow.current_version_id) == ChunkRow.version_id)
        .where(ChunkRow.collection_id == collection_id, col(ChunkRow.is_ready))
        .limit(count)
    )
    oldest = session.exec(answering.order_by(col(ChunkRow.id))).all()
    newest = session.exec(answering.order_by(col(ChunkRow.id).desc())).all()
    return {i for i in (*oldest, *newest) if i is not None}


def chunk_ids_in_work(session: Session, collection_id: str, version_ids: Iterable[str]) -> set[int]:
    """Return the passages of versions that are being read at the moment."""
    in_work: set[int] = set()
    for batch in batched(version_ids, IDS_PER_QUERY):
        of_these = col(ChunkRow.version_id).in_(batch)
        rows = session.exec(
            select(ChunkRow.id).where(ChunkRow.collection_id == collection_id, of_these)
        ).all()
        in_work |= {i for i in rows if i is not None}
    return in_work


def without_sentences(session: Session, collection_id: str, chunk_ids: set[int]) -> frozenset[int]:
    """Return those passages that have sentences but no vectors of them in the live index."""
    rows = session.exec(
        select(ChunkRow.id)
        .join(CollectionRow, col(CollectionRow.id) == ChunkRow.collection_id)
        .outerjoin(
            SentenceVectorsRow,
            (col(SentenceVectorsRow.chunk_id) == ChunkRow.id)
            & (col(SentenceVectorsRow.generation) == CollectionRow.generation),
        )
        .where(
            ChunkRow.collection_id == collection_id,
            col(ChunkRow.is_ready),
            col(SentenceVectorsRow.chunk_id).is_(None),
        )
    ).all()
    unknown = sorted(i for i in rows if i in chunk_ids)
    return frozenset(_with_sentences(session, unknown))


def _with_sentences(session: Session, chunk_ids: Sequence[int]) -> Iterator[int]:
    for batch in batched(chunk_ids, IDS_PER_QUERY):
        for chunk in chunks_by_id(session, batch):
            if sentence_spans(chunk.searchable_text, chunk.text):
                yield chunk.id


def unready(session: Session, chunk_ids: Iterable[int]) -> None:
    """Take passages out of all answers."""
    for batch in batched(chunk_ids, IDS_PER_QUERY):
        is_listed = col(ChunkRow.id).in_(batch)
        session.execute(update(ChunkRow).where(is_listed).values(is_ready=False))


def used_hashes(session: Session) -> set[str]:
    """Return the SHA-256 of every original that some version of a collection refers to."""
    return set(session.exec(select(DocumentVersionRow.sha256).distinct()).all())


def hashes_of(session: Session, version_ids: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of the original of each version, by version id."""
    hashes: dict[str, str] = {}
    for batch in batched(version_ids, IDS_PER_QUERY):
        is_listed = col(DocumentVersionRow.id).in_(batch)
        rows = session.exec(
            select(DocumentVersionRow.id, DocumentVersionRow.sha256).where(is_listed)
        )
        hashes.update(rows.all())
    return hashes
