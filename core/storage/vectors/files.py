"""Writes the files of the vector index anew, since Chroma keeps the bytes of removed vectors."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np

from core.child_process import end_child, start_child
from core.domain.batches import batched
from core.errors import IndexUnavailable
from core.storage.vectors.index import index_name
from core.storage.vectors.store import BESIDE, OLD

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from core.storage.vectors.store import VectorStore

COPIED_TOGETHER = 2_000


class ChromaFiles:
    """The folder of an embedded Chroma; `folder` is None where Chroma runs as a server."""

    def __init__(self, store: VectorStore, folder: Path | None) -> None:
        self._store = store
        self._folder = folder

    def rebuild(self, collection_ids: Iterable[str]) -> bool:
        """Copy what is left of these indexes to new ones and remove all traces of the old.

        Vectors stay in the file of the graph, in the queue and in free pages of Chroma's database
        after they were deleted; a copy has none of them. Returns False where the files lie on a
        server, which has to be compacted there. Answers go on meanwhile.
        """
        for collection_id in collection_ids:
            for name in self._index_names(collection_id):
                self._copy(name)
        if self._folder is None:
            return False
        self._store.remove_set_aside()
        _remove_unused(self._folder, _compact(self._folder / "chroma.sqlite3"))
        return True

    def _index_names(self, collection_id: str) -> list[str]:
        """Return all generations of this index; finish what an interrupted rebuild left behind."""
        first = index_name(collection_id)
        stored = [n for n in self._store.names() if n == first or n.startswith(f"{first}-")]
        names = {name.removesuffix(BESIDE).removesuffix(OLD) for name in stored}
        for name in names:
            if name in stored:
                self._store.drop(f"{name}{BESIDE}")
            self._store.replace(name)
        return sorted(names)

    def _copy(self, name: str) -> None:
        beside = f"{name}{BESIDE}"
        self._store.upsert(beside, [], np.empty((0, 0), dtype=np.float32))
        for ids in batched(sorted(self._store.ids(name)), COPIED_TOGETHER):
            if vectors := self._store.vectors(name, ids):
                self._store.upsert(beside, list(vectors), np.stack(list(vectors.values())))
        self._store.replace(name)


def _compact(path: Path) -> set[str]:
    """Return the segments in use; raise IndexUnavailable."""
    child = start_child("core.storage.vectors.compaction_child", [path.absolute()])
    try:
        output, _ = child.communicate()
    finally:
        end_child(child)
    segments = json.loads(output or "null")
    if segments is None:
        raise IndexUnavailable(
            "The vector index is busy, so traces of deleted content are still in its files. Try "
            "again."
        )
    return set(segments)


def _remove_unused(folder: Path, used: set[str]) -> None:
    """Remove the folders of deleted collections, which Chroma leaves in place."""
    for path in folder.iterdir():
        if path.is_dir() and path.name not in used:
            shutil.rmtree(path)
