"""Vectors in Chroma: one Chroma collection per knowledge collection and generation of its index."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import urlsplit

import numpy as np

from core.domain.generations import FIRST
from core.domain.ports import ScoredId
from core.errors import IndexUnavailable

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

    from core.domain.ports import Vectors


# Before each further try to read an index that was replaced meanwhile.
PAUSES_S = (0.05, 0.2, 0.5)
T = TypeVar("T")


class GenerationNumbers(Protocol):
    """Which generations of its index a collection has."""

    def live(self, collection_id: str) -> int: ...

    def all(self, collection_id: str) -> tuple[int, ...]: ...


class OnlyFirst:
    """For indexes that nothing is ever built beside."""

    def live(self, _collection_id: str) -> int:
        return FIRST

    def all(self, _collection_id: str) -> tuple[int, ...]:
        return (FIRST,)


class ChromaVectorIndex:
    """Cosine similarity search over explicit vectors.

    Without a generation the live one is meant; `remove` and `drop` then empty all of them, so that
    what is deleted is nowhere. Chroma gets neither text nor metadata: access decides which
    collection is opened at all, and text that was never in Chroma need not be erased from it.
    """

    def __init__(self, client: ClientAPI, numbers: GenerationNumbers | None = None) -> None:
        self._client = client
        self._numbers = numbers or OnlyFirst()
        self._opened: dict[str, Collection] = {}
        self._lock = threading.Lock()

    def add(
        self,
        collection_id: str,
        chunk_ids: Sequence[int],
        vectors: Vectors,
        *,
        generation: int | None = None,
    ) -> None:
        """Adds or replaces vectors; shape (len(chunk_ids), dimension)."""
        collection = self._open(collection_id, generation)
        for part in self._batches(len(chunk_ids)):
            collection.upsert(ids=[str(i) for i in chunk_ids[part]], embeddings=vectors[part])

    def remove(
        self, collection_id: str, chunk_ids: Sequence[int], *, generation: int | None = None
    ) -> None:
        """Removes vectors from all generations or from one; unknown ids are ignored."""
        for number in self._meant(collection_id, generation):
            collection = self._open(collection_id, number)
            for part in self._batches(len(chunk_ids)):
                collection.delete(ids=[str(i) for i in chunk_ids[part]])

    def search(
        self, collection_id: str, vector: Vectors, k: int, *, generation: int | None = None
    ) -> list[ScoredId]:
        """The k nearest chunks, best first; score is the cosine similarity in [-1, 1]."""
        found = self._read(
            collection_id,
            generation,
            lambda opened: opened.query(
                query_embeddings=vector[None, :], n_results=k, include=["distances"]
            ),
        )
        distances = found["distances"] or [[]]
        return [
            ScoredId(int(chunk_id), 1.0 - distance)
            for chunk_id, distance in zip(found["ids"][0], distances[0], strict=True)
        ]

    def ids(self, collection_id: str, *, generation: int | None = None) -> set[int]:
        """All chunk ids in the index."""
        return {int(i) for i in self._open(collection_id, generation).get(include=[])["ids"]}

    def known(
        self, collection_id: str, chunk_ids: Sequence[int], *, generation: int | None = None
    ) -> set[int]:
        """Those of `chunk_ids` that are in the index."""
        collection = self._open(collection_id, generation)
        return {
            int(found)
            for part in self._batches(len(chunk_ids))
            for found in collection.get(ids=[str(i) for i in chunk_ids[part]], include=[])["ids"]
        }

    def vectors_of(
        self, collection_id: str, chunk_ids: Sequence[int], *, generation: int | None = None
    ) -> dict[int, Vectors]:
        """The vectors of those of `chunk_ids` that are in the index, each (dimension,)."""
        collection = self._open(collection_id, generation)
        vectors: dict[int, Vectors] = {}
        for part in self._batches(len(chunk_ids)):
            found = collection.get(ids=[str(i) for i in chunk_ids[part]], include=["embeddings"])
            values = np.asarray(found["embeddings"], dtype=np.float32)
            vectors |= {int(i): vector for i, vector in zip(found["ids"], values, strict=True)}
        return vectors

    def generations(self, collection_id: str) -> tuple[int, ...]:
        """The numbers of all generations, the live one included."""
        return self._numbers.all(collection_id)

    def drop(self, collection_id: str, *, generation: int | None = None) -> None:
        """Removes the index of all generations or of one, if there is any."""
        for number in self._meant(collection_id, generation):
            self._drop(_name(collection_id, number))

    def _read(
        self, collection_id: str, generation: int | None, read: Callable[[Collection], T]
    ) -> T:
        """Reads again if what was opened is written anew meanwhile; raises IndexUnavailable."""
        from chromadb.errors import ChromaError

        for pause in PAUSES_S:
            try:
                return read(self._open(collection_id, generation))
            except ChromaError:
                self._forget(collection_id, generation)
                time.sleep(pause)
        try:
            return read(self._open(collection_id, generation))
        except ChromaError as error:
            raise IndexUnavailable(
                "The search index cannot be read at the moment. Try again, and tell an "
                "administrator if it goes on."
            ) from error

    def _forget(self, collection_id: str, generation: int | None) -> None:
        number = self._numbers.live(collection_id) if generation is None else generation
        with self._lock:
            self._opened.pop(_name(collection_id, number), None)

    def _drop(self, name: str) -> None:
        from chromadb.errors import NotFoundError

        with self._lock:
            self._opened.pop(name, None)
        try:
            self._client.delete_collection(name)
        except NotFoundError:
            return

    def _meant(self, collection_id: str, generation: int | None) -> tuple[int, ...]:
        return self._numbers.all(collection_id) if generation is None else (generation,)

    @property
    def client(self) -> ClientAPI:
        """The Chroma of this moment; see `reopen`."""
        return self._client

    def reopen(self, opened: Callable[[], ClientAPI]) -> None:
        """Reads all files anew, after another process wrote them.

        Chroma holds graphs in memory: what it writes next would take out what was added to them.
        """
        from chromadb.api.client import Client

        with self._lock:
            self._opened.clear()
            if isinstance(self._client, Client):
                self._client.close()
            self._client = opened()

    @contextmanager
    def reopening(self) -> Iterator[None]:
        """Whoever opens an index meanwhile waits, and then opens what is there by then."""
        with self._lock:
            yield
            self._opened.clear()

    def _open(self, collection_id: str, generation: int | None) -> Collection:
        number = self._numbers.live(collection_id) if generation is None else generation
        name = _name(collection_id, number)
        with self._lock:
            if name not in self._opened:
                self._opened[name] = self._client.get_or_create_collection(
                    name,
                    configuration={"hnsw": {"space": "cosine", "ef_search": 128}},
                    embedding_function=None,
                )
            return self._opened[name]

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


def _name(collection_id: str, generation: int) -> str:
    return f"c-{collection_id}" if generation == FIRST else f"c-{collection_id}-g{generation}"
