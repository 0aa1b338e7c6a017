"""Stores ids and vectors in Chroma, by the name of their index."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar
from urllib.parse import urlsplit

import numpy as np

from core.domain.ports import ScoredId
from core.errors import IndexUnavailable
from core.storage.vectors.errors import AWAY, chroma_errors

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

    from core.domain.ports import Vectors


BESIDE, OLD = "-rebuilding", "-replaced"
LISTED_TOGETHER = 2_000
# Chroma turns what it is given into Python lists, and nobody searches in that process meanwhile.
WRITTEN_TOGETHER = 256
# Pauses before each further try to read an index that was replaced meanwhile.
PAUSES_S = (0.05, 0.2, 0.5)
T = TypeVar("T")
P = ParamSpec("P")


class VectorStore(Protocol):
    """Named indexes, made at their first use; every call may be repeated without harm.

    All calls raise IndexUnavailable.
    """

    def upsert(self, name: str, chunk_ids: Sequence[int], vectors: Vectors) -> None:
        """Add or replace vectors; shape (len(chunk_ids), dimension)."""
        ...

    def delete(self, name: str, chunk_ids: Sequence[int]) -> None:
        """Delete vectors; unknown ids are ignored."""
        ...

    def nearest(self, name: str, vector: Vectors, k: int) -> list[ScoredId]:
        """Return the k nearest chunks, best first; score is the cosine similarity in [-1, 1]."""
        ...

    def ids(self, name: str) -> set[int]: ...

    def known(self, name: str, chunk_ids: Sequence[int]) -> set[int]: ...

    def vectors(self, name: str, chunk_ids: Sequence[int]) -> dict[int, Vectors]: ...

    def drop(self, name: str) -> None:
        """Remove the index; do nothing if there is none."""
        ...

    def names(self) -> list[str]: ...

    def replace(self, name: str) -> None:
        """Put the index called `name` + BESIDE in the place of `name`; finish a broken try."""
        ...

    def set_aside(self) -> None:
        """Put files that cannot be read out of the way; the next call begins with none."""
        ...

    def remove_set_aside(self) -> None: ...

    def reopen(self) -> None:
        """Read all files anew, after another process wrote them.

        Chroma holds graphs in memory: what it writes next would take out what was added to them.
        """
        ...

    def close(self) -> None: ...


def _translated(
    call: Callable[Concatenate[ChromaStore, P], T],
) -> Callable[Concatenate[ChromaStore, P], T]:
    @wraps(call)
    def translated(store: ChromaStore, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with chroma_errors(is_server=store.is_server):
            return call(store, *args, **kwargs)

    return translated


class ChromaStore:
    """A VectorStore over Chroma, which gets neither text nor metadata to be erased later."""

    def __init__(self, connect: Callable[[], ClientAPI], *, is_server: bool = False) -> None:
        self._connect = connect
        self.is_server = is_server
        self._connected: ClientAPI | None = None
        self._opened: dict[str, Collection] = {}
        self._lock = threading.RLock()

    @_translated
    def upsert(self, name: str, chunk_ids: Sequence[int], vectors: Vectors) -> None:
        collection = self._open(name)
        for part in self._parts(len(chunk_ids), WRITTEN_TOGETHER):
            collection.upsert(ids=_named(chunk_ids[part]), embeddings=vectors[part])

    @_translated
    def delete(self, name: str, chunk_ids: Sequence[int]) -> None:
        collection = self._open(name)
        for part in self._parts(len(chunk_ids)):
            collection.delete(ids=_named(chunk_ids[part]))

    @_translated
    def nearest(self, name: str, vector: Vectors, k: int) -> list[ScoredId]:
        reply = self._read(
            name,
            lambda opened: opened.query(
                query_embeddings=vector[None, :], n_results=k, include=["distances"]
            ),
        )
        distances = reply["distances"] or [[]]
        return [
            ScoredId(int(chunk_id), 1.0 - distance)
            for chunk_id, distance in zip(reply["ids"][0], distances[0], strict=True)
        ]

    @_translated
    def ids(self, name: str) -> set[int]:
        return {int(i) for i in self._open(name).get(include=[])["ids"]}

    @_translated
    def known(self, name: str, chunk_ids: Sequence[int]) -> set[int]:
        collection = self._open(name)
        return {
            int(chunk_id)
            for part in self._parts(len(chunk_ids))
            for chunk_id in collection.get(ids=_named(chunk_ids[part]), include=[])["ids"]
        }

    @_translated
    def vectors(self, name: str, chunk_ids: Sequence[int]) -> dict[int, Vectors]:
        collection = self._open(name)
        vectors: dict[int, Vectors] = {}
        for part in self._parts(len(chunk_ids)):
            reply = collection.get(ids=_named(chunk_ids[part]), include=["embeddings"])
            values = np.asarray(reply["embeddings"], dtype=np.float32)
            vectors |= {int(i): vector for i, vector in zip(reply["ids"], values, strict=True)}
        return vectors

    @_translated
    def drop(self, name: str) -> None:
        from chromadb.errors import NotFoundError

        with self._lock:
            self._opened.pop(name, None)
        try:
            self._client.delete_collection(name)
        except NotFoundError:
            return

    @_translated
    def names(self) -> list[str]:
        names: list[str] = []
        while page := self._client.list_collections(limit=LISTED_TOGETHER, offset=len(names)):
            names += [collection.name for collection in page]
        return names

    @_translated
    def replace(self, name: str) -> None:
        """Replace an index by the one beside it; whoever opens it meanwhile gets the new one."""
        with self._lock:
            names = set(self.names())
            if f"{name}{BESIDE}" in names:
                if name in names:
                    self.drop(f"{name}{OLD}")
                    self._client.get_collection(name).modify(name=f"{name}{OLD}")
                self._client.get_collection(f"{name}{BESIDE}").modify(name=name)
            self._opened.clear()
        self.drop(f"{name}{OLD}")

    def set_aside(self) -> None:
        """Raise IndexUnavailable: the files belong to whoever opened them."""
        raise IndexUnavailable(AWAY)

    def remove_set_aside(self) -> None:
        """Do nothing: nothing was set aside."""

    def reopen(self) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the next call connects again."""
        from chromadb.api.client import Client

        with self._lock:
            self._opened.clear()
            client, self._connected = self._connected, None
        if isinstance(client, Client):
            client.close()

    @property
    def _client(self) -> ClientAPI:
        with self._lock:
            if self._connected is None:
                self._connected = self._connect()
            return self._connected

    def _read(self, name: str, read: Callable[[Collection], T]) -> T:
        """Read, and once more if another process rewrote the files; raise IndexUnavailable."""
        from chromadb.errors import ChromaError, InternalError

        for pause in PAUSES_S:
            try:
                return read(self._open(name))
            except ChromaError:
                with self._lock:
                    self._opened.pop(name, None)
                time.sleep(pause)
        try:
            return read(self._open(name))
        except InternalError:
            raise  # about the files, and translated as such
        except ChromaError as error:
            raise IndexUnavailable(
                "The search index cannot be read right now. Try again. If this happens again, "
                "tell an administrator."
            ) from error

    def _open(self, name: str) -> Collection:
        with self._lock:
            if name not in self._opened:
                self._opened[name] = self._client.get_or_create_collection(
                    name,
                    configuration={"hnsw": {"space": "cosine", "ef_search": 128}},
                    embedding_function=None,
                )
            return self._opened[name]

    def _parts(self, count: int, largest: int | None = None) -> Iterator[slice]:
        size = self._client.get_max_batch_size()
        size = min(size, largest or size)
        return (slice(start, start + size) for start in range(0, count, size))


def open_chroma(folder: Path, url: str = "") -> ClientAPI:
    """Open Chroma inside this process, or the server at `url` (http://host:port).

    What it raises is translated where it is called, see chroma_errors.
    """
    from chromadb.api.shared_system_client import SharedSystemClient

    try:
        return _connected(folder, url)
    except BaseException:  # Chroma would return the half-opened client at the next try
        SharedSystemClient.clear_system_cache()
        raise


def _connected(folder: Path, url: str) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    # Otherwise Chroma would read the .env of this program, which holds keys.
    quiet = Settings(_env_file=None, anonymized_telemetry=False)
    if not url:
        folder.mkdir(parents=True, exist_ok=True)
        return chromadb.PersistentClient(str(folder), settings=quiet)
    server = urlsplit(url)
    is_secure = server.scheme == "https"
    port = server.port or (443 if is_secure else 8000)
    return chromadb.HttpClient(server.hostname or "", port, ssl=is_secure, settings=quiet)


def _named(chunk_ids: Sequence[int]) -> list[str]:
    return [str(chunk_id) for chunk_id in chunk_ids]
