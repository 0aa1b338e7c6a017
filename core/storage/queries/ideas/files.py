"""Files of ideas that are copies of documents: told by their hash, guarded and erased with them."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from core.domain.batches import batched
from core.storage.tables import DocumentRow, DocumentVersionRow, IdeaAttachmentRow

IDS_PER_QUERY = 500


def note_copies(session: Session, versions: Sequence[DocumentVersionRow]) -> None:
    """Write down whose copies files are, and in which collection, before these versions go."""
    by_hash = {version.sha256: version.document_id for version in versions}
    ids = set(by_hash.values())
    for batch in batched(sorted(by_hash), IDS_PER_QUERY):
        copies = select(IdeaAttachmentRow).where(
            col(IdeaAttachmentRow.sha256).in_(batch), IdeaAttachmentRow.document_id == ""
        )
        for copy in session.exec(copies).all():
            copy.document_id = by_hash[copy.sha256]
    for batch in batched(sorted(ids), IDS_PER_QUERY):
        rows = session.exec(
            select(IdeaAttachmentRow, DocumentRow.collection_id)
            .join(DocumentRow, col(DocumentRow.id) == IdeaAttachmentRow.document_id)
            .where(col(DocumentRow.id).in_(batch))
        ).all()
        for copy, collection_id in rows:
            copy.collection_id = collection_id


def remove_copies(session: Session, document_ids: Iterable[str]) -> frozenset[str]:
    """Remove the copies of these documents, and return the hashes that no file has now."""
    hashes: set[str] = set()
    for batch in batched(sorted(document_ids), IDS_PER_QUERY):
        of_these = select(IdeaAttachmentRow).where(col(IdeaAttachmentRow.document_id).in_(batch))
        for copy in session.exec(of_these).all():
            hashes.add(copy.sha256)
            session.delete(copy)
    session.flush()
    used = select(IdeaAttachmentRow.sha256).where(col(IdeaAttachmentRow.sha256).in_(hashes))
    return frozenset(hashes - set(session.exec(used).all()))


def copied_and_gone(session: Session) -> list[str]:
    """Return the ids of documents that are gone, and of which a file is a copy."""
    copied = select(IdeaAttachmentRow.document_id).where(
        IdeaAttachmentRow.document_id != "",
        col(IdeaAttachmentRow.document_id).not_in(select(DocumentRow.id)),
    )
    return list(session.exec(copied.distinct()).all())
