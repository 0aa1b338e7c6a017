"""The decisions of administrators about documents that upload checks hold back."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from core.domain.access import require_admin
from core.domain.clock import now
from core.domain.identity import User
from core.domain.knowledge import DocumentState
from core.domain.screening import Poison, ScreeningFinding
from core.errors import Conflict, InvalidInput, NotFound
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.poison import forget_poison
from core.storage.queries.privacy.attachments import is_shared_version
from core.storage.queries.screening import findings_by_version, findings_of
from core.storage.tables import CollectionRow, DocumentRow, DocumentVersionRow, UserRow
from ingestion.values import Decision, HeldVersion, Queue

LEAST_WORDS = 3
MAX_REASON = 500
GONE = "This document no longer exists."


class Quarantine:
    """The versions that are held until an administrator has looked at their findings."""

    def __init__(self, database: Database, queue: Queue) -> None:
        self._database = database
        self._queue = queue

    def held(
        self, user: User, collection_id: str | None = None, *, limit: int = 50, offset: int = 0
    ) -> list[HeldVersion]:
        """Return versions that wait for a decision, the oldest first, each with its findings."""
        require_admin(user)
        with self._database.read() as session:
            rows = session.exec(
                select(DocumentVersionRow, DocumentRow, CollectionRow, UserRow)
                .join(DocumentRow, col(DocumentVersionRow.document_id) == DocumentRow.id)
                .join(CollectionRow, col(DocumentRow.collection_id) == CollectionRow.id)
                .join(UserRow, col(DocumentVersionRow.uploaded_by) == UserRow.id, isouter=True)
                .where(*_held_in(collection_id))
                .order_by(col(DocumentVersionRow.uploaded_at), col(DocumentVersionRow.id))
                .limit(limit)
                .offset(offset)
            ).all()
            findings = findings_by_version(session, [version.id for version, *_ in rows])
        return [_held(*row, findings.get(row[0].id, ())) for row in rows]

    def count(self, user: User, collection_id: str | None = None) -> int:
        """Return how many versions wait for a decision."""
        require_admin(user)
        with self._database.read() as session:
            return session.exec(
                select(func.count(col(DocumentVersionRow.id)))
                .join(DocumentRow, col(DocumentVersionRow.document_id) == DocumentRow.id)
                .where(*_held_in(collection_id))
            ).one()

    def findings(self, user: User, version_id: str) -> tuple[ScreeningFinding, ...]:
        """Return the findings of a version in any state, blocking ones first; raises NotFound."""
        require_admin(user)
        with self._database.read() as session:
            if session.exec(_version(version_id)).first() is None:
                raise NotFound(GONE)
            return findings_of(session, version_id)

    def release(self, user: User, version_id: str, reason: str) -> None:
        """Releases the version to be indexed in spite of its findings.

        Raises InvalidInput without a reason, NotFound, and Conflict if it is not held any more.
        """
        self._decide(user, version_id, Decision.RELEASED, reason)
        self._queue.enqueue([version_id])

    def reject(self, user: User, version_id: str, reason: str) -> None:
        """Keep the version out of the index for good; its findings and its original stay.

        Raises InvalidInput without a reason, NotFound, and Conflict if it is not held any more.
        """
        self._decide(user, version_id, Decision.REJECTED, reason)

    def _decide(self, user: User, version_id: str, decision: Decision, reason: str) -> None:
        require_admin(user)
        reason = _checked(reason)
        with self._database.begin() as session:
            version = _locked(session, version_id)
            if version.state != DocumentState.QUARANTINED:
                raise Conflict(_no_longer_held(version))
            version.decision, version.decision_reason = decision.value, reason
            version.decided_by, version.decided_at = user.id or None, now()
            if decision is Decision.RELEASED:
                version.state, version.reason = DocumentState.QUEUED.value, ""
                version.progress, version.finished_at = 0.0, None
                forget_poison(session, version_id, Poison.HELD_BACK)
            else:
                version.state = DocumentState.REJECTED.value
                version.reason = f"Rejected by {user.name}: {reason}"
            record_event(
                session,
                user,
                "document.release" if decision is Decision.RELEASED else "document.reject",
                version.document_id,
                version_id=version_id,
                blocking=sum(f.is_blocking for f in findings_of(session, version_id)),
            )


def _held_in(collection_id: str | None) -> list[ColumnElement[bool]]:
    conditions = [
        col(DocumentVersionRow.state) == DocumentState.QUARANTINED.value,
        is_shared_version(),
    ]
    if collection_id is not None:
        conditions.append(col(DocumentRow.collection_id) == collection_id)
    return conditions


def _held(
    version: DocumentVersionRow,
    document: DocumentRow,
    collection: CollectionRow,
    uploader: UserRow | None,
    findings: Sequence[ScreeningFinding],
) -> HeldVersion:
    return HeldVersion(
        version_id=version.id,
        document_id=document.id,
        title=document.title,
        file_name=version.file_name,
        collection_id=collection.id,
        collection_name=collection.name,
        version=version.number,
        uploaded_by=uploader.name if uploader else "",
        uploaded_at=version.uploaded_at,
        reason=version.reason,
        findings=tuple(findings),
    )


def _version(version_id: str) -> SelectOfScalar[DocumentVersionRow]:
    """Select a version of a document of the company: a file of a conversation stays held."""
    return select(DocumentVersionRow).where(
        DocumentVersionRow.id == version_id, is_shared_version()
    )


def _locked(session: Session, version_id: str) -> DocumentVersionRow:
    version = session.exec(_version(version_id).with_for_update()).first()
    if version is None:
        raise NotFound(GONE)
    return version


def _no_longer_held(version: DocumentVersionRow) -> str:
    if version.decision:
        return f"Someone else has already {version.decision} this document."
    return "This document is no longer quarantined."


def _checked(reason: str) -> str:
    reason = clean(reason).text.strip()
    if len(reason.split()) < LEAST_WORDS:
        raise InvalidInput(
            f"Give a reason of at least {LEAST_WORDS} words. It stays with the document."
        )
    if len(reason) > MAX_REASON:
        raise InvalidInput(f"Keep the reason below {MAX_REASON} characters.")
    return reason
