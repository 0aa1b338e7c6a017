"""What every reader may know about a document: owner, classification, age and review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from core.domain.access import require_policy
from core.domain.identity import User
from core.domain.knowledge import DocumentState, Sensitivity
from core.storage.queries.collections import readable_collections
from core.storage.queries.privacy.attachments import own_attached_collections
from core.storage.tables import DocumentRow, DocumentVersionRow, UserRow
from ingestion.library.reviews import ReviewState, review_state


@dataclass(frozen=True, slots=True)
class Provenance:
    """The details of a version; `reviewed_at` is None if nobody has reviewed the document yet.

    `collection_name` is empty for a file of a conversation.
    """

    owner_name: str
    classification: Sensitivity
    uploaded_at: datetime
    reviewed_at: datetime | None
    review_by: date | None
    is_current: bool
    version: int
    collection_name: str
    page_count: int

    @property
    def review(self) -> ReviewState:
        return review_state(self.review_by)

    @property
    def is_stale(self) -> bool:
        """Whether a reader should be warned before relying on the version."""
        return not self.is_current or self.review is ReviewState.OVERDUE


def provenance_of(
    session: Session, user: User, version_ids: Sequence[str]
) -> dict[str, Provenance]:
    """Return the provenance by version id; unreadable and deleted versions are left out."""
    require_policy(user)
    readable = {one.id: one.name for one in readable_collections(session, user)}
    found = _provenance(session, version_ids, readable)
    if set(version_ids) - found.keys():  # closed, gone, or files that this person attached
        attached = dict.fromkeys(own_attached_collections(session, user), "")
        found |= _provenance(session, version_ids, attached) if attached else {}
    return found


def _provenance(
    session: Session, version_ids: Sequence[str], readable: Mapping[str, str]
) -> dict[str, Provenance]:
    """Return the provenance of versions in these collections, given by id with their names."""
    rows = session.exec(
        select(DocumentVersionRow, DocumentRow, UserRow.name)
        .join(DocumentRow, col(DocumentRow.id) == DocumentVersionRow.document_id)
        .join(UserRow, col(UserRow.id) == DocumentRow.owner_id, isouter=True)
        .where(
            col(DocumentVersionRow.id).in_(version_ids),
            DocumentVersionRow.state == DocumentState.READY.value,
            col(DocumentRow.collection_id).in_(readable),
        )
    ).all()
    return {
        version.id: Provenance(
            owner_name=owner or "",
            classification=Sensitivity(document.classification),
            uploaded_at=version.uploaded_at,
            reviewed_at=document.reviewed_at,
            review_by=document.review_by,
            is_current=document.current_version_id == version.id,
            version=version.number,
            collection_name=readable[document.collection_id],
            page_count=version.page_count,
        )
        for version, document, owner in rows
    }
