"""The removal of what files of conversations leave outside the tables once their rows are gone."""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from core.domain.clock import now
from core.domain.governance.attachments import Remain
from core.domain.ports import KeywordEntry, KeywordIndex, Originals, VectorIndex
from core.errors import IndexesInUse
from core.storage.compaction import compact
from core.storage.database import Database
from core.storage.queries.chunks import chunks_by_id
from core.storage.tables import AttachmentRemainRow, CollectionRow, DocumentVersionRow
from ingestion.erasing.erasure import CONTENT_TABLES, KEYWORD_TABLES, Files
from ingestion.erasing.redaction import redact
from ingestion.indexing.refill import keyword_entry

logger = logging.getLogger(__name__)

LINGER = timedelta(minutes=15)
"""How long the indexes of a gone conversation are looked at again, for a reading that was late."""


@dataclass(frozen=True, slots=True)
class RemainStores:
    """Where files of conversations leave something; `files` are those besides the originals."""

    database: Database
    originals: Originals
    vectors: VectorIndex
    keywords: KeywordIndex
    files: Files


class AttachmentRemains:
    """What is noted in `attachment_remains`, removed by the process that owns the indexes."""

    def __init__(
        self,
        stores: RemainStores,
        exclusive: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """Take `exclusive`, which holds the indexes, and raises IndexesInUse where another does."""
        self._stores = stores
        self._exclusive = exclusive
        self._turn = threading.Lock()
        self._dropped: set[str] = set()

    def sweep(self) -> int:
        """Leave no byte of what is noted, and return how many things were removed.

        It does nothing in a process that does not own the indexes: the app does it then.
        """
        with self._turn:
            with self._stores.database.read() as session:
                noted = session.exec(select(AttachmentRemainRow)).all()
            if not noted:
                return 0
            try:
                with self._exclusive():
                    return self._sweep(noted)
            except IndexesInUse:
                return 0

    def _sweep(self, noted: Sequence[AttachmentRemainRow]) -> int:
        keys = {kind: [row.key for row in noted if row.kind == kind.value] for kind in Remain}
        new = [key for key in keys[Remain.INDEX] if key not in self._dropped]
        indexes = self._drop(keys[Remain.INDEX])
        if keys[Remain.ORIGINAL] or keys[Remain.DOCUMENT]:
            self._forget(keys[Remain.ORIGINAL], keys[Remain.DOCUMENT])
        removed = len(new) + len(keys[Remain.ORIGINAL]) + len(keys[Remain.DOCUMENT])
        if removed:
            self._stores.files.vectors.rebuild(indexes)
            compact(self._stores.database, (*CONTENT_TABLES, *KEYWORD_TABLES))
            logger.info("attachments removed indexes=%s things=%s", len(new), removed)
        self._end(noted)
        return removed

    def _drop(self, collection_ids: Sequence[str]) -> list[str]:
        """Drop the indexes of gone conversations; rewrite those of others, and return these."""
        with self._stores.database.read() as session:
            of_these = select(CollectionRow.id).where(col(CollectionRow.id).in_(collection_ids))
            left = list(session.exec(of_these).all())
        for collection_id in collection_ids:
            if collection_id in left:
                if collection_id not in self._dropped:
                    self._stores.files.keywords.rebuild(collection_id, self._entries_of)
            else:
                self._stores.vectors.drop(collection_id)
                self._stores.keywords.drop(collection_id)
            self._dropped.add(collection_id)
        return left

    def _forget(self, hashes: Sequence[str], document_ids: Sequence[str]) -> None:
        with self._stores.database.begin() as session:
            redaction = redact(session, document_ids)
            for sha256 in hashes:
                if not _is_used(session, sha256):
                    self._stores.originals.remove(sha256)
        for sha256 in redaction.files:
            self._stores.files.attachments.remove(sha256)

    def _end(self, noted: Sequence[AttachmentRemainRow]) -> None:
        """Forget what is done; indexes are looked at a while longer."""
        is_late = now() - LINGER
        with self._stores.database.begin() as session:
            for row in noted:
                if row.kind != Remain.INDEX.value or row.at < is_late:
                    stored = session.get(AttachmentRemainRow, (row.kind, row.key))
                    if stored is not None:
                        session.delete(stored)
                        self._dropped.discard(row.key)

    def _entries_of(self, chunk_ids: Sequence[int]) -> list[KeywordEntry]:
        with self._stores.database.read() as session:
            return [keyword_entry(chunk) for chunk in chunks_by_id(session, chunk_ids)]


def _is_used(session: Session, sha256: str) -> bool:
    same = select(DocumentVersionRow.id).where(DocumentVersionRow.sha256 == sha256).limit(1)
    return session.exec(same).first() is not None
