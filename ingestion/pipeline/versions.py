"""Queries for document versions on their way into the index; all take a session first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import CursorResult, delete, update
from sqlmodel import Session, col, select

from core.domain.batches import batched
from core.domain.clock import now
from core.domain.knowledge import PAGE_SEPARATOR, DocumentState, ParsedDocument
from core.errors import PassagesMissing
from core.storage.queries.sentences import store_sentences
from core.storage.tables import ChunkRow, DocumentRow, DocumentVersionRow, PageRow
from ingestion.files.media import MediaType
from ingestion.indexing.drafts import Indexed, Source, VersionDraft
from ingestion.indexing.indexes import ChunkIds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.domain.ports import Vectors

IDS_PER_QUERY = 500
RELEASED = "released"
SHOWN_PAGES = 10
# Waiting for the pipeline or in it; a paused version is neither.
ACTIVE = (DocumentState.QUEUED.value, DocumentState.PARSING.value, DocumentState.INDEXING.value)


@dataclass(frozen=True, slots=True)
class StateChange:
    """The state that versions get; `progress` runs from 0 to 1, `seconds` are those of the work."""

    state: DocumentState
    progress: float = 0.0
    reason: str = ""
    seconds: float = 0.0


def unfinished_sources(session: Session, version_ids: Sequence[str]) -> list[Source]:
    """Return the versions still to be read, in the order of `version_ids`."""
    rows = _rows_of(session, version_ids)
    wanted = (rows[version_id] for version_id in dict.fromkeys(version_ids) if version_id in rows)
    return [_source(*row) for row in wanted if row[0].state in ACTIVE]


def active_among(session: Session, version_ids: Sequence[str]) -> set[str]:
    """Return those versions that nobody has paused, cancelled or deleted meanwhile."""
    return set(
        session.exec(
            select(DocumentVersionRow.id).where(
                col(DocumentVersionRow.id).in_(version_ids),
                col(DocumentVersionRow.state).in_(ACTIVE),
            )
        ).all()
    )


def stopped_among(session: Session, version_ids: Sequence[str]) -> Sequence[str]:
    """Return those versions that somebody has paused or cancelled."""
    stopped = (DocumentState.PAUSED.value, DocumentState.CANCELLED.value)
    return session.exec(
        select(DocumentVersionRow.id).where(
            col(DocumentVersionRow.id).in_(version_ids), col(DocumentVersionRow.state).in_(stopped)
        )
    ).all()


def version_ids_of(session: Session, document_id: str) -> Sequence[str]:
    """Return the ids of all versions of a document, in any state."""
    return session.exec(
        select(DocumentVersionRow.id).where(DocumentVersionRow.document_id == document_id)
    ).all()


def unfinished_ids(session: Session) -> list[str]:
    """Return the versions that wait for the pipeline or were in it, the oldest first."""
    return list(
        session.exec(
            select(DocumentVersionRow.id)
            .where(col(DocumentVersionRow.state).in_(ACTIVE))
            .order_by(col(DocumentVersionRow.uploaded_at))
        ).all()
    )


def set_state(
    session: Session,
    version_ids: Sequence[str],
    change: StateChange,
    *,
    among: Iterable[str] = tuple(DocumentState),
) -> int:
    """Move versions that are in one of the states `among`; a final state gets its time.

    Returns how many were moved.
    """
    finished_at = now() if change.state.is_final else None
    result = session.execute(
        update(DocumentVersionRow)
        .where(
            col(DocumentVersionRow.id).in_(version_ids), col(DocumentVersionRow.state).in_(among)
        )
        .values(
            state=change.state.value,
            progress=change.progress,
            reason=change.reason,
            seconds=change.seconds,
            finished_at=finished_at,
        )
    )
    return result.rowcount if isinstance(result, CursorResult) else 0


def chunk_ids_of(session: Session, version_ids: Sequence[str]) -> ChunkIds:
    """Return the ids of all chunks of these versions, ready or not, by collection."""
    chunk_ids: ChunkIds = defaultdict(list)
    for batch in batched(version_ids, IDS_PER_QUERY):
        rows = session.exec(
            select(ChunkRow.collection_id, ChunkRow.id).where(col(ChunkRow.version_id).in_(batch))
        ).all()
        for collection_id, chunk_id in rows:
            chunk_ids[collection_id].append(chunk_id or 0)
    return chunk_ids


def remove_content(session: Session, version_ids: Sequence[str]) -> None:
    """Remove pages and chunks, whose index entries must be gone before."""
    for batch in batched(version_ids, IDS_PER_QUERY):
        session.execute(delete(ChunkRow).where(col(ChunkRow.version_id).in_(batch)))
        session.execute(delete(PageRow).where(col(PageRow.version_id).in_(batch)))


def store_content(session: Session, draft: VersionDraft) -> list[int] | None:
    """Store pages and chunks, not ready yet; None if the version was deleted meanwhile."""
    if session.get(DocumentVersionRow, draft.source.version_id) is None:
        return None
    session.add_all(_pages(draft))
    chunks = [_chunk(draft, *numbered) for numbered in enumerate(draft.content_hashes())]
    session.add_all(chunks)
    session.flush()
    return [chunk.id or 0 for chunk in chunks]


def store_sentence_vectors(
    session: Session,
    stored: Sequence[tuple[VersionDraft, list[int] | None]],
    sentences: Sequence[Vectors],
    *,
    generation: int = 1,
) -> None:
    """Store the sentence vectors of stored drafts; `sentences` has an entry for each passage."""
    row = 0
    for draft, ids in stored:
        if ids:
            own = sentences[row : row + len(ids)]
            store_sentences(session, ids, own, generation=generation)
        row += len(draft.passages)


def publish(session: Session, batch: Sequence[Indexed]) -> ChunkIds:
    """Make versions the ones that answer; return the chunks that no longer do.

    Those are the chunks of older versions, and of versions paused, cancelled, deleted or overtaken
    meanwhile. Raises PassagesMissing if the database lacks any that should answer.
    """
    known = _rows_of(session, [item.draft.source.version_id for item in batch])
    rows = {version_id: pair for version_id, pair in known.items() if pair[0].state in ACTIVE}
    for item in batch:
        if item.draft.source.version_id in rows:
            _make_current(session, *rows[item.draft.source.version_id], item)
    retired: ChunkIds = defaultdict(list)
    answering: list[str] = []
    for item in batch:
        source = item.draft.source
        _, document = rows.get(source.version_id, (None, None))
        # Deleted, or a newer version was ready before, perhaps in this very batch.
        if document is None or document.current_version_id != source.version_id:
            retired[source.collection_id].extend(item.chunk_ids)
        else:
            retired[source.collection_id].extend(_retire_others(session, source))
            answering.append(source.version_id)
    counted = 0
    for group in batched(answering, IDS_PER_QUERY):
        is_mine = col(ChunkRow.version_id).in_(group)
        result = session.execute(update(ChunkRow).where(is_mine).values(is_ready=True))
        counted += result.rowcount if isinstance(result, CursorResult) else 0
    if counted != sum(len(i.chunk_ids) for i in batch if i.draft.source.version_id in answering):
        raise PassagesMissing(
            "Another process removed passages of this document while it was being read. Try again."
        )
    return retired


def _rows_of(
    session: Session, version_ids: Sequence[str]
) -> dict[str, tuple[DocumentVersionRow, DocumentRow]]:
    rows_by_id: dict[str, tuple[DocumentVersionRow, DocumentRow]] = {}
    for batch in batched(version_ids, IDS_PER_QUERY):
        rows = session.exec(
            select(DocumentVersionRow, DocumentRow)
            .join(DocumentRow, col(DocumentVersionRow.document_id) == DocumentRow.id)
            .where(col(DocumentVersionRow.id).in_(batch))
        ).all()
        rows_by_id |= {version.id: (version, document) for version, document in rows}
    return rows_by_id


def _make_current(
    session: Session, version: DocumentVersionRow, document: DocumentRow, item: Indexed
) -> None:
    version.state, version.progress = DocumentState.READY.value, 1.0
    version.reason = _note_on(item.draft.document)
    version.page_count = len(item.draft.document.pages)
    version.chunk_count = len(item.chunk_ids)
    version.finished_at, version.seconds = now(), item.seconds
    if not _is_overtaken(session, document, version):
        document.title = item.draft.document.title
        document.current_version_id = version.id


def _note_on(document: ParsedDocument) -> str:
    """Return what an administrator should know of a read document; empty if all is well."""
    notes = (
        _note_on_pages(document),
        _note_on_left_out(document),
        _note_on_restrictions(document),
    )
    return " ".join(note for note in notes if note)


def _note_on_pages(document: ParsedDocument) -> str:
    unread = [page for page in document.pages if page.quality == 0 and not page.text.strip()]
    if not unread:
        return ""
    shown = ", ".join(str(page.number) for page in unread[:SHOWN_PAGES])
    more = f" and {len(unread) - SHOWN_PAGES} more" if len(unread) > SHOWN_PAGES else ""
    return (
        f"{len(unread)} of {len(document.pages)} pages could not be read ({shown}{more}): they "
        "contain only images of text. Answers do not use them."
    )


def _note_on_left_out(document: ParsedDocument) -> str:
    if not document.left_out:
        return ""
    parts = ", ".join(f"{part.what}: {part.count}" for part in document.left_out)
    return f"Not read ({parts}). Answers do not use their content."


def _note_on_restrictions(document: ParsedDocument) -> str:
    if not document.restrictions:
        return ""
    forbidden = " and ".join(document.restrictions)
    return (
        f"Its author does not allow {forbidden}. Answers quote from it, so make sure that this "
        "is permitted here."
    )


def _retire_others(session: Session, source: Source) -> list[int]:
    if source.number == 1:
        return []
    # Selected by version, because chunks have an index on it.
    others = [v for v in version_ids_of(session, source.document_id) if v != source.version_id]
    in_others = col(ChunkRow.version_id).in_(others)
    retired = session.exec(select(ChunkRow.id).where(in_others, col(ChunkRow.is_ready))).all()
    session.execute(update(ChunkRow).where(in_others).values(is_ready=False))
    return [chunk_id for chunk_id in retired if chunk_id is not None]


def _is_overtaken(session: Session, document: DocumentRow, version: DocumentVersionRow) -> bool:
    if document.current_version_id in (None, version.id):
        return False
    if version.number <= document.settled_number:
        return True
    current = session.get(DocumentVersionRow, document.current_version_id)
    return current is not None and current.number > version.number


def delete_document(session: Session, document_id: str) -> int:
    """Delete the document with its versions, pages and chunks; return the rows deleted (0, 1)."""
    result = session.execute(delete(DocumentRow).where(col(DocumentRow.id) == document_id))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _source(version: DocumentVersionRow, document: DocumentRow) -> Source:
    return Source(
        version_id=version.id,
        document_id=document.id,
        collection_id=document.collection_id,
        number=version.number,
        file_name=version.file_name,
        media_type=MediaType(version.media_type),
        sha256=version.sha256,
        title=document.title,
        external_id=document.external_id,
        is_released=version.decision == RELEASED,
    )


def _pages(draft: VersionDraft) -> Iterable[PageRow]:
    start = 0
    for page in draft.document.pages:
        yield PageRow(
            version_id=draft.source.version_id,
            number=page.number,
            label=page.label,
            start=start,
            text=page.text,
            quality=page.quality,
            ocr_confidence=page.ocr_confidence,
        )
        start += len(page.text) + len(PAGE_SEPARATOR)


def _chunk(draft: VersionDraft, ordinal: int, content_hash: str) -> ChunkRow:
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
        content_hash=content_hash,
    )
