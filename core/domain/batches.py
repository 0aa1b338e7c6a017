"""Cuts long lists into pieces that one query can take."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Yield tuples of `size` items in order, the last one perhaps shorter; nothing for no items."""
    remaining = iter(items)
    while piece := tuple(islice(remaining, size)):
        yield piece
