"""How long a prompt may be, learnt from those that were too long for the model."""

from collections.abc import Iterator, Sequence

from core.domain.answers import RetrievedChunk, Turn
from core.domain.ports import ChatMessage


class PromptFit:
    """Remembers the shortest prompt that was refused, as long as the process runs."""

    def __init__(self) -> None:
        self._refused: int | None = None

    def note_refused(self, messages: Sequence[ChatMessage]) -> None:
        """Prompts as long as this one, or longer, need not be tried any more."""
        size = _characters(messages)
        self._refused = size if self._refused is None else min(self._refused, size)

    def may_fit(self, messages: Sequence[ChatMessage]) -> bool:
        """Whether no prompt of this length was refused yet."""
        return self._refused is None or _characters(messages) < self._refused


def ever_less(
    chunks: Sequence[RetrievedChunk], history: Sequence[Turn]
) -> Iterator[tuple[Sequence[RetrievedChunk], Sequence[Turn]]]:
    """Passages and conversation to ask with: all, then half as many passages, then no conversation.

    The best passages stay. The last pair is the least that can be asked with.
    """
    count = len(chunks)
    while count > 1:
        yield chunks[:count], history
        count = (count + 1) // 2
    if history:
        yield chunks[:count], history
    yield chunks[:count], ()


def _characters(messages: Sequence[ChatMessage]) -> int:
    return sum(len(message.text) for message in messages)
