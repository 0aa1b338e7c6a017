"""Lets code deep below a question know for whom it works, and where the question was asked."""

from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from core.domain.identity import User

DOCUMENTS_SURFACE = "documents"
"""The surface of work that nobody asks for: documents that are read, and what goes with them."""

Event = TypeVar("Event")


@dataclass(frozen=True, slots=True)
class Behalf:
    """The person whom work is done for, None if there is none, and the surface it comes from."""

    user: User | None = None
    surface: str = DOCUMENTS_SURFACE


NOBODY = Behalf()

_behalf: ContextVar[Behalf] = ContextVar("behalf", default=NOBODY)


def current_behalf() -> Behalf:
    """Return for whom this thread works now."""
    return _behalf.get()


@contextmanager
def on_behalf_of(user: User | None, surface: str) -> Iterator[None]:
    """Count what this thread does as work for a person, asked for at that surface."""
    token = _behalf.set(Behalf(user, surface))
    try:
        yield
    finally:
        _behalf.reset(token)


def each_on_behalf_of(
    user: User | None, surface: str, events: Generator[Event, None, None]
) -> Generator[Event, None, None]:
    """Yield the same events; each is made as work for that person, and nothing in between is."""
    with closing(events):
        while True:
            with on_behalf_of(user, surface):
                try:
                    event = next(events)
                except StopIteration:
                    return
            yield event
