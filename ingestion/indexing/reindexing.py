"""The rebuilding of search indexes from the database, which owns every passage."""

from collections.abc import Iterator

from sqlmodel import Session

from core.domain.access import require_admin
from core.domain.identity import User
from core.domain.knowledge import Chunk, Collection
from core.domain.ports import Embedder, Embedders, KeywordIndex, VectorIndex
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.chunks import ready_chunks
from core.storage.queries.collections import indexed_collections
from core.storage.queries.generations import live_row, locked_collection
from ingestion.indexing.refill import PassageWriter

PASSAGES_AT_ONCE = 512


class Reindexing:
    """The service for lost or damaged indexes, or an embedding model that is gone.

    The live index is dropped first, so answers find only a part until the work is done. To change
    the model, see ingestion.indexing.reembedding, which builds another index beside it.
    """

    def __init__(
        self,
        database: Database,
        vectors: VectorIndex,
        keywords: KeywordIndex,
        embedders: Embedders,
    ) -> None:
        self._database = database
        self._vectors = vectors
        self._keywords = keywords
        self._writer = PassageWriter(database, vectors, keywords)
        self._embedders = embedders

    def collections(self, user: User) -> list[Collection]:
        """Return the collections that can be rebuilt; administrators only."""
        require_admin(user)
        with self._database.read() as session:
            return indexed_collections(session)

    def begin(self, user: User, only: Collection | None = None) -> list[Collection]:
        """Return the collections to rebuild, one or all; administrators only.

        It is all of them where the vector files cannot be read; those are set aside until `end`.
        """
        require_admin(user)
        is_anew = self._vectors.set_damaged_aside()
        return self.collections(user) if only is None or is_anew else [only]

    def end(self) -> None:
        """Remove the damaged files, once all collections are rebuilt."""
        self._vectors.remove_set_aside()

    def rebuild(self, user: User, collection: Collection, model: str = "") -> Iterator[int]:
        """Yield how many passages are searchable again, batch by batch; repeatable.

        Uses the model of the live index, or `model` instead. Raises ConfigurationError if it
        cannot be loaded, before anything is dropped.
        """
        require_admin(user)
        embedder = self._embedders.get(model or collection.embedding_model)
        self._vectors.drop(collection.id, generation=collection.generation)
        self._keywords.drop(collection.id)
        done = after = 0
        while chunks := self._next(collection.id, after):
            self._writer.write(collection.id, chunks, embedder, generation=collection.generation)
            done, after = done + len(chunks), chunks[-1].id
            yield done
        with self._database.begin() as session:
            _pin_model(session, collection.id, embedder)
            record_event(session, user, "collection.reindex", collection.id, passages=done)

    def _next(self, collection_id: str, after: int) -> list[Chunk]:
        with self._database.read() as session:
            return ready_chunks(session, collection_id, after=after, limit=PASSAGES_AT_ONCE)


def _pin_model(session: Session, collection_id: str, embedder: Embedder) -> None:
    collection = locked_collection(session, collection_id)
    for row in (collection, live_row(session, collection)):
        row.embedding_model = embedder.name
        row.embedding_dimension = embedder.dimension
