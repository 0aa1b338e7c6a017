"""The length that a prompt may have, learnt from prompts that were too long for the model."""

from collections.abc import Iterator, Sequence

from core.domain.answers import RetrievedChunk, Turn
from core.domain.ports import ChatMessage


class PromptFit:
    """The length of the shortest prompt that was refused, as long as the process runs."""

    def __init__(self) -> None:
        self._refused: int | None = None

    def note_refused(self, messages: Sequence[ChatMessage]) -> None:
        """Remember that prompts of this length or longer need not be tried again."""
        size = _characters(messages)
        self._refused = size if self._refused is None else min(self._refused, size)

    def may_fit(self, messages: Sequence[ChatMessage]) -> bool:
        """Return whether no prompt of this length was refused yet."""
        return self._refused is None or _characters(messages) < self._refused


def shrinking_contents(
    chunks: Sequence[RetrievedChunk], history: Sequence[Turn]
) -> Iterator[tuple[Sequence[RetrievedChunk], Sequence[Turn]]]:
    """Yield passages and conversation to ask with, from all to the least that can be asked with.

    Passages are halved down to the best one, then the conversation is left out.
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
