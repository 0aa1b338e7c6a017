"""The details that people keep of a document: owner, origin, classification, rights, review."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, func, select

from core.domain.access import require_active, require_admin
from core.domain.clock import now
from core.domain.identity import User
from core.domain.knowledge import Sensitivity
from core.errors import InvalidInput, NotFound
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.privacy.attachments import is_shared_document, shared_document
from core.storage.tables import CollectionRow, DocumentRow, UserRow
from ingestion.library.fitness import Fitness, fitness_of
from ingestion.library.reviews import DUE_DAYS, ReviewState, review_state, today

MAX_NOTE = 1000
IDS_PER_QUERY = 500
GONE = "This document no longer exists, or it is not yours."


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes to make; None leaves a field as it is.

    An empty `owner_id` means nobody, and `no_review` removes the review date.
    """

    owner_id: str | None = None
    source: str | None = None
    classification: Sensitivity | None = None
    rights: str | None = None
    review_by: date | None = None
    no_review: bool = False


@dataclass(frozen=True, slots=True)
class Details:
    """The details of a document besides its text.

    `current_version_id` is the version that answers, empty if none does.
    """

    document_id: str
    title: str
    collection_id: str
    collection_name: str
    owner_id: str
    owner_name: str
    source: str
    classification: Sensitivity
    rights: str
    review_by: date | None
    reviewed_at: datetime | None
    current_version_id: str

    @property
    def review(self) -> ReviewState:
        return review_state(self.review_by)


class Stewardship:
    """The service by which administrators change documents, and owners review their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def details(self, user: User, document_id: str) -> Details:
        """Return the details, for administrators and the owner; raises NotFound."""
        with self._database.read() as session:
            row = _own_document(session, user, document_id)
            [details] = _details(session, [row.id])
            return details

    def update(self, user: User, document_ids: Sequence[str], changes: Changes) -> int:
        """Change these documents and return how many; administrators only.

        Deleted documents are left out. Raises InvalidInput for a review date in the past and for
        notes above 1,000 characters, NotFound for an owner without an active account.
        """
        require_admin(user)
        values = _values(changes)
        changed = 0
        with self._database.begin() as session:
            _require_owner(session, changes.owner_id)
            for row in _rows(session, document_ids):
                row.sqlmodel_update(values)
                fields = ", ".join(sorted(values))
                record_event(session, user, "document.described", row.id, fields=fields)
                changed += 1
        return changed

    def mark_reviewed(self, user: User, document_id: str, next_review: date) -> Details:
        """Record that the document was reviewed today and is due again on `next_review`.

        For administrators and the owner; raises NotFound and InvalidInput.
        """
        require_active(user)
        if next_review <= today():
            raise InvalidInput("Choose a day after today for the next review.")
        with self._database.begin() as session:
            row = _own_document(session, user, document_id)
            row.reviewed_at, row.review_by = now(), next_review
            record_event(session, user, "document.reviewed", row.id)
            session.flush()
            [details] = _details(session, [row.id])
            return details

    def due_reviews(self, user: User, limit: int = 50) -> list[Details]:
        """Return documents overdue or due within 30 days, the longest overdue first.

        People get only their own documents, administrators all of them.
        """
        with self._database.read() as session:
            ids = session.exec(
                select(DocumentRow.id)
                .where(*_due_for(user))
                .order_by(col(DocumentRow.review_by), col(DocumentRow.title))
                .limit(limit)
            ).all()
            return _details(session, ids)

    def count_due(self, user: User) -> int:
        """Return how many documents `due_reviews` has in all."""
        with self._database.read() as session:
            return session.exec(
                select(func.count(col(DocumentRow.id))).where(*_due_for(user))
            ).one()

    def owns_any(self, user: User) -> bool:
        """Tells whether some document is this person's own."""
        with self._database.read() as session:
            owned = select(DocumentRow.id).where(DocumentRow.owner_id == user.id).limit(1)
            return bool(user.id) and session.exec(owned).first() is not None

    def fitness(self, user: User, document_ids: Sequence[str]) -> dict[str, Fitness]:
        """Return the fitness by document id, without deleted documents; administrators only."""
        require_admin(user)
        with self._database.read() as session:
            return fitness_of(session, document_ids)


def _own_document(session: Session, user: User, document_id: str) -> DocumentRow:
    require_active(user)
    row = shared_document(session, document_id)
    if row is None or not (user.is_admin or (user.id and row.owner_id == user.id)):
        raise NotFound(GONE)
    return row


def _due_for(user: User) -> list[Any]:  # Any: conditions and booleans share no public type
    require_active(user)
    due = [col(DocumentRow.review_by) <= today() + timedelta(days=DUE_DAYS), is_shared_document()]
    return due if user.is_admin else [*due, DocumentRow.owner_id == user.id]


def _rows(session: Session, document_ids: Sequence[str]) -> Iterable[DocumentRow]:
    for start in range(0, len(document_ids), IDS_PER_QUERY):
        batch = document_ids[start : start + IDS_PER_QUERY]
        listed = select(DocumentRow).where(col(DocumentRow.id).in_(batch), is_shared_document())
        yield from session.exec(listed).all()


def _values(changes: Changes) -> dict[str, object]:
    """Return the columns to set, with their values."""
    if changes.review_by is not None and changes.review_by < today():
        raise InvalidInput("The review date is in the past. Choose today or a later day.")
    values: dict[str, object] = {}
    if changes.owner_id is not None:
        values["owner_id"] = changes.owner_id or None
    if changes.classification is not None:
        values["classification"] = changes.classification.value
    if changes.source is not None:
        values["source"] = _note(changes.source, "source")
    if changes.rights is not None:
        values["rights"] = _note(changes.rights, "note on rights")
    if changes.review_by is not None or changes.no_review:
        values["review_by"] = None if changes.no_review else changes.review_by
    if not values:
        raise InvalidInput("Nothing was changed: no field was filled in.")
    return values


def _note(text: str, name: str) -> str:
    note = clean(text).text.strip()
    if len(note) > MAX_NOTE:
        raise InvalidInput(f"Keep the {name} below {MAX_NOTE:,} characters.")
    return note


def _require_owner(session: Session, owner_id: str | None) -> None:
    owner = session.get(UserRow, owner_id) if owner_id else None
    if owner_id and (owner is None or not owner.is_active):
        raise NotFound("This account no longer exists, or it is deactivated.")


def _details(session: Session, document_ids: Sequence[str]) -> list[Details]:
    """Return the details in the order of `document_ids`."""
    rows = session.exec(
        select(DocumentRow, CollectionRow.name, UserRow.name)
        .join(CollectionRow, col(CollectionRow.id) == DocumentRow.collection_id)
        .join(UserRow, col(UserRow.id) == DocumentRow.owner_id, isouter=True)
        .where(col(DocumentRow.id).in_(document_ids), is_shared_document())
    ).all()
    by_id = {row.id: _to_details(row, collection, owner) for row, collection, owner in rows}
    return [by_id[document_id] for document_id in document_ids if document_id in by_id]


def _to_details(row: DocumentRow, collection_name: str, owner_name: str | None) -> Details:
    return Details(
        document_id=row.id,
        title=row.title,
        collection_id=row.collection_id,
        collection_name=collection_name,
        owner_id=row.owner_id or "",
        owner_name=owner_name or "",
        source=row.source,
        classification=Sensitivity(row.classification),
        rights=row.rights,
        review_by=row.review_by,
        reviewed_at=row.reviewed_at,
        current_version_id=row.current_version_id or "",
    )
