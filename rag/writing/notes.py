"""Has a language model take notes of the parts of a long document, masked and recorded."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from core.domain.answers import RetrievedChunk
from core.domain.ports import ChatMessage, ChatModel
from core.errors import ModelError
from core.guardrails.guard import NewMasker, plain_masker
from core.model_calls import ModelCall
from rag.grounding.markers import find_markers, numbers_of, strip_markers
from rag.prompting.context import PromptContext
from rag.prompting.prompt import Prompt

LONGEST_REPLY = 8_000
LONGEST_NOTE = 400
NOTES_OF_PASSAGE = 3

logger = logging.getLogger(__name__)

Announce = Callable[[ModelCall], None]


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes on passages by their ids, and how many values were masked for them."""

    by_passage: Mapping[int, str]
    masked_values: int = 0


@dataclass(frozen=True, slots=True)
class NotesAsked:
    """The passages that notes are taken of, for what was asked, with what a model is told."""

    question: str
    passages: Sequence[RetrievedChunk]
    context: PromptContext


class NoteTaker:
    """A language model that notes what passages say, one short request for each group of them."""

    def __init__(
        self, prompt: Prompt, model: ChatModel, new_masker: NewMasker = plain_masker
    ) -> None:
        self._new_masker = new_masker
        self._prompt = prompt
        self._model = model

    def take(self, asked: NotesAsked, announce: Announce) -> Notes:
        """Return the notes on passages; none that the reply has no number for.

        `announce` is called with the request before it is sent. Raises ModelError.
        """
        masker = self._new_masker("")
        messages = self._prompt.messages(asked.question, (), asked.passages, asked.context)
        masked = [masker.mask(m.text if m.role != "system" else "") for m in messages]
        sent = [
            message if message.role == "system" else ChatMessage(message.role, safe.text)
            for message, safe in zip(messages, masked, strict=True)
        ]
        call = ModelCall(self._model.provider, self._model.name, sent)
        announce(call)
        self._ask(call)
        values = len({r.placeholder for m in masked for r in m.replacements})
        return Notes(_noted(masker.restore(call.reply), asked.passages), values)

    def _ask(self, call: ModelCall) -> None:
        started = time.monotonic()
        try:
            deltas = self._model.stream(call.messages, purpose="notes", prompt=self._prompt.version)
            with closing(deltas):
                for delta in deltas:
                    call.read(delta)
                    if len(call.reply) > LONGEST_REPLY:
                        return
        except ModelError as error:
            call.note_error(error)
            logger.warning("no notes taken error=%s", type(error).__name__)
            raise
        except BaseException:  # its reader left: by now the provider works on it
            call.is_charged = True
            raise
        finally:
            call.total_ms = max(1, round((time.monotonic() - started) * 1000))


def _noted(reply: str, passages: Sequence[RetrievedChunk]) -> dict[int, str]:
    """Return the lines of a reply by the passages that they cite."""
    notes: dict[int, list[str]] = {}
    for line in reply.splitlines():
        words = strip_markers(line).strip(" -*•\t")[:LONGEST_NOTE]
        for number in _numbers(line) if words else ():
            if 1 <= number <= len(passages):
                notes.setdefault(passages[number - 1].chunk.id, []).append(words)
    return {
        passage: "\n".join(dict.fromkeys(lines[:NOTES_OF_PASSAGE]))
        for passage, lines in notes.items()
    }


def _numbers(line: str) -> Iterator[int]:
    for marker in find_markers(line):
        yield from numbers_of(marker.group())
