"""Turns between people, not between tabs, when many ask at once."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing

from core.domain.identity import User
from core.fair_queue import FairQueue
from rag.writing.events import AnswerEvent, AnswerEvents, Step, StepStarted

ANSWERS_OF_ONE_PERSON = 3
"""Answers of a person that are made at once; most of the time of a model is waiting."""
# Searching and reading occupy a processor of this machine; each person has one at a time.
SEARCHES_OF_ONE_PERSON = 1
# Shorter waits are not shown; a stop is noticed at most this late.
TELL_AFTER_SECONDS = 0.25


class AnswerTurns:
    """Two queues on the way to an answer: one for the whole answer, one for its search."""

    def __init__(self, *, per_person: int = ANSWERS_OF_ONE_PERSON) -> None:
        processors = os.cpu_count() or 1
        self._answers = FairQueue(at_once=None, per_person=per_person)
        self._searches = FairQueue(at_once=max(2, processors), per_person=SEARCHES_OF_ONE_PERSON)

    def take(self, user: User, events: AnswerEvents) -> AnswerEvents:
        """Pass on the events of an answer, each stage when its turn has come.

        A search begins with its step and ends where a model begins to write, with the search for a
        further question, or with the answer. While the person waits, WAITING is passed on again and
        again.
        """
        with ExitStack() as stack:
            yield from _wait(stack, self._answers, user)
            search = stack.enter_context(ExitStack())
            for event in stack.enter_context(closing(events)):
                match event:
                    case StepStarted(step=Step.SEARCHING):
                        search.close()
                        yield from _wait(search, self._searches, user)
                    case StepStarted(step=Step.WRITING):
                        search.close()
                yield event


def _wait(stack: ExitStack, queue: FairQueue, user: User) -> Iterator[AnswerEvent]:
    """Yield WAITING until the turn has come; closing `stack` leaves the queue."""
    turn = queue.enter(user.id)
    stack.callback(turn.leave)
    while not turn.wait(TELL_AFTER_SECONDS):
        yield StepStarted(Step.WAITING, 0)
