"""Finds the passages a person may read for a query."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.domain.answers import RetrievedChunk
from core.domain.ports import WeightedText
from core.errors import IndexUnavailable, NotFound
from core.storage.queries.chunks import hydrate
from core.storage.queries.collections import readable_collections
from core.storage.queries.sentences import sentence_similarities
from rag.fusion import FusedHit, fuse
from rag.question_words import QUESTION_WORDS
from rag.spelling import corrected_query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.domain.identity import User
    from core.domain.knowledge import Chunk, Collection
    from core.domain.ports import Embedder, KeywordIndex, ScoredId, VectorIndex, Vectors
    from core.storage.database import Database
    from rag.reranking import Reranking
    from rag.rewriting import SearchQuery

# Words such as "how" or "need" tell documents apart a little; without them questions in the words
# of a reader find 1 to 3 points more, with a third of the weight they find the most.
QUESTION_WORD_WEIGHT = 0.3
_PUNCTUATION = ".,;:!?()\"'“”’"


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was searched and what was found, best first."""

    collections: tuple[Collection, ...]
    chunks: tuple[RetrievedChunk, ...]
    query: SearchQuery
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
        reranking: Reranking | None = None,
    ) -> None:
        self._database = database
        self._vectors = vectors
        self._keywords = keywords
        self._embedder = embedder
        self._candidates = candidates
        self._reranking = reranking
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="keyword-search")

    def retrieve(
        self, user: User, query: SearchQuery, k: int, *, collection_ids: Sequence[str] | None = None
    ) -> Retrieved:
        """The k best passages; `collection_ids` narrows the search, None means all readable.

        Raises NotFound if a collection was asked for that this person may not read, and
        IndexUnavailable if one was embedded with another model.
        """
        collections = self.collections_for(user, collection_ids)
        self._require_same_model(collections)
        ids = [c.id for c in collections]
        query = replace(query, text=self._corrected(query.text, ids))
        hits = self._search(query, ids, max(k, self._candidates))
        return Retrieved(tuple(collections), tuple(self._best(query, hits, ids, k)), query)

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
        vectors = (self._embedder.embed_query(q) for q in (query, corrected))
        before, after = (self._nearest(vector, collection_ids, 1) for vector in vectors)
        is_nearer = bool(after) and (not before or after[0].score > before[0].score)
        return corrected if is_nearer else query

    def _nearest(self, vector: Vectors, collection_ids: Sequence[str], k: int) -> list[ScoredId]:
        hits = [hit for c in collection_ids for hit in self._vectors.search(c, vector, k)]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:k]

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

    def _search(self, query: SearchQuery, collection_ids: Sequence[str], k: int) -> list[FusedHit]:
        if not collection_ids:
            return []
        words = [*weighted_words(query.text), *query.context]
        keyword_search = self._pool.submit(self._keywords.search, collection_ids, words, k)
        vector = self._vector(query)
        near = self._nearest(vector, collection_ids, k)
        worded = keyword_search.result()
        with self._database.read() as session:
            found = {hit.chunk_id for hit in (*near, *worded)}
            sentences = sentence_similarities(session, found, vector)
        return fuse(near, worded, sentences)

    def _vector(self, query: SearchQuery) -> Vectors:
        """The direction of the question, bent towards what was spoken of before."""
        vector = self._embedder.embed_query(query.text)
        for part in query.context:
            vector = vector + part.weight * self._embedder.embed_query(part.text)
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit

    def _best(
        self, query: SearchQuery, hits: Sequence[FusedHit], collection_ids: Sequence[str], k: int
    ) -> list[RetrievedChunk]:
        """The k best readable hits: as fused, or with the first of them sorted by the reranker."""
        if self._reranking is None:
            return self._hydrate(hits, collection_ids, k)
        found = self._hydrate(hits, collection_ids, max(k, self._reranking.depth))
        return self._reranking.sort(query.standalone, found)[:k]

    def _hydrate(
        self, hits: Sequence[FusedHit], collection_ids: Sequence[str], k: int
    ) -> list[RetrievedChunk]:
        """The texts of the k best hits that the database still allows."""
        found: list[RetrievedChunk] = []
        with self._database.read() as session:
            for start in range(0, len(hits), k):
                some = hits[start : start + k]
                chunks = hydrate(session, [hit.chunk_id for hit in some], collection_ids)
                allowed = [hit for hit in some if hit.chunk_id in chunks]
                found.extend(_retrieved(hit, chunks[hit.chunk_id]) for hit in allowed)
                if len(found) >= k:
                    break
        return found[:k]


def weighted_words(question: str) -> Iterator[WeightedText]:
    """The words of a question, and with less weight those that only shape it."""
    words = question.split()
    shaping = [word for word in words if word.strip(_PUNCTUATION).lower() in QUESTION_WORDS]
    yield WeightedText(" ".join(word for word in words if word not in shaping))
    yield WeightedText(" ".join(shaping), QUESTION_WORD_WEIGHT)


def _retrieved(hit: FusedHit, chunk: Chunk) -> RetrievedChunk:
    return RetrievedChunk(
        chunk, hit.score, hit.similarity, hit.keyword_score, hit.sentence_similarity
    )
