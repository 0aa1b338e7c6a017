"""Finds the passages a person may read for a query."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from core.domain.answers import RetrievedChunk
from core.domain.ports import WeightedText
from core.errors import ConfigurationError, IndexUnavailable, NotFound
from core.storage.queries.chunks import (
    chunk_before,
    collections_of,
    hydrate,
    texts_in_parentheses,
)
from core.storage.queries.collections import readable_collections
from core.storage.queries.privacy.attachments import attached_collection
from core.storage.queries.sentences import sentence_similarities
from rag.finding.fusion import FusedHit, Meaning, fuse
from rag.finding.selection import preceded
from rag.finding.spelling import corrected_query
from rag.reading.question_words import shaping_words
from rag.vocabulary.acronyms import AcronymExpander

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlmodel import Session

    from core.domain.identity import User
    from core.domain.knowledge import Chunk, Collection
    from core.domain.ports import (
        Embedder,
        Embedders,
        KeywordIndex,
        ScoredId,
        VectorIndex,
        Vectors,
    )
    from core.storage.database import Database
    from rag.finding.reranking import Reranking
    from rag.finding.rewriting import SearchQuery
    from rag.vocabulary.expansion import Expansion, Synonyms

# Words such as "how" or "need" tell documents apart only a little: questions in a reader's own
# words find 1 to 3 points more without them, and the most with a third of the weight.
QUESTION_WORD_WEIGHT = 0.3
# A word that is corrected rightly can still take a little of the similarity: "bicyle", .04.
LOST_BY_CORRECTION = 0.05
FILES_OF_CHAT = "Files of this chat"
"""What the files of a conversation are called together."""
_PUNCTUATION = ".,;:!?()\"'“”’"


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What was searched and what was found, best first."""

    collections: tuple[Collection, ...]
    chunks: tuple[RetrievedChunk, ...]
    query: SearchQuery
    """The query that was searched for, with its spelling corrected."""
    synonyms: tuple[Expansion, ...] = ()
    """What the documents may call the things that the standalone query names."""


@dataclass(frozen=True, slots=True)
class Indexes:
    """The two indexes that collections are searched with.

    `synonyms` adds to the words that are looked up in the keyword index, and so do acronyms that
    the passages explain, at the same weight; None adds nothing.
    """

    vectors: VectorIndex
    keywords: KeywordIndex
    synonyms: Synonyms | None = None


