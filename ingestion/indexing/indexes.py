"""The two search indexes of a collection, which are always changed together."""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.domain.ports import KeywordEntry, KeywordIndex, VectorIndex
from ingestion.indexing.drafts import VersionDraft

if TYPE_CHECKING:
    from core.domain.ports import Vectors

ChunkIds = dict[str, list[int]]
"""Chunk ids by collection id."""


class SearchIndexes:
    """The vector index and the keyword index, side by side."""

    def __init__(self, vectors: VectorIndex, keywords: KeywordIndex) -> None:
        self._vectors = vectors
        self._keywords = keywords

    def add(
        self,
        stored: Sequence[tuple[VersionDraft, list[int] | None]],
        vectors: "Vectors",
        *,
        generation: int | None = None,
    ) -> None:
        """Add the passages of drafts with their chunk ids; drafts without ids are left out.

        `vectors` has one row for each passage of all drafts, in order.
        """
        rows: dict[str, list[int]] = defaultdict(list)
        chunk_ids: ChunkIds = defaultdict(list)
        entries: dict[str, list[KeywordEntry]] = defaultdict(list)
        row = 0
        for draft, ids in stored:
            if ids is not None:
                collection_id = draft.source.collection_id
                rows[collection_id].extend(range(row, row + len(ids)))
                chunk_ids[collection_id].extend(ids)
                entries[collection_id].extend(draft.keyword_entries(ids))
            row += len(draft.passages)
        for collection_id, ids in chunk_ids.items():
            if ids:
                mine = vectors[rows[collection_id]]
                self._vectors.add(collection_id, ids, mine, generation=generation)
                self._keywords.add(collection_id, entries[collection_id])

    def remove(self, chunk_ids: ChunkIds) -> None:
        """Remove chunks from both; unknown ids are ignored."""
        for collection_id, ids in chunk_ids.items():
            if ids:
                self._vectors.remove(collection_id, ids)
                self._keywords.remove(collection_id, ids)

    def missing(self, chunk_ids: ChunkIds) -> int:
        """Return how many of these chunks at least one index lacks."""
        return sum(
            len(
                set(ids)
                - (
                    self._vectors.known(collection_id, ids)
                    & self._keywords.known(collection_id, ids)
                )
            )
            for collection_id, ids in chunk_ids.items()
        )

    def remaining(self, chunk_ids: ChunkIds) -> int:
        """Return how many of these chunks at least one index still knows, in any generation."""
        return sum(len(self._known(collection_id, ids)) for collection_id, ids in chunk_ids.items())

    def _known(self, collection_id: str, chunk_ids: Sequence[int]) -> set[int]:
        known = self._keywords.known(collection_id, chunk_ids)
        for generation in self._vectors.generations(collection_id):
            known |= self._vectors.known(collection_id, chunk_ids, generation=generation)
        return known
