"""Lets a few threads work at once; the others wait in turn, so that one caller keeps nobody out."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from core.errors import TooManyAttempts

LONGEST_LINE = 64
BUSY = "Many people are signing in right now. Try again in a few seconds."


class FairTurns:
    """A limit of `slots` at once; callers take turns, each in order of arrival.

    Not a `core.fair_queue.FairQueue`, which serves newcomers first: strangers with ever new
    addresses could then overtake an office that was served before.
    """

    def __init__(self, slots: int, longest_line: int = LONGEST_LINE) -> None:
        self._free = slots
        self._longest_line = longest_line
        self._lines: dict[str, deque[object]] = {}  # the first line is the next to be served
        self._changed = Condition()

    @property
    def waiting(self) -> int:
        """The number of threads that wait for a slot."""
        with self._changed:
            return sum(map(len, self._lines.values()))

    @contextmanager
    def turn(self, caller: str) -> Iterator[None]:
        """Wait for a slot; raise TooManyAttempts if too many of this caller wait already."""
        self._take(caller)
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()

    def _take(self, caller: str) -> None:
        ticket = object()
        with self._changed:
            line = self._lines.setdefault(caller, deque())
            if len(line) >= self._longest_line:
                raise TooManyAttempts(BUSY)
            line.append(ticket)
            self._changed.wait_for(lambda: self._free > 0 and self._next() is ticket)
            self._free -= 1
            self._leave(caller)
            self._changed.notify_all()

    def _next(self) -> object:
        return next(iter(self._lines.values()))[0]

    def _leave(self, caller: str) -> None:
        """Move the caller that was served to the end of the line."""
        line = self._lines.pop(caller)
        line.popleft()
        if line:
            self._lines[caller] = line
