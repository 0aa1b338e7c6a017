"""Finds the passages a person may read for a query."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from core.domain.answers import RetrievedChunk
from core.domain.identity import User
from core.domain.knowledge import Collection
from core.domain.ports import Embedder, KeywordIndex, ScoredId, VectorIndex
from core.errors import IndexUnavailable, NotFound
from core.storage.database import Database
from core.storage.queries.chunks import hydrate
from core.storage.queries.collections import readable_collections
from rag.fusion import FusedHit, fuse
from rag.spelling import corrected_query


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was searched and what was found, best first."""

    collections: tuple[Collection, ...]
    chunks: tuple[RetrievedChunk, ...]
    query: str = ""
    """What was searched for: the query with its spelling corrected."""


class HybridRetriever:
    """Vector and keyword search side by side, fused, with access checked twice.

    Access first decides which indexes are opened; the text is then hydrated from the database
    under the same restriction.
    """

    def __init__(
        self,
        database: Database,
        vectors: VectorIndex,
        keywords: KeywordIndex,
        embedder: Embedder,
        *,
        candidates: int,
    ) -> None:
        self._database = database
        self._vectors = vectors
        self._keywords = keywords
        self._embedder = embedder
        self._candidates = candidates
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="retrieval")

    def retrieve(
        self, user: User, query: str, k: int, *, collection_ids: Sequence[str] | None = None
    ) -> Retrieved:
        """The k best passages; `collection_ids` narrows the search, None means all readable.

        Raises NotFound if a collection was asked for that this person may not read, and
        IndexUnavailable if one was embedded with another model.
        """
        collections = self.collections_for(user, collection_ids)
        self._require_same_model(collections)
        ids = [c.id for c in collections]
        query = self._corrected(query, ids)
        hits = self._search(query, ids, max(k, self._candidates))
        return Retrieved(tuple(collections), tuple(self._hydrate(hits, collections)[:k]), query)

    def collections_for(self, user: User, collection_ids: Sequence[str] | None) -> list[Collection]:
        """The readable collections, narrowed to `collection_ids` if given."""
        with self._database.read() as session:
            readable = readable_collections(session, user)
        if collection_ids is None:
            return readable
        unknown = set(collection_ids) - {c.id for c in readable}
        if unknown:
            raise NotFound("One of the chosen collections does not exist or is not open to you.")
        return [c for c in readable if c.id in set(collection_ids)]

    def _corrected(self, query: str, collection_ids: Sequence[str]) -> str:
        """The query with its slips corrected, if that brings it nearer to a passage."""
        corrected = corrected_query(query, self._keywords, collection_ids, self._is_word)
        if corrected == query:
            return query
        before, after = (self._nearest(q, collection_ids, 1) for q in (query, corrected))
        is_nearer = bool(after) and (not before or after[0].score > before[0].score)
        return corrected if is_nearer else query

    def _nearest(self, query: str, collection_ids: Sequence[str], k: int) -> list[ScoredId]:
        vector = self._embedder.embed_query(query)
        return _best([hit for c in collection_ids for hit in self._vectors.search(c, vector, k)], k)

    def _is_word(self, word: str) -> bool:
        """Whether the embedding model knows the word whole, as it does common ones."""
        return self._embedder.count_tokens(word) == 1

    def _require_same_model(self, collections: Sequence[Collection]) -> None:
        """Vectors of two models are not comparable, even where their dimensions agree."""
        for collection in collections:
            if collection.embedding_model != self._embedder.name:
                raise IndexUnavailable(
                    f"“{collection.name}” was indexed with another embedding model and cannot be "
                    "searched now. Ask an administrator to run the command “reindex”."
                )

    def _search(self, query: str, collection_ids: Sequence[str], k: int) -> list[FusedHit]:
        if not collection_ids:
            return []
        keyword_searches = [
            self._pool.submit(self._keywords.search, collection_id, query, k)
            for collection_id in collection_ids
        ]
        near = self._nearest(query, collection_ids, k)
        worded = [hit for search in keyword_searches for hit in search.result()]
        return fuse(near, _best(worded, k))

    def _hydrate(
        self, hits: Sequence[FusedHit], collections: Sequence[Collection]
    ) -> list[RetrievedChunk]:
        with self._database.read() as session:
            chunks = hydrate(session, [h.chunk_id for h in hits], [c.id for c in collections])
        return [
            RetrievedChunk(chunks[hit.chunk_id], hit.score, hit.similarity, hit.keyword_score)
            for hit in hits
            if hit.chunk_id in chunks
        ]


def _best(hits: Sequence[ScoredId], k: int) -> list[ScoredId]:
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:k]