@dataclass(frozen=True, slots=True)
class _Space:
    """Collections whose vectors one model made, so that they can be compared."""

    embedder: Embedder
    collections: tuple[Collection, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """What both searches found, best first, and the acronyms of the query explained there.

    `synonyms` are those of the text that was searched for.
    """

    hits: tuple[FusedHit, ...] = ()
    synonyms: tuple[Expansion, ...] = ()
    acronyms: tuple[Expansion, ...] = ()


class HybridRetriever:
    """Vector and keyword search side by side, fused, with access checked twice.

    Access first decides which indexes are opened. The text is then read from the database under the
    same restriction.
    """

    def __init__(
        self,
        database: Database,
        indexes: Indexes,
        embedders: Embedders,
        *,
        candidates: int,
        reranking: Reranking | None = None,
    ) -> None:
        self._database = database
        self._vectors = indexes.vectors
        self._keywords = indexes.keywords
        self._synonyms = indexes.synonyms
        self._acronyms = (
            AcronymExpander(indexes.keywords.terms, self._is_word, weight=indexes.synonyms.weight)
            if indexes.synonyms
            else None
        )
        self._embedders = embedders
        self._candidates = candidates
        self._reranking = reranking
        self._pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="keyword-search")

    @property
    def database(self) -> Database:
        return self._database

    @property
    def synonyms(self) -> Synonyms | None:
        """The synonyms that are searched with, None without any."""
        return self._synonyms

    def retrieve(
        self, user: User, query: SearchQuery, k: int, *, collection_ids: Sequence[str] | None = None
    ) -> Retrieved:
        """Return the k best passages of the collections that a person can read.

        `collection_ids` narrows the search; None means all. Raises NotFound for a collection that
        this person may not read, and IndexUnavailable if the embedding model of one cannot be
        loaded.
        """
        return self.retrieve_from(self.collections_for(user, collection_ids), query, k)

    def retrieve_from(
        self, collections: Sequence[Collection], query: SearchQuery, k: int
    ) -> Retrieved:
        """Return the k best passages of collections that the caller may search.

        Each is searched with the embedding model and index generation that it names. Raises
        IndexUnavailable if the embedding model of one cannot be loaded.
        """
        spaces = self._spaces(collections)
        ids = [c.id for c in collections]
        query = replace(query, text=self._corrected(query.text, spaces))
        found = self._search(query, spaces, max(k, self._candidates))
        ranked = tuple(self._ranked(query, found.hits, ids, k))
        synonyms = found.synonyms
        if query.standalone != query.text:
            synonyms = self._synonyms_of(query.standalone)
        return Retrieved(tuple(collections), ranked, query, (*synonyms, *found.acronyms))

    def with_passage_before(self, hit: RetrievedChunk) -> RetrievedChunk:
        """Return a hit together with the passage that it goes on from, alone if there is none."""
        with self._database.read() as session:
            before = chunk_before(session, hit.chunk)
        return preceded(hit, before) if before else hit

    def collections_for(self, user: User, collection_ids: Sequence[str] | None) -> list[Collection]:
        """Return the readable collections, narrowed to `collection_ids` if given.

        Raises NotFound for one that does not exist or that this person may not read.
        """
        with self._database.read() as session:
            readable = readable_collections(session, user)
        if collection_ids is None:
            return readable
        unknown = set(collection_ids) - {c.id for c in readable}
        if unknown:
            raise NotFound("One of the chosen collections does not exist, or you cannot access it.")
        return [c for c in readable if c.id in set(collection_ids)]

    def attached_to(self, user: User, conversation_id: str) -> list[Collection]:
        """Return the files of a conversation of this person as a collection; none without any."""
        with self._database.read() as session:
            attached = attached_collection(session, user, conversation_id)
        return [replace(attached, name=FILES_OF_CHAT)] if attached else []

    def _spaces(self, collections: Sequence[Collection]) -> list[_Space]:
        """Group the collections by model: vectors of two models are not comparable."""
        by_model: dict[str, list[Collection]] = defaultdict(list)
        for collection in collections:
            by_model[collection.embedding_model].append(collection)
        return [
            _Space(self._embedder_of(same_model[0]), tuple(same_model))
            for same_model in by_model.values()
        ]

    def _embedder_of(self, collection: Collection) -> Embedder:
        try:
            return self._embedders.get(collection.embedding_model)
        except ConfigurationError as error:
            raise IndexUnavailable(
                f"“{collection.name}” cannot be searched because its embedding model "
                f"“{collection.embedding_model}” cannot be loaded. Ask an administrator to "
                "restore the model, or to build an index of this collection with another one."
            ) from error

    def _corrected(self, query: str, spaces: Sequence[_Space]) -> str:
        """Return the query with its slips corrected unless that takes it away from all passages."""
        ids = [c.id for space in spaces for c in space.collections]
        corrected = corrected_query(query, self._keywords, ids, self._is_word)
        if corrected == query:
            return query
        gained = sum(self._best(space, corrected) - self._best(space, query) for space in spaces)
        return corrected if gained > -LOST_BY_CORRECTION else query

    def _best(self, space: _Space, query: str) -> float:
        """Return the similarity of the nearest passage, -1 without any."""
        nearest = self._nearest(space, space.embedder.embed_query(query), 1)
        return nearest[0].score if nearest else -1.0

    def _nearest(self, space: _Space, vector: Vectors, k: int) -> list[ScoredId]:
        hits = [
            hit
            for c in space.collections
            for hit in self._vectors.search(c.id, vector, k, generation=c.generation)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:k]

    def _is_word(self, word: str) -> bool:
        """Return whether the embedding model knows the word whole, as it does common ones."""
        return self._embedders.default.count_tokens(word) == 1

    def _search(self, query: SearchQuery, spaces: Sequence[_Space], k: int) -> _Found:
        if not spaces:
            return _Found()
        ids = [c.id for space in spaces for c in space.collections]
        synonyms = self._synonyms_of(query.text)
        words = [*weighted_words(query.text), *query.context, *_texts(synonyms)]
        keyword_search = self._pool.submit(self._keywords.search, ids, words, k)
        vectors = [_vector(space.embedder, query) for space in spaces]
        vector_hits = [self._nearest(s, v, k) for s, v in zip(spaces, vectors, strict=True)]
        keyword_hits = keyword_search.result()
        acronyms = self._acronyms_of(query, [*keyword_hits, *chain(*vector_hits)], ids)
        if acronyms:
            keyword_hits = self._keywords.search(ids, [*words, *_texts(acronyms)], k)
        chunk_ids = {hit.chunk_id for hits in (*vector_hits, keyword_hits) for hit in hits}
        with self._database.read() as session:
            shares = _shares(session, spaces, chunk_ids)
            sentences = [_sentences(session, v, s) for v, s in zip(vectors, shares, strict=True)]
        members = [set().union(*share.values()) for share in shares]
        meanings = [Meaning(*parts) for parts in zip(vector_hits, sentences, members, strict=True)]
        return _Found(tuple(fuse(meanings, keyword_hits)), synonyms, acronyms)

    def _synonyms_of(self, question: str) -> tuple[Expansion, ...]:
        return () if self._synonyms is None else self._synonyms.expand(question)

    def _acronyms_of(
        self, query: SearchQuery, hits: Sequence[ScoredId], collection_ids: Sequence[str]
    ) -> tuple[Expansion, ...]:
        """Return the acronyms of the query that passages found so far explain."""
        if self._acronyms is None:
            return ()
        chunk_ids = dict.fromkeys(hit.chunk_id for hit in hits)
        with self._database.read() as session:
            texts = texts_in_parentheses(session, list(chunk_ids), collection_ids)
        return self._acronyms.expand(query.standalone, texts)

    def _ranked(
        self, query: SearchQuery, hits: Sequence[FusedHit], collection_ids: Sequence[str], k: int
    ) -> list[RetrievedChunk]:
        """Return the k best readable hits, in the order of fusion or of the reranker."""
        if self._reranking is None:
            return _newest_first(self._hydrate(hits, collection_ids, k))
        candidates = self._hydrate(hits, collection_ids, max(k, self._reranking.depth))
        return _newest_first(self._reranking.sort(query.standalone, candidates)[:k])

    def _hydrate(
        self, hits: Sequence[FusedHit], collection_ids: Sequence[str], k: int
    ) -> list[RetrievedChunk]:
        """Return the k best hits that the database still allows, with their texts."""
        retrieved: list[RetrievedChunk] = []
        with self._database.read() as session:
            for start in range(0, len(hits), k):
                batch = hits[start : start + k]
                chunks = hydrate(session, [hit.chunk_id for hit in batch], collection_ids)
                allowed = [hit for hit in batch if hit.chunk_id in chunks]
                retrieved.extend(_retrieved(hit, chunks[hit.chunk_id]) for hit in allowed)
                if len(retrieved) >= k:
                    break
        return retrieved[:k]


