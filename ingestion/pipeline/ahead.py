"""An iterator that runs in its own thread, a bounded distance ahead of its reader."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Ahead(Generic[T]):
    """The `items`, iterated ahead while those that wait weigh less than `room`.

    An error of the iterator is raised where the item would have been taken. Leaving the `with`
    block ends the thread after its current item.
    """

    def __init__(self, items: Iterable[T], *, weight: Callable[[T], int], room: int) -> None:
        self._items = items
        self._weight = weight
        self._room = room
        self._waiting: deque[T] = deque()
        self._changed = threading.Condition()
        self._is_done = False
        self._is_left = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="reading ahead", daemon=True)

    def __enter__(self) -> "Ahead[T]":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._is_left = True
            self._changed.notify_all()
        self._thread.join()

    def batches(self, most: int) -> Iterator[list[T]]:
        """Yield all items in groups that weigh at least `most`, or less if fewer are waiting.

        This way, nothing waits for a full group while there is something to do.
        """
        while batch := self._next(most):
            yield batch

    def _next(self, most: int) -> list[T]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_done)
            batch: list[T] = []
            weight = 0
            while self._waiting and weight < most:
                item = self._waiting.popleft()
                weight += self._weight(item)
                batch.append(item)
            self._changed.notify_all()
            if not batch and self._error is not None:
                raise self._error
            return batch

    def _run(self) -> None:
        try:
            for item in self._items:
                if not self._put(item):
                    break
        except BaseException as error:  # noqa: BLE001  raised again where the items are read
            self._error = error
        with self._changed:
            self._is_done = True
            self._changed.notify_all()

    def _put(self, item: T) -> bool:
        """Add an item and wait for room; return False if nobody reads any more."""
        with self._changed:
            self._waiting.append(item)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_left or self._load() < self._room)
            return not self._is_left

    def _load(self) -> int:
        return sum(self._weight(item) for item in self._waiting)
