"""Whose answer is made when many ask at once: turns between people, not between tabs."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing

from core.domain.identity import User
from core.fair_queue import FairQueue
from rag.writing.events import AnswerEvent, AnswerEvents, Step, StepStarted

ANSWERS_OF_ONE_PERSON = 3
"""Answers of a person that are made at the same time; with a model most of it is waiting for it."""
# Searching and reading occupy a processor of this machine. One person has one of them at a time.
SEARCHES_OF_ONE_PERSON = 1
# A wait that is shorter is not told; a stop is noticed as late as this.
TELL_AFTER_SECONDS = 0.25


class AnswerTurns:
    """Two queues on the way to an answer: for the answer at all, and for its search."""

    def __init__(self, *, per_person: int = ANSWERS_OF_ONE_PERSON) -> None:
        processors = os.cpu_count() or 1
        self._answers = FairQueue(at_once=None, per_person=per_person)
        self._searches = FairQueue(at_once=max(2, processors), per_person=SEARCHES_OF_ONE_PERSON)

    def take(self, user: User, events: AnswerEvents) -> AnswerEvents:
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
