"""A queue in which people take turns, with a bounded number working at a time."""

import threading
from collections import Counter, deque


class Turn:
    """A place in the queue, and the right to work once it has come."""

    def __init__(self, queue: "FairQueue", person: str) -> None:
        self.person = person
        self._queue = queue
        self._has_come = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Wait for the turn at most so many seconds; return whether it has come."""
        return self._has_come.wait(seconds)

    @property
    def has_come(self) -> bool:
        return self._has_come.is_set()

    def call(self) -> None:
        """Let its owner begin."""
        self._has_come.set()

    def leave(self) -> None:
        """Give the place to the next person; harmless if it was given up before."""
        self._queue.leave(self)


class FairQueue:
    """Lets a bounded number work at the same time; the people who wait take turns.

    `at_once` is for all together, None without a bound; `per_person` is for each.
    """

    def __init__(self, *, at_once: int | None, per_person: int) -> None:
        self._at_once = at_once
        self._per_person = per_person
        self._lock = threading.Lock()
        self._working: Counter[str] = Counter()
        self._turns: set[Turn] = set()
        self._waiting: dict[str, deque[Turn]] = {}
        # When each person who waits or works was last served; the longest ago is next.
        self._served: dict[str, int] = {}
        self._count = 0

    def enter(self, person: str) -> Turn:
        """Return a turn that has come already, or will come when enough others have left."""
        turn = Turn(self, person)
        with self._lock:
            self._waiting.setdefault(person, deque()).append(turn)
            self._admit()
        return turn

    def leave(self, turn: Turn) -> None:
        """End a turn, whether it has come or not."""
        with self._lock:
            if turn in self._turns:
                self._turns.discard(turn)
                self._working[turn.person] -= 1
            elif turn in self._waiting.get(turn.person, ()):
                self._waiting[turn.person].remove(turn)
            self._admit()
            self._forget(turn.person)

    def waiting(self, person: str) -> int:
        """Count the turns of a person that have not come yet."""
        with self._lock:
            return len(self._waiting.get(person, ()))

    def _admit(self) -> None:
        while (person := self._next_person()) is not None:
            turn = self._waiting[person].popleft()
            self._count += 1
            self._served[person] = self._count
            self._working[person] += 1
            self._turns.add(turn)
            turn.call()

    def _forget(self, person: str) -> None:
        """Forget somebody who is not waiting."""
        if not self._working[person] and not self._waiting.get(person):
            self._waiting.pop(person, None)
            self._served.pop(person, None)
            del self._working[person]

    def _next_person(self) -> str | None:
        if self._at_once is not None and len(self._turns) >= self._at_once:
            return None
        ready = [p for p, own in self._waiting.items() if own and self._has_room(p)]
        return min(ready, key=lambda person: self._served.get(person, 0), default=None)

    def _has_room(self, person: str) -> bool:
        return self._working[person] < self._per_person
