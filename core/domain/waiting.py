"""Asks, while something slow is waited for, whether anybody still wants it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Question = Callable[[], None]

_question: ContextVar[Question | None] = ContextVar("question", default=None)


@contextmanager
def asking(question: Question) -> Iterator[None]:
    """Inside, whoever waits in this thread calls `question`; it raises where nobody wants it."""
    token = _question.set(question)
    try:
        yield
    finally:
        _question.reset(token)


def require_wanted() -> None:
    """Called several times a second by whoever waits; raises what the question raises."""
    question = _question.get()
    if question is not None:
        question()