def weighted_words(question: str) -> Iterator[WeightedText]:
    """Yield the words of a question, then with less weight those that only shape it."""
    words, shaping_vocabulary = question.split(), shaping_words(question)
    shaping = [word for word in words if word.strip(_PUNCTUATION).lower() in shaping_vocabulary]
    yield WeightedText(" ".join(word for word in words if word not in shaping))
    yield WeightedText(" ".join(shaping), QUESTION_WORD_WEIGHT)


def _texts(expansions: Sequence[Expansion]) -> list[WeightedText]:
    return [synonym for expansion in expansions for synonym in expansion.synonyms]


def _vector(embedder: Embedder, query: SearchQuery) -> Vectors:
    """Return the direction of the question, bent towards its context."""
    vector = embedder.embed_query(query.text)
    for part in query.context:
        vector = vector + part.weight * embedder.embed_query(part.text)
    unit: Vectors = vector / np.linalg.norm(vector)
    return unit


def _shares(
    session: Session, spaces: Sequence[_Space], chunk_ids: set[int]
) -> list[dict[int, set[int]]]:
    """Return for each space its chunks among `chunk_ids`, by the generation of their index."""
    generations = {c.generation for space in spaces for c in space.collections}
    if len(spaces) == len(generations) == 1:
        return [{generations.pop(): chunk_ids}]
    collection_by_chunk = collections_of(session, chunk_ids)
    shares: list[dict[int, set[int]]] = []
    for space in spaces:
        numbers = {c.id: c.generation for c in space.collections}
        share: dict[int, set[int]] = defaultdict(set)
        for chunk_id, collection_id in collection_by_chunk.items():
            if collection_id in numbers:
                share[numbers[collection_id]].add(chunk_id)
        shares.append(share)
    return shares


def _sentences(
    session: Session, vector: Vectors, share: Mapping[int, set[int]]
) -> dict[int, float]:
    """Return the best sentence similarity of each chunk, in the generation it was found in."""
    similarities: dict[int, float] = {}
    for generation, chunk_ids in share.items():
        similarities |= sentence_similarities(session, chunk_ids, vector, generation=generation)
    return similarities


def _newest_first(hits: list[RetrievedChunk]) -> list[RetrievedChunk]:
    """Move what an e-mail quotes of earlier ones to the end if its own words were found."""
    found_versions = {hit.chunk.version_id for hit in hits if not hit.chunk.is_earlier_message}

    def is_overtaken(hit: RetrievedChunk) -> bool:
        return hit.chunk.is_earlier_message and hit.chunk.version_id in found_versions

    return sorted(hits, key=is_overtaken)


def _retrieved(hit: FusedHit, chunk: Chunk) -> RetrievedChunk:
    return RetrievedChunk(
        chunk, hit.score, hit.similarity, hit.keyword_score, hit.sentence_similarity
    )
