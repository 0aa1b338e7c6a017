"""Builds the search indexes anew from the database, which owns every passage."""

from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, select

from core.domain.access import require_admin
from core.domain.identity import User
from core.domain.knowledge import Chunk, Collection
from core.domain.ports import Embedder, KeywordEntry, KeywordIndex, VectorIndex
from core.domain.sentences import sentence_spans
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.chunks import ready_chunks
from core.storage.queries.collections import all_collections
from core.storage.queries.sentences import store_sentences
from core.storage.tables import CollectionRow

PASSAGES_AT_ONCE = 512


class Reindexing:
    """For lost or damaged indexes, and for a change of the embedding model.

    The old index is dropped first: until the work is done, answers find only a part.
    """

    def __init__(
        self,
        database: Database,
        vectors: VectorIndex,
        keywords: KeywordIndex,
        embedder: Embedder,
    ) -> None:
        self._database = database
        self._vectors = vectors
        self._keywords = keywords
        self._embedder = embedder

    def collections(self, user: User) -> list[Collection]:
        """What can be rebuilt; admins only."""
        require_admin(user)
        with self._database.read() as session:
            return all_collections(session)

    def rebuild(self, user: User, collection: Collection) -> Iterator[int]:
        """Yields how many passages are searchable again, batch by batch; repeatable."""
        require_admin(user)
        self._vectors.drop(collection.id)
        self._keywords.drop(collection.id)
        done = after = 0
        while chunks := self._next(collection.id, after):
            self._add(collection.id, chunks)
            done, after = done + len(chunks), chunks[-1].id
            yield done
        with self._database.begin() as session:
            self._pin_model(session, collection.id)
            record_event(session, user, "collection.reindex", collection.id, passages=done)

    def _next(self, collection_id: str, after: int) -> list[Chunk]:
        with self._database.read() as session:
            return ready_chunks(session, collection_id, after=after, limit=PASSAGES_AT_ONCE)

    def _add(self, collection_id: str, chunks: Sequence[Chunk]) -> None:
        entries = [
            KeywordEntry(c.id, c.document_title, "\n".join(c.headings), c.text) for c in chunks
        ]
        texts = [c.searchable_text for c in chunks]
        spans = [sentence_spans(t, c.text) for t, c in zip(texts, chunks, strict=True)]
        embedded = self._embedder.embed_with_sentences(texts, spans)
        ids = [c.id for c in chunks]
        with self._database.begin() as session:
            store_sentences(session, ids, embedded.sentences)
        self._vectors.add(collection_id, ids, embedded.passages)
        self._keywords.add(collection_id, entries)

    def _pin_model(self, session: Session, collection_id: str) -> None:
        row = session.exec(
            select(CollectionRow).where(col(CollectionRow.id) == collection_id)
        ).one()
        row.embedding_model = self._embedder.name
        row.embedding_dimension = self._embedder.dimension
