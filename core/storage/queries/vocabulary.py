"""The stored sets of synonyms, and the number of their changes."""

from collections.abc import Collection, Sequence

from sqlalchemy import text
from sqlmodel import Session, col, delete, select

from core.domain.batches import batched
from core.storage.tables import SynonymSetRow, VocabularyRevisionRow

SYNONYMS = "synonyms"
IDS_PER_QUERY = 500
_COUNT = text(
    "INSERT INTO vocabulary_revisions (name, number) VALUES (:name, 1) "
    "ON CONFLICT (name) DO UPDATE SET number = vocabulary_revisions.number + 1"
)


def vocabulary_revision(session: Session) -> int:
    """Return the number of changes so far; whoever has read the sets compares it."""
    query = select(VocabularyRevisionRow.number).where(VocabularyRevisionRow.name == SYNONYMS)
    return session.exec(query).first() or 0


def count_vocabulary_change(session: Session) -> None:
    """Count a change in its transaction; concurrent ones follow each other from here on."""
    session.execute(_COUNT, {"name": SYNONYMS})


def stored_sets(session: Session) -> Sequence[SynonymSetRow]:
    """Return all rows, the oldest first."""
    order = (col(SynonymSetRow.added_at), col(SynonymSetRow.id))
    return session.exec(select(SynonymSetRow).order_by(*order)).all()


def remove_sets_from(session: Session, document_ids: Collection[str]) -> int:
    """Remove the sets with a phrase that was found in one of these documents; return how many."""
    removed = 0
    for batch in batched(sorted(document_ids), IDS_PER_QUERY):
        statement = delete(SynonymSetRow).where(col(SynonymSetRow.document_id).in_(batch))
        removed += session.execute(statement).rowcount  # type: ignore[attr-defined]  # of a CursorResult
    if removed:
        count_vocabulary_change(session)
    return removed
