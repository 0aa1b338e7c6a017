"""Files of ideas and drafts: stored by their hash, opened by those who may, never searched."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from core.domain.access import require_active
from core.domain.ideas.card import Attachment
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import ADMINISTRATOR, SYSTEM, User
from core.domain.knowledge import Upload
from core.errors import AccessDenied, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.collections import readable_collections
from core.storage.queries.ideas.rows import idea_to_change
from core.storage.queries.privacy.attachments import is_shared_document
from core.storage.queries.spending.switches import documents_off
from core.storage.tables import (
    DocumentRow,
    DocumentVersionRow,
    IdeaAttachmentRow,
    IdeaDraftRow,
    IdeaRow,
    UserRow,
)
from ideas.cards.drafts import own_draft
from ideas.cards.edits import ENDED
from ideas.cards.files import Files, drop_unused, take_turns
from ideas.workflow.rules import Part
from ideas.workflow.situation import parts_of

FILES_MAX = 10


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file whose name is safe to show and whose content is what the name says."""

    file_name: str
    media_type: str


CheckFile = Callable[[Upload], CheckedFile]
"""Checks a file as that of a document; raises a SandboxError that says what to do."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file to be handed over."""

    file_name: str
    media_type: str
    content: bytes


class IdeaAttachments:
    """The files of ideas; a copy of a document is guarded like the document."""

    def __init__(self, database: Database, files: Files, check: CheckFile) -> None:
        self._database = database
        self._files = files
        self._check = check

    def add(
        self, user: User, upload: Upload, *, idea_id: str = "", draft_id: str = ""
    ) -> Attachment:
        """Store a file with an idea, or with a draft of one's own.

        Raises UnreadableDocument or InvalidInput for a file that a document could not be either,
        AccessDenied where the idea is not this person's to add to, NotFound.
        """
        require_active(user)
        checked = self._check(upload)
        with self._database.begin() as session:
            take_turns(session)
            if draft_id:
                own_draft(session, user, draft_id)
            else:
                _require_part(session, user, idea_id)
            _require_room(session, idea_id, draft_id)
            sha256 = self._files.put(upload.content)
            document_id, collection_id = _document_of(session, sha256)
            row = IdeaAttachmentRow(
                idea_id=None if draft_id else idea_id,
                draft_id=draft_id or None,
                file_name=checked.file_name,
                media_type=checked.media_type,
                sha256=sha256,
                size_bytes=len(upload.content),
                document_id=document_id,
                collection_id=collection_id,
                added_by=user.id or None,
            )
            session.add(row)
            record_event(session, user, "idea.file_added", draft_id or idea_id)
            return _to_attachment(row, user.name, is_open=True)

    def list(self, user: User, *, idea_id: str = "", draft_id: str = "") -> list[Attachment]:
        """Return the files, the first one first; raise NotFound for a draft of somebody else."""
        require_active(user)
        with self._database.read() as session:
            if draft_id:
                _own(session, user, draft_id)
            of_it = _is_of(idea_id, draft_id)
            rows = session.exec(
                select(IdeaAttachmentRow, UserRow.name)
                .join(UserRow, col(UserRow.id) == IdeaAttachmentRow.added_by, isouter=True)
                .where(of_it)
                .order_by(col(IdeaAttachmentRow.added_at), col(IdeaAttachmentRow.id))
            ).all()
            closed = _closed(session, user, [row for row, _ in rows])
        return [
            _to_attachment(row, name or ADMINISTRATOR, is_open=row.id not in closed)
            for row, name in rows
        ]

    def download(self, user: User, attachment_id: str) -> Download:
        """Return the file; raise NotFound if it is gone, or is not open to this person."""
        require_active(user)
        with self._database.read() as session:
            row = _found(session, user, attachment_id)
            if _closed(session, user, [row]):
                raise NotFound(CLOSED)
        content = self._files.get(row.sha256)
        with self._database.begin() as session:
            owner = row.idea_id or row.draft_id or ""
            record_event(session, user, "idea.file_downloaded", owner, file=attachment_id)
        return Download(row.file_name, row.media_type, content)

    def remove(self, user: User, attachment_id: str) -> None:
        """Remove the file; raise AccessDenied unless it is one's own, or one submitted the idea."""
        require_active(user)
        with self._database.begin() as session:
            take_turns(session)
            row = _found(session, user, attachment_id)
            _require_own(session, user, row)
            session.delete(row)
            record_event(session, user, "idea.file_removed", row.idea_id or row.draft_id or "")
            drop_unused(session, self._files, {row.sha256})


