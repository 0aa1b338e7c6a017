"""Vectors of the chunks: one index per knowledge collection and generation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from core.domain.generations import FIRST
from core.errors import DiskUnavailable, IndexDamaged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.domain.ports import ScoredId, Vectors
    from core.storage.vectors.store import VectorStore


class GenerationNumbers(Protocol):
    """The numbers of a collection's index generations."""

    def live(self, collection_id: str) -> int: ...

    def all(self, collection_id: str) -> tuple[int, ...]: ...


class OnlyFirst:
    """The numbers for indexes that nothing is ever built beside."""

    def live(self, _collection_id: str) -> int:
        return FIRST

    def all(self, _collection_id: str) -> tuple[int, ...]:
        return (FIRST,)


class ChromaVectorIndex:
    """Cosine similarity search over explicit vectors.

    Without a generation the live one is meant; `remove` and `drop` then empty all of them, so that
    what is deleted is nowhere. Access decides which index is opened at all.
    """

    def __init__(self, store: VectorStore, numbers: GenerationNumbers | None = None) -> None:
        self.store = store
        self._numbers = numbers or OnlyFirst()

    def add(
        self,
        collection_id: str,
        chunk_ids: Sequence[int],
        vectors: Vectors,
        *,
        generation: int | None = None,
    ) -> None:
        """Add or replace vectors; shape (len(chunk_ids), dimension)."""
        self.store.upsert(self._name(collection_id, generation), chunk_ids, vectors)

    def remove(
        self, collection_id: str, chunk_ids: Sequence[int], *, generation: int | None = None
    ) -> None:
        """Remove vectors from all generations or from one; unknown ids are ignored."""
        for number in self._generation_numbers(collection_id, generation):
            self.store.delete(index_name(collection_id, number), chunk_ids)

    def search(
        self, collection_id: str, vector: Vectors, k: int, *, generation: int | None = None
    ) -> list[ScoredId]:
        """Return the k nearest chunks, best first; score is the cosine similarity in [-1, 1]."""
        return self.store.nearest(self._name(collection_id, generation), vector, k)

    def ids(self, collection_id: str, *, generation: int | None = None) -> set[int]:
        """Return all chunk ids in the index."""
        return self.store.ids(self._name(collection_id, generation))

    def known(
        self, collection_id: str, chunk_ids: Sequence[int], *, generation: int | None = None
    ) -> set[int]:
        """Return those of `chunk_ids` that are in the index."""
        return self.store.known(self._name(collection_id, generation), chunk_ids)

    def vectors_of(
        self, collection_id: str, chunk_ids: Sequence[int], *, generation: int | None = None
    ) -> dict[int, Vectors]:
        """Return the vectors of those of `chunk_ids` that are in the index, each (dimension,)."""
        return self.store.vectors(self._name(collection_id, generation), chunk_ids)

    def generations(self, collection_id: str) -> tuple[int, ...]:
        """Return the numbers of all generations, the live one included."""
        return self._numbers.all(collection_id)

    def drop(self, collection_id: str, *, generation: int | None = None) -> None:
        """Remove the index of all generations or of one, if there is any."""
        for number in self._generation_numbers(collection_id, generation):
            self.store.drop(index_name(collection_id, number))

    def set_damaged_aside(self) -> bool:
        """Replace damaged files by empty indexes of all collections; return whether there were any.

        The damaged files stay until `remove_set_aside`.
        """
        try:
            self._read_some()
        except (IndexDamaged, DiskUnavailable):
            self.store.set_aside()
            return True
        return False

    def remove_set_aside(self) -> None:
        self.store.remove_set_aside()

    def _read_some(self) -> None:
        """Read a little of each index and of its graph; raise IndexDamaged."""
        for name in self.store.names():
            ids = sorted(self.store.ids(name))[:1]
            for vector in self.store.vectors(name, ids).values():
                self.store.nearest(name, vector, 1)

    def _name(self, collection_id: str, generation: int | None) -> str:
        number = self._numbers.live(collection_id) if generation is None else generation
        return index_name(collection_id, number)

    def _generation_numbers(self, collection_id: str, generation: int | None) -> tuple[int, ...]:
        return self._numbers.all(collection_id) if generation is None else (generation,)


def index_name(collection_id: str, generation: int = FIRST) -> str:
    """Return the name of a generation's index in Chroma."""
    return f"c-{collection_id}" if generation == FIRST else f"c-{collection_id}-g{generation}"
