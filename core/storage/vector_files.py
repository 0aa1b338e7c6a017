"""Writes the files of the vector index anew, since Chroma keeps the bytes of removed vectors."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from core.child_process import end_child, start_child
from core.domain.batches import batched
from core.errors import IndexUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chromadb.api.models.Collection import Collection

    from core.storage.vector_index import ChromaVectorIndex

READ_TOGETHER = 2_000
BESIDE, OLD = "-rebuilding", "-replaced"


class ChromaFiles:
    """The folder of an embedded Chroma; `folder` is None where Chroma runs as a server."""

    def __init__(self, index: ChromaVectorIndex, folder: Path | None) -> None:
        self._index = index
        self._folder = folder

    def rebuild(self, collection_ids: Iterable[str]) -> bool:
        """Copies what is left of these indexes to new ones and removes all traces of the old.

        Vectors stay in the file of the graph, in the queue and in free pages of Chroma's database
        after they were deleted; a copy has none of them. Returns False where the files lie on a
        server, which has to be compacted there. Answers go on meanwhile.
        """
        for collection_id in collection_ids:
            for collection in self._of(collection_id):
                self._copy(collection)
        if self._folder is None:
            return False
        _remove_unused(self._folder, _compact(self._folder / "chroma.sqlite3"))
        return True

    def _of(self, collection_id: str) -> list[Collection]:
        """All generations of this index, without what an interrupted rebuild left behind."""
        prefix = f"c-{collection_id}"
        found = [c for c in self._all() if c.name == prefix or c.name.startswith(f"{prefix}-")]
        for one in found:
            if one.name.endswith((BESIDE, OLD)):
                self._index.client.delete_collection(one.name)
        return [c for c in found if not c.name.endswith((BESIDE, OLD))]

    def _all(self) -> Iterator[Collection]:
        offset = 0
        while some := self._index.client.list_collections(limit=READ_TOGETHER, offset=offset):
            yield from some
            offset += len(some)

    def _copy(self, old: Collection) -> None:
        name = old.name
        new = self._index.client.create_collection(
            f"{name}{BESIDE}",
            configuration={"hnsw": {"space": "cosine", "ef_search": 128}},
            embedding_function=None,
        )
        for ids in batched(old.get(include=[])["ids"], READ_TOGETHER):
            found = old.get(ids=list(ids), include=["embeddings"])
            if found["ids"]:
                new.add(ids=found["ids"], embeddings=found["embeddings"])
        with self._index.reopening():
            old.modify(name=f"{name}{OLD}")
            new.modify(name=name)
        self._index.client.delete_collection(f"{name}{OLD}")


def _compact(path: Path) -> set[str]:
    """Returns the segments in use; raises IndexUnavailable."""
    child = start_child("core.storage.vector_files_child", [path.absolute()])
    try:
        output, _ = child.communicate()
    finally:
        end_child(child)
    segments = json.loads(output or "null")
    if segments is None:
        raise IndexUnavailable(
            "The vector index is busy, so the traces of what was deleted are still in its files. "
            "Try again."
        )
    return set(segments)


def _remove_unused(folder: Path, used: set[str]) -> None:
    """Chroma leaves the folders of deleted collections where they are."""
    for path in folder.iterdir():
        if path.is_dir() and path.name not in used:
            shutil.rmtree(path)