CLOSED = "This file is a copy of a document that you cannot access."
CLOSED_NAME = "A document"
NOWHERE = "-"


def _closed(session: Session, user: User, rows: Sequence[IdeaAttachmentRow]) -> frozenset[str]:
    """Return the ids of files that are copies of documents of which this person may read none.

    A copy of a document that is gone is guarded by the collection it was in, and one of a document
    that is turned off is open to nobody.
    """
    if user is SYSTEM:
        return frozenset()
    readable = {collection.id for collection in readable_collections(session, user)}
    places = _places(session, {row.sha256 for row in rows})
    guards = {row.id: places.get(row.sha256) or {row.collection_id} - {""} for row in rows}
    return frozenset(id_ for id_, guard in guards.items() if guard and not guard & readable)


def _places(session: Session, hashes: Collection[str]) -> dict[str, set[str]]:
    """Return the collections that documents with these contents are in.

    Nowhere, a place that nobody can read, stands for a document that is turned off.
    """
    rows = session.exec(
        select(DocumentVersionRow.sha256, DocumentRow.collection_id, DocumentRow.id)
        .join(DocumentRow, col(DocumentRow.id) == DocumentVersionRow.document_id)
        .where(col(DocumentVersionRow.sha256).in_(hashes), is_shared_document())
    ).all()
    off = documents_off(session, {document_id for _, _, document_id in rows})
    places: dict[str, set[str]] = defaultdict(set)
    for sha256, collection_id, document_id in rows:
        places[sha256].add(NOWHERE if document_id in off else collection_id)
    return places


def _document_of(session: Session, sha256: str) -> tuple[str, str]:
    """Return id and collection of a document with this content, empty without one."""
    found = session.exec(
        select(DocumentRow.id, DocumentRow.collection_id)
        .join(DocumentVersionRow, col(DocumentVersionRow.document_id) == DocumentRow.id)
        .where(DocumentVersionRow.sha256 == sha256, is_shared_document())
    ).first()
    return found or ("", "")


def _found(session: Session, user: User, attachment_id: str) -> IdeaAttachmentRow:
    row = session.get(IdeaAttachmentRow, attachment_id)
    if row is None:
        raise NotFound("This file no longer exists.")
    if row.draft_id:
        _own(session, user, row.draft_id)
    return row


def _own(session: Session, user: User, draft_id: str) -> None:
    draft = session.get(IdeaDraftRow, draft_id)
    if draft is None or draft.user_id != user.id:
        raise NotFound("This draft was submitted or discarded, perhaps in another window.")


def _require_part(session: Session, user: User, idea_id: str) -> IdeaRow:
    row = idea_to_change(session, idea_id)
    allowed = {Part.SUBMITTER, Part.COMMITTEE, Part.OWNER}
    if not parts_of(session, user, row) & allowed or IdeaStatus(row.status) in ENDED:
        raise AccessDenied(
            "Only those who submitted the idea, its owner and reviewers add files, until it has "
            "ended."
        )
    return row


def _require_own(session: Session, user: User, row: IdeaAttachmentRow) -> None:
    if row.added_by == user.id or user.is_admin or row.idea_id is None:
        return
    if Part.SUBMITTER not in parts_of(session, user, idea_to_change(session, row.idea_id)):
        raise AccessDenied(
            "Only the person who added this file, the submitters and administrators can remove it."
        )


def _require_room(session: Session, idea_id: str, draft_id: str) -> None:
    files = select(func.count(col(IdeaAttachmentRow.id))).where(_is_of(idea_id, draft_id))
    if session.exec(files).one() >= FILES_MAX:
        raise InvalidInput(f"An idea has at most {FILES_MAX} files. Remove one first.")


def _is_of(idea_id: str, draft_id: str) -> ColumnElement[bool]:
    if draft_id:
        return col(IdeaAttachmentRow.draft_id) == draft_id
    return col(IdeaAttachmentRow.idea_id) == idea_id


def _to_attachment(row: IdeaAttachmentRow, added_by: str, *, is_open: bool) -> Attachment:
    return Attachment(
        row.id,
        row.file_name if is_open else CLOSED_NAME,
        row.media_type,
        row.size_bytes,
        added_by,
        row.added_at,
        is_open,
    )
