"""Runs one page of a person at a time, so that many busy tabs weigh on others like one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.fair_queue import FairQueue, Turn

# A run that takes longer, such as an upload, does not hold up the person's other tabs for ever.
PATIENCE_SECONDS = 2.0


class PageTurns:
    """Page runs of all people; those of one person come one after the other.

    A script thread has one turn at most, which it may set aside while it waits for others.
    """

    def __init__(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self.patience_seconds = patience_seconds
        self._queue = FairQueue(at_once=None, per_person=1)
        self._of_thread = threading.local()

    @contextmanager
    def turn(self, person: str) -> Iterator[bool]:
        """Wait until the person's other tabs have been drawn, but never longer than patience.

        Gives whether they have.
        """
        turn = self._queue.enter(person)
        try:
            has_come = turn.wait(self.patience_seconds)
            self._of_thread.turn = turn
            yield has_come
        finally:
            self._of_thread.turn = None
            turn.leave()

    def set_aside(self) -> None:
        """Let the person's next tab begin, because this run only waits from now on."""
        turn: Turn | None = getattr(self._of_thread, "turn", None)
        if turn is not None:
            turn.leave()


page_turns = PageTurns()
