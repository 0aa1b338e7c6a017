"""Messages between the app and the process that holds the vectors: names, ids and vectors."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from core.domain.ports import Vectors
    from core.frames import Header


class Task(StrEnum):
    """The calls of a VectorStore."""

    UPSERT = "upsert"
    DELETE = "delete"
    NEAREST = "nearest"
    IDS = "ids"
    KNOWN = "known"
    VECTORS = "vectors"
    DROP = "drop"
    NAMES = "names"
    REPLACE = "replace"


def no_ids() -> NDArray[np.int64]:
    """Return an empty list of ids."""
    return np.empty(0, dtype=np.int64)


def no_vectors() -> Vectors:
    """Return an empty list of vectors, of no dimension."""
    return np.empty((0, 0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Content:
    """Ids, shape (n,), and vectors or scores, shape (m, dimension); either may be empty."""

    ids: NDArray[np.int64] = field(default_factory=no_ids)
    vectors: Vectors = field(default_factory=no_vectors)


def as_ids(chunk_ids: Iterable[int]) -> NDArray[np.int64]:
    """Return ids as an array that can be sent."""
    return np.fromiter(chunk_ids, dtype=np.int64)


def pack(content: Content) -> tuple[Header, bytes]:
    """Return the numbers of ids and vectors for the header, and the body."""
    vectors = np.ascontiguousarray(content.vectors, dtype=np.float32)
    header: Header = {"ids": len(content.ids), "shape": list(vectors.shape)}
    return header, content.ids.tobytes() + vectors.tobytes()


def unpack(header: Header, body: bytes) -> Content:
    """Reverse `pack`."""
    ids = np.frombuffer(body, dtype=np.int64, count=header["ids"])
    vectors = np.frombuffer(body, dtype=np.float32, offset=ids.nbytes)
    return Content(ids, vectors.reshape(header["shape"]))
