"""Reads and writes of document versions on their way into the index; all take a session first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import CursorResult, delete, update
from sqlmodel import Session, col, select

from core.domain.clock import now
from core.domain.knowledge import PAGE_SEPARATOR, DocumentState
from core.storage.tables import ChunkRow, DocumentRow, DocumentVersionRow, PageRow
from ingestion.drafts import Draft, Source
from ingestion.indexes import ChunkIds
from ingestion.media import MediaType

IDS_PER_QUERY = 500
UNFINISHED = [state.value for state in DocumentState if not state.is_final]


def unfinished_source(session: Session, version_id: str) -> Source | None:
    """The version if it still has to be read, None if it is finished or gone."""
    row = session.exec(
        select(DocumentVersionRow, DocumentRow)
        .join(DocumentRow, col(DocumentVersionRow.document_id) == DocumentRow.id)
        .where(DocumentVersionRow.id == version_id, col(DocumentVersionRow.state).in_(UNFINISHED))
    ).first()
    if row is None:
        return None
    version, document = row
    return Source(
        version_id=version.id,
        document_id=document.id,
        collection_id=document.collection_id,
        number=version.number,
        file_name=version.file_name,
        media_type=MediaType(version.media_type),
        sha256=version.sha256,
        title=document.title,
    )


def unfinished_ids(session: Session) -> list[str]:
    """Versions that are not final, the oldest first."""
    return list(
        session.exec(
            select(DocumentVersionRow.id)
            .where(col(DocumentVersionRow.state).in_(UNFINISHED))
            .order_by(col(DocumentVersionRow.uploaded_at))
        ).all()
    )


def set_state(
    session: Session,
    version_ids: Sequence[str],
    state: DocumentState,
    *,
    progress: float = 0.0,
    reason: str = "",
) -> None:
    """Moves versions to a state; a final one gets its time."""
    finished_at = now() if state.is_final else None
    session.execute(
        update(DocumentVersionRow)
        .where(col(DocumentVersionRow.id).in_(version_ids))
        .values(state=state.value, progress=progress, reason=reason, finished_at=finished_at)
    )


def chunk_ids_of(session: Session, version_ids: Sequence[str]) -> ChunkIds:
    """All chunks of these versions, ready or not."""
    found: ChunkIds = defaultdict(list)
    for some in _batches(version_ids):
        rows = session.exec(
            select(ChunkRow.collection_id, ChunkRow.id).where(col(ChunkRow.version_id).in_(some))
        ).all()
        for collection_id, chunk_id in rows:
            found[collection_id].append(chunk_id or 0)
    return found


def remove_content(session: Session, version_ids: Sequence[str]) -> None:
    """Removes pages and chunks; their index entries must be gone before."""
    for some in _batches(version_ids):
        session.execute(delete(ChunkRow).where(col(ChunkRow.version_id).in_(some)))
        session.execute(delete(PageRow).where(col(PageRow.version_id).in_(some)))


def store_content(session: Session, draft: Draft) -> list[int] | None:
    """Stores pages and chunks, not ready yet; None if the version was deleted meanwhile."""
    if session.get(DocumentVersionRow, draft.source.version_id) is None:
        return None
    session.add_all(_pages(draft))
    chunks = [_chunk(draft, ordinal) for ordinal in range(len(draft.passages))]
    session.add_all(chunks)
    session.flush()
    return [chunk.id or 0 for chunk in chunks]


def publish(session: Session, draft: Draft, chunk_ids: list[int]) -> list[int]:
    """Makes the version the one that answers; returns the chunk ids that no longer do.

    Those are the chunks of older versions, or its own if it was deleted or overtaken meanwhile.
    """
    source = draft.source
    version = session.get(DocumentVersionRow, source.version_id)
    document = session.get(DocumentRow, source.document_id, with_for_update=True)
    if version is None or document is None:
        return chunk_ids
    version.page_count = len(draft.document.pages)
    version.chunk_count = len(chunk_ids)
    set_state(session, [version.id], DocumentState.READY, progress=1.0)
    if _is_overtaken(session, document, source.number):
        return chunk_ids
    document.title = draft.document.title
    document.current_version_id = version.id
    return _replace_ready_chunks(session, source)


def _replace_ready_chunks(session: Session, source: Source) -> list[int]:
    is_mine = col(ChunkRow.version_id) == source.version_id
    is_in_document = col(ChunkRow.document_id) == source.document_id
    retired = session.exec(
        select(ChunkRow.id).where(is_in_document, ~is_mine, col(ChunkRow.is_ready))
    ).all()
    session.execute(update(ChunkRow).where(is_in_document).values(is_ready=is_mine))
    return [chunk_id for chunk_id in retired if chunk_id is not None]


def _is_overtaken(session: Session, document: DocumentRow, number: int) -> bool:
    if document.current_version_id is None:
        return False
    current = session.get(DocumentVersionRow, document.current_version_id)
    return current is not None and current.number > number


def delete_document(session: Session, document_id: str) -> int:
    """Deletes the document with its versions, pages and chunks; returns the rows deleted (0, 1)."""
    result = session.execute(delete(DocumentRow).where(col(DocumentRow.id) == document_id))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _pages(draft: Draft) -> Iterable[PageRow]:
    start = 0
    for page in draft.document.pages:
        yield PageRow(
            version_id=draft.source.version_id,
            number=page.number,
            label=page.label,
            start=start,
            text=page.text,
        )
        start += len(page.text) + len(PAGE_SEPARATOR)


def _chunk(draft: Draft, ordinal: int) -> ChunkRow:
    passage = draft.passages[ordinal]
    return ChunkRow(
        collection_id=draft.source.collection_id,
        document_id=draft.source.document_id,
        version_id=draft.source.version_id,
        ordinal=ordinal,
        page_from=passage.page_from,
        page_to=passage.page_to,
        start=passage.start,
        end=passage.end,
        headings=list(passage.headings),
        text=passage.text,
    )


def _batches(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + IDS_PER_QUERY] for start in range(0, len(ids), IDS_PER_QUERY))
