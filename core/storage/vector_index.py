"""Vectors in Chroma: one Chroma collection per knowledge collection, ids and vectors only."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.domain.ports import ScoredId
from core.errors import IndexUnavailable

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

    from core.domain.ports import Vectors


class ChromaVectorIndex:
    """Cosine similarity search over explicit vectors.

    Chroma gets neither text nor metadata: access decides which collection is opened at all, and
    text that was never in Chroma need not be erased from it.
    """

    def __init__(self, client: ClientAPI) -> None:
        self._client = client
        self._opened: dict[str, Collection] = {}
        self._lock = threading.Lock()

    def add(self, collection_id: str, chunk_ids: Sequence[int], vectors: Vectors) -> None:
        """Adds or replaces vectors; shape (len(chunk_ids), dimension)."""
        collection = self._open(collection_id)
        for part in self._batches(len(chunk_ids)):
            collection.upsert(ids=[str(i) for i in chunk_ids[part]], embeddings=vectors[part])

    def remove(self, collection_id: str, chunk_ids: Sequence[int]) -> None:
        """Removes vectors; unknown ids are ignored."""
        collection = self._open(collection_id)
        for part in self._batches(len(chunk_ids)):
            collection.delete(ids=[str(i) for i in chunk_ids[part]])

    def search(self, collection_id: str, vector: Vectors, k: int) -> list[ScoredId]:
        """The k nearest chunks, best first; score is the cosine similarity in [-1, 1]."""
        found = self._open(collection_id).query(
            query_embeddings=vector[None, :], n_results=k, include=["distances"]
        )
        distances = found["distances"] or [[]]
        return [
            ScoredId(int(chunk_id), 1.0 - distance)
            for chunk_id, distance in zip(found["ids"][0], distances[0], strict=True)
        ]

    def ids(self, collection_id: str) -> set[int]:
        """All chunk ids in the index."""
        return {int(i) for i in self._open(collection_id).get(include=[])["ids"]}

    def drop(self, collection_id: str) -> None:
        """Removes the whole index of a collection, if there is one."""
        from chromadb.errors import NotFoundError

        with self._lock:
            self._opened.pop(collection_id, None)
        try:
            self._client.delete_collection(_name(collection_id))
        except NotFoundError:
            return

    def _open(self, collection_id: str) -> Collection:
        with self._lock:
            if collection_id not in self._opened:
                self._opened[collection_id] = self._client.get_or_create_collection(
                    _name(collection_id),
                    configuration={"hnsw": {"space": "cosine", "ef_search": 128}},
                    embedding_function=None,
                )
            return self._opened[collection_id]

    def _batches(self, count: int) -> Iterator[slice]:
        size = self._client.get_max_batch_size()
        return (slice(start, start + size) for start in range(0, count, size))


def open_chroma(folder: Path, url: str = "") -> ClientAPI:
    """Chroma inside this process, or the server at `url` (http://host:port).

    Raises IndexUnavailable if it cannot be opened.
    """
    import chromadb
    from chromadb.config import Settings

    quiet = Settings(anonymized_telemetry=False)
    try:
        if not url:
            folder.mkdir(parents=True, exist_ok=True)
            return chromadb.PersistentClient(str(folder), settings=quiet)
        server = urlsplit(url)
        is_secure = server.scheme == "https"
        port = server.port or (443 if is_secure else 8000)
        return chromadb.HttpClient(server.hostname or "", port, ssl=is_secure, settings=quiet)
    except (ValueError, OSError) as error:
        raise IndexUnavailable(f"The vector index cannot be opened: {error}") from error


def _name(collection_id: str) -> str:
    return f"c-{collection_id}"
