"""The sync of a collection with a folder: new and changed files come in, deleted ones go."""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import delete
from sqlmodel import Session, col, select

from core.domain.access import require_admin
from core.domain.batches import batched
from core.domain.clock import now
from core.domain.identity import User
from core.domain.knowledge import Upload
from core.errors import Conflict, SandboxError
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.collections import shared_collection
from core.storage.tables import DocumentRow, DocumentVersionRow, SyncFileRow, SyncFolderRow
from ingestion.files.validation import safe_name
from ingestion.intake.reception import document_key
from ingestion.service import Documents
from ingestion.sync.folder_scan import Changes, KnownFile, SeenFile, cannot_be_opened, compare, scan
from ingestion.values import DeletionReceipt, Receipt, ReceiptStatus

FILES_TOGETHER = 16
DELETED_TOGETHER = 200
IDS_PER_QUERY = 500
PASSES = 3
# Their documents are the parts, never the whole file.
CONTAINERS = (".zip", ".jsonl", ".ndjson")


class SyncInterrupted(SandboxError):
    """The program ends; the next run continues where this one stopped."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """The result of a run, or with `is_dry` what it would be; `problems` are by path.

    `touched` counts files with a new time and the same content.
    """

    files: int
    uploaded: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    deletions: tuple[DeletionReceipt, ...] = ()
    problems: Mapping[str, str] | None = None
    is_dry: bool = False
    touched: int = 0

    @property
    def changed(self) -> int:
        return len(self.uploaded) + len(self.moved) + len(self.removed)


class FolderSync:
    """The service for administrators; its uploads are read like all others."""

    def __init__(self, database: Database, documents: Documents) -> None:
        self._database = database
        self._documents = documents
        self._is_interrupted = threading.Event()

    def interrupt(self) -> None:
        """End a run in another thread soon, with SyncInterrupted."""
        self._is_interrupted.set()

    def reopen(self) -> None:
        """Allow runs again after `interrupt`."""
        self._is_interrupted.clear()

    def sync(
        self,
        user: User,
        folder: Path,
        collection_id: str,
        *,
        is_dry: bool = False,
        allow_empty: bool = False,
    ) -> SyncReport:
        """Sync a collection with a folder; repeatable, and a run after a crash continues it.

        Raises InvalidInput if the folder does not exist, and Conflict if it is suddenly empty, as
        an unmounted disk must not empty a collection. Raises NotFound and AccessDenied, too.
        """
        require_admin(user)
        folder = folder.absolute()
        seen = scan(folder)
        folder_id, known = self._known(folder, collection_id)
        if known and not seen and not allow_empty:
            raise Conflict(
                f"The folder {folder} is empty but contained {len(known):,} files before. "
                "Nothing was changed. If this is intended, pass --allow-empty."
            )
        changes = compare(folder, seen, known)
        if not is_dry and _has_work(changes):
            folder_id = folder_id or self._new_folder(folder, collection_id)
            synced = _SyncedFolder(folder, folder_id, collection_id)
            return self._apply(user, synced, seen, changes)
        return SyncReport(
            len(seen),
            uploaded=tuple(s.path for s in changes.to_upload),
            moved=tuple(changes.moved),
            removed=changes.gone,
            problems=_problems(known, changes),
            is_dry=is_dry,
            touched=len(changes.touched),
        )

    def _known(self, folder: Path, collection_id: str) -> tuple[str, dict[str, KnownFile]]:
        with self._database.read() as session:
            shared_collection(session, collection_id)
            row = session.exec(
                select(SyncFolderRow).where(
                    SyncFolderRow.collection_id == collection_id, SyncFolderRow.path == str(folder)
                )
            ).first()
            return (row.id, _known_files(session, row.id)) if row else ("", {})

    def _new_folder(self, folder: Path, collection_id: str) -> str:
        with self._database.begin() as session:
            row = SyncFolderRow(collection_id=collection_id, path=str(folder))
            session.add(row)
            return row.id

    def _apply(
        self, user: User, synced: "_SyncedFolder", seen: Mapping[str, SeenFile], changes: Changes
    ) -> SyncReport:
        self._go_on()
        with self._database.begin() as session:
            before = _documents_of(session, synced.folder_id)
            _touch(session, synced, changes.touched)
            for path, old_path in changes.moved.items():
                _move(session, synced, old_path, seen[path])
        ours = self._upload_all(user, synced, changes, before)
        with self._database.begin() as session:
            known = _known_files(session, synced.folder_id)
            uploaded = tuple(s.path for s in changes.to_upload if s.path not in synced.unreadable)
            remaining = (file for path, file in known.items() if path not in changes.gone)
            used = {document_id for file in remaining for document_id in file.document_ids}
            unused = _existing(session, ours - used)
        deletions = self._delete(user, unused)
        with self._database.begin() as session:
            # Done last, so that an interrupted run is continued by the next one.
            _forget(session, synced.folder_id, changes.gone)
            session.get_one(SyncFolderRow, synced.folder_id).synced_at = now()
            record_event(
                session,
                user,
                "folder.sync",
                synced.folder_id,
                uploaded=len(uploaded),
                moved=len(changes.moved),
                removed=len(changes.gone),
                deleted=len(deletions),
            )
        return SyncReport(
            len(seen),
            uploaded,
            tuple(changes.moved),
            changes.gone,
            tuple(deletions),
            _problems(known, changes) | synced.unreadable,
            touched=len(changes.touched),
        )

    def _go_on(self) -> None:
        if self._is_interrupted.is_set():
            raise SyncInterrupted("The program is shutting down. Run sync again.")

    def _delete(self, user: User, document_ids: Sequence[str]) -> list[DeletionReceipt]:
        receipts: list[DeletionReceipt] = []
        for batch in batched(document_ids, DELETED_TOGETHER):
            self._go_on()
            receipts += self._documents.delete_many(user, batch)
        return receipts

    def _upload_all(
        self, user: User, synced: "_SyncedFolder", changes: Changes, before: set[str]
    ) -> set[str]:
        """Upload files, then again those whose shared document now has another file's content.

        Returns all documents that belong to the folder or did before.
        """
        files, hashes, ours = changes.to_upload, dict(changes.hashes), set(before)
        for _ in range(PASSES):
            for batch in _with_different_names(files):
                self._go_on()
                ours |= self._upload(user, synced, batch, hashes, ours)
            with self._database.read() as session:
                lost = _overwritten(session, synced.folder_id)
            files = tuple(file.seen for file in lost if file.seen.path not in changes.gone)
            hashes |= {file.seen.path: file.sha256 for file in lost}
        return ours

    def _upload(
        self,
        user: User,
        synced: "_SyncedFolder",
        files: Sequence[SeenFile],
        hashes: Mapping[str, str],
        ours: set[str],
    ) -> set[str]:
        uploads = list(_readable(synced, files))
        read = {upload.source_key for upload in uploads}
        receipts = self._documents.upload(user, synced.collection_id, uploads)
        with self._database.begin() as session:
            for seen in (file for file in files if file.path in read):
                own = [r for r in receipts if _belongs(r, Path(seen.path).name)]
                file = _known_file(session, seen, hashes[seen.path], own, ours)
                _store(session, synced.folder_id, file)
            session.flush()
            return _documents_of(session, synced.folder_id)


@dataclass(frozen=True, slots=True)
class _SyncedFolder:
    """A folder and its collection; `unreadable` collects files that can no longer be opened."""

    folder: Path
    folder_id: str
    collection_id: str
    unreadable: dict[str, str] = field(default_factory=dict)


def _has_work(changes: Changes) -> bool:
    return bool(changes.to_upload or changes.touched or changes.moved or changes.gone)


def _problems(known: Mapping[str, KnownFile], changes: Changes) -> dict[str, str]:
    old = {path: file.problem for path, file in known.items() if file.problem}
    gone = set(changes.gone)
    return {p: reason for p, reason in (old | dict(changes.unreadable)).items() if p not in gone}


def _readable(synced: _SyncedFolder, files: Iterable[SeenFile]) -> Iterator[Upload]:
    """Yield the files that can still be read; the next run looks again for the others."""
    for seen in files:
        path = synced.folder / seen.path
        try:
            yield Upload(path.name, path.read_bytes(), source_key=seen.path)
        except OSError as error:
            synced.unreadable[seen.path] = cannot_be_opened(error)


def _with_different_names(files: Iterable[SeenFile]) -> Iterator[Sequence[SeenFile]]:
    """Yield batches without repeated names, as receipts are told apart by the file name."""
    batch: dict[str, SeenFile] = {}
    for seen in files:
        name = safe_name(Path(seen.path).name)
        if name in batch or len(batch) == FILES_TOGETHER:
            yield list(batch.values())
            batch = {}
        batch[name] = seen
    if batch:
        yield list(batch.values())


def _belongs(receipt: Receipt, name: str) -> bool:
    name = safe_name(name)
    return receipt.file_name == name or receipt.file_name.startswith(f"{name}/")


def _known_files(session: Session, folder_id: str) -> dict[str, KnownFile]:
    rows = session.exec(select(SyncFileRow).where(SyncFileRow.folder_id == folder_id)).all()
    return {
        r.path: KnownFile(
            SeenFile(r.path, r.size, r.mtime_ns), r.sha256, tuple(r.document_ids), r.problem
        )
        for r in rows
    }


def _documents_of(session: Session, folder_id: str) -> set[str]:
    rows = session.exec(select(SyncFileRow.document_ids).where(SyncFileRow.folder_id == folder_id))
    return {document_id for ids in rows.all() for document_id in ids}


def _existing(session: Session, document_ids: Iterable[str]) -> list[str]:
    existing: list[str] = []
    for batch in batched(sorted(document_ids), IDS_PER_QUERY):
        is_listed = col(DocumentRow.id).in_(batch)
        existing += session.exec(select(DocumentRow.id).where(is_listed)).all()
    return existing


def _touch(session: Session, synced: _SyncedFolder, files: Iterable[SeenFile]) -> None:
    """Note the new time of files with the same content; there is nothing to read."""
    for seen in files:
        row = session.get_one(SyncFileRow, (synced.folder_id, seen.path))
        row.size, row.mtime_ns = seen.size, seen.mtime_ns


def _move(session: Session, synced: _SyncedFolder, old_path: str, seen: SeenFile) -> None:
    """Move a file; its document stays, under the key of its new path."""
    old = session.get_one(SyncFileRow, (synced.folder_id, old_path))
    row = SyncFileRow(
        folder_id=synced.folder_id,
        path=seen.path,
        size=seen.size,
        mtime_ns=seen.mtime_ns,
        sha256=old.sha256,
        document_ids=old.document_ids,
        problem=old.problem,
    )
    session.delete(old)
    session.add(row)
    _rename(session, synced, document_key(old_path), document_key(seen.path))


def _rename(session: Session, synced: _SyncedFolder, old_key: str, key: str) -> None:
    of_collection = DocumentRow.collection_id == synced.collection_id
    wanted = select(DocumentRow).where(
        of_collection, col(DocumentRow.source_key).in_((old_key, key))
    )
    documents = {row.source_key: row for row in session.exec(wanted).all()}
    if old_key in documents and key not in documents:
        documents[old_key].source_key = key
        session.flush()


def _overwritten(session: Session, folder_id: str) -> list[KnownFile]:
    """Return files whose document has meanwhile got another file's content.

    The same content in two files is one document, so a change of one takes it from the other.
    """
    newest: dict[str, str] = {}
    for batch in batched(sorted(_documents_of(session, folder_id)), IDS_PER_QUERY):
        rows = session.exec(
            select(DocumentVersionRow.document_id, DocumentVersionRow.sha256)
            .where(col(DocumentVersionRow.document_id).in_(batch))
            .order_by(col(DocumentVersionRow.number))
        ).all()
        newest |= dict(rows)
    return [
        file
        for file in _known_files(session, folder_id).values()
        if not file.seen.path.lower().endswith(CONTAINERS)
        and (held := {newest[d] for d in file.document_ids if d in newest})
        and file.sha256 not in held
        and not file.problem
    ]


def _known_file(
    session: Session, seen: SeenFile, sha256: str, receipts: Sequence[Receipt], ours: set[str]
) -> KnownFile:
    """Return the file with its documents, without those that somebody else uploaded."""
    own = [r.document_id for r in receipts if r.document_id and _is_own(session, r, seen, ours)]
    problem = " ".join(r.reason for r in receipts if r.status is ReceiptStatus.FAILED)
    return KnownFile(seen, sha256, tuple(dict.fromkeys(own)), problem)


def _store(session: Session, folder_id: str, file: KnownFile) -> None:
    """Remembers the file; one that cannot be read any more keeps its earlier documents."""
    seen = file.seen
    row = session.get(SyncFileRow, (folder_id, seen.path))
    if row is None:
        row = SyncFileRow(folder_id=folder_id, path=seen.path, size=0, mtime_ns=0, sha256="")
        session.add(row)
    row.document_ids = list(file.document_ids) or (row.document_ids if file.problem else [])
    row.size, row.mtime_ns = seen.size, seen.mtime_ns
    row.sha256, row.problem = file.sha256, file.problem


def _is_own(session: Session, receipt: Receipt, seen: SeenFile, ours: set[str]) -> bool:
    if receipt.status is ReceiptStatus.REGISTERED or receipt.document_id in ours:
        return True
    document = session.get(DocumentRow, receipt.document_id)
    key = document_key(seen.path)
    return document is not None and f"{document.source_key}/".startswith(f"{key}/")


def _forget(session: Session, folder_id: str, paths: Iterable[str]) -> None:
    for batch in batched(paths, IDS_PER_QUERY):
        is_listed = col(SyncFileRow.path).in_(batch)
        session.execute(
            delete(SyncFileRow).where(col(SyncFileRow.folder_id) == folder_id, is_listed)
        )
