"""The search for differences between the database, both indexes and the originals."""

from collections.abc import Iterable, Iterator, Sequence

from core.domain.access import require_admin
from core.domain.identity import User
from core.domain.knowledge import Collection, DocumentState
from core.errors import NotFound
from core.storage.queries.collections import collection_by_id, indexed_collections
from ingestion.checking.findings import CollectionFindings, Report
from ingestion.indexing import stock
from ingestion.indexing.stock import StockedVersion
from ingestion.values import DocumentStores

# An upload stores its file before its transaction ends, so younger files are no orphans.
ORPHAN_AGE_S = 3600.0


class Inspection:
    """A check that only reads, and so may run beside a working app."""

    def __init__(self, stores: DocumentStores) -> None:
        self._database = stores.database
        self._originals = stores.originals
        self._vectors = stores.vectors
        self._keywords = stores.keywords

    def check(
        self, user: User, collection_id: str | None = None, *, reads_originals: bool = True
    ) -> Report:
        """Find what is wrong in one collection or in all; administrators only, raises NotFound.

        Without `reads_originals`, files are looked for but not compared with their hash. A
        collection that seems wrong is checked twice, as an app may be working.
        """
        require_admin(user)
        stored = frozenset(self._originals.stored())
        checked = []
        for collection in self._collections(collection_id):
            findings = self._look(collection, stored, reads_originals=reads_originals)
            if not findings.is_ok:
                stored = frozenset(self._originals.stored())
                findings = self._look(collection, stored, reads_originals=reads_originals)
            checked.append(findings)
        orphaned = self._orphaned_originals() if collection_id is None else []
        return Report(tuple(checked), tuple(orphaned))

    def _collections(self, collection_id: str | None) -> list[Collection]:
        with self._database.read() as session:
            if collection_id is None:
                return indexed_collections(session)
            return [collection_by_id(session, collection_id)]

    def _look(
        self, collection: Collection, stored: frozenset[str], *, reads_originals: bool
    ) -> CollectionFindings:
        with self._database.read() as session:
            held = stock.stocked_versions(session, collection.id)
            current = stock.current_versions(session, collection.id)
            answering, stale = stock.ready_chunk_ids(session, collection.id)
            in_work = [v.id for v in held if not v.state.is_final]
            allowed = answering | stock.chunk_ids_in_work(session, collection.id, in_work)
            speechless = stock.without_sentences(session, collection.id, answering)
        vectors, keywords = self._vectors.ids(collection.id), self._keywords.ids(collection.id)
        needed = {v.sha256 for v in held if v.state is not DocumentState.REJECTED}
        there = needed & stored
        return CollectionFindings(
            collection.id,
            collection.name,
            documents=len(current),
            chunks=len(answering),
            vectors=len(vectors),
            keywords=len(keywords),
            unfinished=len(in_work),
            vectors_missing=frozenset(answering - vectors),
            vectors_orphaned=frozenset(vectors - allowed),
            keywords_missing=frozenset(answering - keywords),
            keywords_orphaned=frozenset(keywords - allowed),
            sentences_missing=speechless,
            stale_chunks=frozenset(stale),
            broken_versions=tuple(v.id for v in held if v.is_broken and current[v.document_id]),
            leftover_versions=tuple(v.id for v in held if v.is_leftover),
            lost_documents=_lost(held, current),
            half_deleted=_half_deleted(held, current),
            originals_missing=tuple(sorted(needed - there)),
            originals_damaged=tuple(self._damaged(there)) if reads_originals else (),
        )

    def _damaged(self, hashes: Iterable[str]) -> Iterator[str]:
        for sha256 in sorted(hashes):
            try:
                if not self._originals.is_intact(sha256):
                    yield sha256
            except NotFound:
                continue  # deleted meanwhile; missing files are counted separately

    def _orphaned_originals(self) -> list[str]:
        old = set(self._originals.stored(older_than_s=ORPHAN_AGE_S))
        with self._database.read() as session:
            return sorted(old - stock.used_hashes(session))


def _lost(held: Sequence[StockedVersion], current: dict[str, str | None]) -> tuple[str, ...]:
    there = {version.id for version in held}
    return tuple(d for d, version_id in current.items() if version_id and version_id not in there)


def _half_deleted(
    held: Sequence[StockedVersion], current: dict[str, str | None]
) -> tuple[str, ...]:
    ready = {v.document_id for v in held if v.state is DocumentState.READY}
    return tuple(d for d in sorted(ready) if current[d] is None)
