"""Small stand-ins: an embedder that hashes words, and indexes in dictionaries."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.knowledge import Page, ParsedDocument
from core.domain.ports import (
    EmbeddedPassages,
    KeywordEntry,
    ScoredId,
    Spans,
    TermFrequencies,
    WeightedText,
)
from core.errors import ModelUnavailable
from ingestion.files.media import MediaType
from ingestion.reading.sandboxed import SandboxedParser

Vectors = NDArray[np.float32]


class HashingEmbedder:
    """Sixteen numbers from the words of a text; fails on request for texts with a certain word.

    Another name hashes words into other places.
    """

    def __init__(self, name: str = "hashing", dimension: int = 16) -> None:
        self.name = name
        self.dimension = dimension
        self.forbidden_word = ""
        self.embedded = 0

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if self.forbidden_word and any(self.forbidden_word in text for text in texts):
            raise ModelUnavailable("The embedding model cannot be reached.")
        self.embedded += len(texts)
        return np.array([self.embed_query(text) for text in texts], dtype=np.float32)

    def embed_with_sentences(
        self, texts: Sequence[str], spans: Sequence[Spans]
    ) -> EmbeddedPassages:
        sentences = tuple(
            np.array([self.embed_query(text[a:b]) for a, b in places]).reshape(-1, self.dimension)
            for text, places in zip(texts, spans, strict=True)
        )
        return EmbeddedPassages(self.embed_passages(texts), sentences)

    def embed_query(self, text: str) -> Vectors:
        vector = np.zeros(self.dimension, dtype=np.float32)
        salt = "" if self.name == "hashing" else self.name
        for word in text.lower().split():
            vector[hashlib.sha256((salt + word).encode()).digest()[0] % self.dimension] += 1
        return vector / max(float(np.linalg.norm(vector)), 1.0)

    def count_tokens(self, text: str) -> int:
        return len(text.split())


class DictVectors:
    """A vector index in memory, in the first generation only."""

    def __init__(self) -> None:
        self.stored: dict[str, dict[int, Vectors]] = defaultdict(dict)
        self.loses_vectors = False

    def add(
        self,
        collection_id: str,
        chunk_ids: Sequence[int],
        vectors: Vectors,
        *,
        generation: int | None = None,
    ) -> None:
        if not self.loses_vectors:
            self._of(collection_id, generation).update(zip(chunk_ids, vectors, strict=True))

    def remove(
        self, collection_id: str, chunk_ids: Sequence[int], *, generation: int | None = None
    ) -> None:
        for chunk_id in chunk_ids:
            self._of(collection_id, generation).pop(chunk_id, None)

    def search(
        self, collection_id: str, vector: Vectors, k: int, *, generation: int | None = None
    ) -> list[ScoredId]:
        found = self._of(collection_id, generation).items()
        scored = [ScoredId(i, float(v @ vector)) for i, v in found]
        return sorted(scored, key=lambda hit: -hit.score)[:k]

    def ids(self, collection_id: str, *, generation: int | None = None) -> set[int]:
        return set(self._of(collection_id, generation))

    def known(
        self, collection_id: str, chunk_ids: Sequence[int], *, generation: int | None = None
    ) -> set[int]:
        return self.ids(collection_id, generation=generation) & set(chunk_ids)

    def vectors_of(
        self, collection_id: str, chunk_ids: Sequence[int], *, generation: int | None = None
    ) -> dict[int, Vectors]:
        stored = self._of(collection_id, generation)
        return {chunk_id: stored[chunk_id] for chunk_id in chunk_ids if chunk_id in stored}

    def generations(self, _collection_id: str) -> tuple[int, ...]:
        return (1,)

    def drop(self, collection_id: str, *, generation: int | None = None) -> None:
        self._of(collection_id, generation).clear()

    def set_damaged_aside(self) -> bool:
        return False

    def remove_set_aside(self) -> None:
        """Nothing was."""

    def _of(self, collection_id: str, generation: int | None) -> dict[int, Vectors]:
        assert generation in (None, 1)
        return self.stored[collection_id]


class DictKeywords:
    """A keyword index in memory; the score is the number of shared words."""

    def __init__(self) -> None:
        self.stored: dict[str, dict[int, KeywordEntry]] = defaultdict(dict)

    def terms(self, text: str) -> list[str]:
        return text.lower().split()

    def frequencies(self, collection_id: str, terms: Sequence[str]) -> TermFrequencies:
        texts = [set(self.terms(e.text)) for e in self.stored[collection_id].values()]
        counts = {term: sum(term in words for words in texts) for term in terms}
        return TermFrequencies(len(texts), counts)

    def hold_together(self, collection_ids: Sequence[str], terms: Sequence[str]) -> bool:
        texts = (self.terms(e.text) for c in collection_ids for e in self.stored[c].values())
        return bool(terms) and any(set(terms) <= set(text) for text in texts)

    def add(self, collection_id: str, entries: Sequence[KeywordEntry]) -> None:
        self.stored[collection_id].update({entry.chunk_id: entry for entry in entries})

    def remove(self, collection_id: str, chunk_ids: Sequence[int]) -> None:
        for chunk_id in chunk_ids:
            self.stored[collection_id].pop(chunk_id, None)

    def search(
        self, collection_ids: Sequence[str], query: Sequence[WeightedText], k: int
    ) -> list[ScoredId]:
        words = {word for part in query for word in part.text.lower().split()}
        entries = [entry for c in collection_ids for entry in self.stored[c].values()]
        hits = [ScoredId(e.chunk_id, len(words & set(e.text.lower().split()))) for e in entries]
        return sorted((hit for hit in hits if hit.score), key=lambda hit: -hit.score)[:k]

    def ids(self, collection_id: str) -> set[int]:
        return set(self.stored[collection_id])

    def known(self, collection_id: str, chunk_ids: Sequence[int]) -> set[int]:
        return self.ids(collection_id) & set(chunk_ids)

    def drop(self, collection_id: str) -> None:
        self.stored.pop(collection_id, None)

    def drop_damaged(self, _collection_id: str) -> bool:
        return False


class ScriptedParser:
    """The real parser, but for files whose name says what shall go wrong."""

    def __init__(self) -> None:
        self._real = SandboxedParser()

    def parse(self, media_type: MediaType, content: bytes, file_name: str) -> ParsedDocument:
        if file_name == "bug.txt":
            raise ZeroDivisionError("secret words of the document")
        if file_name == "blank.txt":
            return ParsedDocument("blank", (Page(1, "\u200b"),))
        return self._real.parse(media_type, content, file_name)

    def close(self) -> None:
        self._real.close()
