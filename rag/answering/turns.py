"""Who is served when many ask at once: one after the other between people, not between tabs."""

import os
import threading
from collections import Counter, deque
from collections.abc import Generator, Iterator
from contextlib import ExitStack, closing

from core.domain.identity import User
from rag.writing.events import AnswerEvent, Step, StepStarted

ANSWERS_OF_ONE_PERSON = 3
"""Answers of a person that are made at the same time; with a model most of it is waiting for it."""
# Searching and reading occupy a processor of this machine. One person has one of them at a time.
SEARCHES_OF_ONE_PERSON = 1
# A wait that is shorter is not told; a stop is noticed as late as this.
TELL_AFTER_SECONDS = 0.25


class Turn:
    """A place in the queue, and the right to work once it has come."""

    def __init__(self, queue: "FairQueue", person: str) -> None:
        self.person = person
        self._queue = queue
        self._has_come = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Whether it has come by then."""
        return self._has_come.wait(seconds)

    @property
    def has_come(self) -> bool:
        return self._has_come.is_set()

    def call(self) -> None:
        """Lets its owner begin."""
        self._has_come.set()

    def leave(self) -> None:
        """Gives the place to the next; harmless when it was left before."""
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
        # When people who wait or work were served last; whoever was served longest ago is next.
        self._served: dict[str, int] = {}
        self._count = 0

    def enter(self, person: str) -> Turn:
        """A turn that has come already, or will when enough others have left."""
        turn = Turn(self, person)
        with self._lock:
            self._waiting.setdefault(person, deque()).append(turn)
            self._admit()
        return turn

    def leave(self, turn: Turn) -> None:
        """Ends a turn, whether it has come or not."""
        with self._lock:
            if turn in self._turns:
                self._turns.discard(turn)
                self._working[turn.person] -= 1
            elif turn in self._waiting.get(turn.person, ()):
                self._waiting[turn.person].remove(turn)
            self._admit()
            self._forget(turn.person)

    def _admit(self) -> None:
        while (person := self._next_person()) is not None:
            turn = self._waiting[person].popleft()
            self._count += 1
            self._served[person] = self._count
            self._working[person] += 1
            self._turns.add(turn)
            turn.call()

    def _forget(self, person: str) -> None:
        """Keeps nothing of somebody who is not there."""
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


class AnswerTurns:
    """Two queues on the way to an answer: for the answer at all, and for its search."""

    def __init__(self, *, per_person: int = ANSWERS_OF_ONE_PERSON) -> None:
        processors = os.cpu_count() or 1
        self._answers = FairQueue(at_once=None, per_person=per_person)
        self._searches = FairQueue(at_once=max(2, processors), per_person=SEARCHES_OF_ONE_PERSON)

    def take(
        self, user: User, events: Generator[AnswerEvent, None, None]
    ) -> Generator[AnswerEvent, None, None]:
        """Passes the events of an answer on, each stage when its turn has come.

        A search begins with its step and ends where a model begins to write, or with the answer.
        While there is nothing to pass on but waiting, that is told again and again.
        """
        with ExitStack() as stack:
            yield from _wait(stack, self._answers, user)
            search = stack.enter_context(ExitStack())
            for event in stack.enter_context(closing(events)):
                match event:
                    case StepStarted(step=Step.SEARCHING):
                        yield from _wait(search, self._searches, user)
                    case StepStarted(step=Step.WRITING):
                        search.close()
                yield event


def _wait(stack: ExitStack, queue: FairQueue, user: User) -> Iterator[AnswerEvent]:
    """Ends when the turn has come; `stack` leaves it."""
    turn = queue.enter(user.id)
    stack.callback(turn.leave)
    while not turn.wait(TELL_AFTER_SECONDS):
        yield StepStarted(Step.WAITING, 0)
