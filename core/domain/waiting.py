"""Lets slow waits ask whether anybody still wants their result."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Question = Callable[[], None]

_question: ContextVar[Question | None] = ContextVar("question", default=None)


@contextmanager
def asking(question: Question) -> Iterator[None]:
    """Let waits in this thread call `question`, which raises if nobody wants them any more."""
    token = _question.set(question)
    try:
        yield
    finally:
        _question.reset(token)


@contextmanager
def also_asking(question: Question) -> Iterator[None]:
    """Let waits in this thread call `question` besides what they ask already."""
    before = _question.get()

    def both() -> None:
        if before is not None:
            before()
        question()

    with asking(both):
        yield


def require_wanted() -> None:
    """Ask whether the wait is still wanted; raise what the question raises.

    Whoever waits calls it several times a second.
    """
    question = _question.get()
    if question is not None:
        question()
