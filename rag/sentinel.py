"""Recognises the one answer that means "the sources do not say", before any of it is shown."""

from collections import deque
from collections.abc import Iterable, Iterator

from rag.prompt import ABSTENTION

_WRAPPING = " \n.`*\"'"


class SentinelGuard:
    """Holds the beginning of an answer back while it may still become the sentinel."""

    def __init__(self) -> None:
        self.is_abstention = False

    def pass_on(self, pieces: Iterable[str]) -> Iterator[str]:
        """The pieces, or nothing at all if together they begin with the sentinel."""
        held = ""
        is_open = False
        for piece in pieces:
            if is_open:
                yield piece
                continue
            held += piece
            start = held.strip(_WRAPPING)
            if start.startswith(ABSTENTION):
                self.is_abstention = True
                deque(pieces, maxlen=0)  # read to the end: the token counts come last
                return
            if not ABSTENTION.startswith(start):
                is_open = True
                yield held
        if not is_open:
            yield held


def without_sentinel(text: str) -> str:
    """`text` without the sentinel, where a model wrote it into the middle of an answer."""
    return text.replace(ABSTENTION, "").strip() if ABSTENTION in text else text
