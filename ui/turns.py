"""One page run of a person at a time, so that many busy tabs weigh on the others like one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.fair_queue import FairQueue, Turn

# A run that takes longer, such as an upload, does not hold up the person's other tabs for ever.
PATIENCE_SECONDS = 2.0
# So long a run that had to wait for another tab lets the runs of other people go first.
COURTESY_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class _Run:
    """A page run at work; `has_waited` for another tab of the same person."""

    turn: Turn
    has_waited: bool


class PageTurns:
    """The page runs of all people; those of one person come one after the other.

    A run that had to wait for another tab of its person also lets people with a single tab at work
    go first. No wait is longer than patience and courtesy together. A script thread has one run at
    most, which it may set aside while it waits for others.
    """

    def __init__(
        self,
        patience_seconds: float = PATIENCE_SECONDS,
        courtesy_seconds: float = COURTESY_SECONDS,
    ) -> None:
        self.patience_seconds = patience_seconds
        self.courtesy_seconds = courtesy_seconds
        self._queue = FairQueue(at_once=None, per_person=1)
        self._of_thread = threading.local()
        self._single: list[_Run] = []  # at work without having waited
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, person: str) -> Iterator[bool]:
        """Wait for the person's other tabs, at most as long as patience lasts.

        Yields whether their runs have ended.
        """
        turn = self._queue.enter(person)
        run = _Run(turn, has_waited=not turn.has_come)
        try:
            has_come = turn.wait(self.patience_seconds)
            self._begin(run)
            self._of_thread.run = run
            yield has_come
        finally:
            self._of_thread.run = None
            self._end(run)

    def waiting(self, person: str) -> int:
        """Count the runs of a person that wait for another one of theirs."""
        return self._queue.waiting(person)

    def set_aside(self) -> None:
        """Let the person's next tab begin, because this run only waits from now on."""
        run: _Run | None = getattr(self._of_thread, "run", None)
        if run is not None:
            self._end(run)

    def _begin(self, run: _Run) -> None:
        with self._changed:
            if run.has_waited:
                self._changed.wait_for(lambda: not self._others(run), self.courtesy_seconds)
            else:
                self._single.append(run)

    def _others(self, run: _Run) -> list[_Run]:
        return [other for other in self._single if other.turn.person != run.turn.person]

    def _end(self, run: _Run) -> None:
        run.turn.leave()
        with self._changed:
            if run in self._single:
                self._single.remove(run)
                self._changed.notify_all()


page_turns = PageTurns()
