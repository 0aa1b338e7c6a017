"""Turns chunk ids back into passages, with the access check repeated."""

from collections.abc import Collection as Ids

from sqlmodel import Session, and_, col, select
from sqlmodel.sql.expression import Select

from core.domain.knowledge import Chunk
from core.storage.queries.spending.switches import is_document_on
from core.storage.tables import ChunkRow, DocumentRow, DocumentVersionRow, PageRow


def hydrate(session: Session, chunk_ids: Ids[int], collection_ids: Ids[str]) -> dict[int, Chunk]:
    """Return the ready chunks among `chunk_ids` that lie in one of `collection_ids`, by id.

    Those of a document that is turned off are absent.

    Ids that an index still knows but the database does not allow are silently absent: that is
    the second of the two access checks.
    """
    rows = session.exec(
        _ready().where(
            col(ChunkRow.id).in_(chunk_ids),
            col(ChunkRow.collection_id).in_(collection_ids),
            is_document_on(),
        )
    ).all()
    return {row[0].id: _to_chunk(*row) for row in rows if row[0].id is not None}


def chunk_before(session: Session, chunk: Chunk) -> Chunk | None:
    """Return the ready chunk in front of a chunk on its page, None if it is the first one."""
    row = session.exec(
        _ready()
        .where(
            ChunkRow.version_id == chunk.version_id,
            ChunkRow.collection_id == chunk.collection_id,
            ChunkRow.page_to == chunk.page_from,
            col(ChunkRow.end) <= chunk.start,
            is_document_on(),
        )
        .order_by(col(ChunkRow.end).desc())
        .limit(1)
    ).first()
    return _to_chunk(*row) if row else None


def passages_of(
    session: Session, version_id: str, collection_ids: Ids[str], *, is_ready: bool, limit: int
) -> list[Chunk]:
    """Return the first chunks of a version in their order, where they may be read.

    Those of a version that answers no longer are not ready; the caller decides which may be shown.
    """
    rows = session.exec(
        (_ready() if is_ready else _any())
        .where(
            ChunkRow.version_id == version_id,
            col(ChunkRow.is_ready) == is_ready,
            col(ChunkRow.collection_id).in_(collection_ids),
            is_document_on(),
        )
        .order_by(col(ChunkRow.ordinal), col(ChunkRow.id))
        .limit(limit)
    ).all()
    return [_to_chunk(*row) for row in rows]


def texts_in_parentheses(
    session: Session, chunk_ids: Ids[int], collection_ids: Ids[str]
) -> list[str]:
    """Return the texts with parentheses among these ready chunks, where they may be read."""
    texts = (
        select(ChunkRow.text)
        .join(DocumentRow, col(ChunkRow.document_id) == DocumentRow.id)
        .where(
            col(ChunkRow.id).in_(chunk_ids),
            col(ChunkRow.collection_id).in_(collection_ids),
            col(ChunkRow.is_ready),
            col(DocumentRow.current_version_id) == ChunkRow.version_id,
            col(ChunkRow.text).contains("("),
            is_document_on(),
        )
    )
    return list(session.exec(texts.order_by(col(ChunkRow.id))).all())


def collections_of(session: Session, chunk_ids: Ids[int]) -> dict[int, str]:
    """Return the collection of each of these chunks that exists."""
    rows = session.exec(
        select(ChunkRow.id, ChunkRow.collection_id).where(col(ChunkRow.id).in_(chunk_ids))
    ).all()
    return {chunk_id: collection_id for chunk_id, collection_id in rows if chunk_id is not None}


def ready_chunks(session: Session, collection_id: str, *, after: int, limit: int) -> list[Chunk]:
    """Return up to `limit` ready chunks with an id above `after`, by id."""
    rows = session.exec(
        _ready()
        .where(ChunkRow.collection_id == collection_id, col(ChunkRow.id) > after)
        .order_by(col(ChunkRow.id))
        .limit(limit)
    ).all()
    return [_to_chunk(*row) for row in rows]


def chunks_by_id(session: Session, chunk_ids: Ids[int]) -> list[Chunk]:
    """Return these chunks in any state, by id; for work on the indexes, never for readers."""
    rows = session.exec(
        _any().where(col(ChunkRow.id).in_(chunk_ids)).order_by(col(ChunkRow.id))
    ).all()
    return [_to_chunk(*row) for row in rows]


def _ready() -> Select[ChunkRow, DocumentRow, str, str | None]:
    """Return the passages of current versions that are in both indexes."""
    return _any().where(
        col(ChunkRow.is_ready), col(DocumentRow.current_version_id) == ChunkRow.version_id
    )


def _any() -> Select[ChunkRow, DocumentRow, str, str | None]:
    return (
        select(ChunkRow, DocumentRow, DocumentVersionRow.file_name, PageRow.label)
        .join(DocumentRow, col(ChunkRow.document_id) == DocumentRow.id)
        .join(DocumentVersionRow, col(ChunkRow.version_id) == DocumentVersionRow.id)
        .outerjoin(
            PageRow,
            and_(
                col(PageRow.version_id) == ChunkRow.version_id,
                col(PageRow.number) == ChunkRow.page_from,
            ),
        )
    )


def _to_chunk(row: ChunkRow, document: DocumentRow, file_name: str, label: str | None) -> Chunk:
    return Chunk(
        id=row.id or 0,
        collection_id=row.collection_id,
        document_id=row.document_id,
        version_id=row.version_id,
        document_title=document.title,
        file_name=file_name,
        external_id=document.external_id,
        ordinal=row.ordinal,
        text=row.text,
        start=row.start,
        page_from=row.page_from,
        page_to=row.page_to,
        headings=tuple(row.headings),
        page_label=label or "page",
    )
