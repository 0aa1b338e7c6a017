"""A language model whose requests pass the door: reserved before, watched, and settled after."""

import re
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing

from core.domain.costs.refusals import Request
from core.domain.ports import ChatMessage, ChatModel, ModelDelta
from core.domain.prices import Price
from core.domain.waiting import also_asking
from core.errors import ModelError
from core.guardrails.orders.datamarks import RULE
from core.model_calls import ModelCall
from core.models.metering import MeteredCall, meter
from core.models.observed_chat import PassesOn
from core.spending.door import Door

# A byte is the smallest part of a text that any tokenizer has a token for, so that a text never
# has more tokens than bytes. What a template adds to each message, and to all of them, is a
# generous guess: Llama 3 adds 5 to a message and 30 to a conversation.
TOKENS_PER_MESSAGE = 16
TOKENS_PER_REQUEST = 64
MARK_BYTES = 3
"""The bytes of a datamark, which may stand for each white space of a request."""
SENTENCE_END = re.compile(r"[.!?…:;。！？]|\n")
LONGEST_UNCHECKED_S = 1.0
"""Seconds after which it is asked again whether what a request uses is still on."""


def most_tokens(messages: Sequence[ChatMessage], *, is_datamarked: bool = False) -> int:
    """Return how many input tokens these messages can have at most, also if they get datamarks."""
    sizes = sum(len(message.text.encode()) + TOKENS_PER_MESSAGE for message in messages)
    blanks = sum(map(str.isspace, "".join(message.text for message in messages)))
    marks = len(RULE.encode()) + MARK_BYTES * (blanks + 2) if is_datamarked else 0
    return sizes + marks + TOKENS_PER_REQUEST


class GuardedChat(PassesOn):
    """The model it is given; no request leaves that is turned off or that no budget pays for.

    `max_output_tokens` and `total_s` (seconds) are the limits of its requests. `is_datamarked`
    says that the model adds datamarks to them, which are paid for as well.
    """

    def __init__(
        self,
        model: ChatModel,
        door: Door,
        *,
        max_output_tokens: int,
        total_s: float,
        is_datamarked: bool = False,
    ) -> None:
        super().__init__(model)
        self._door = door
        self._max_output_tokens = max_output_tokens
        self._total_s = total_s
        self._is_datamarked = is_datamarked

    def stream(
        self, messages: Sequence[ChatMessage], *, purpose: str = "", prompt: str = ""
    ) -> Generator[ModelDelta, None, None]:
        """Yield and raise as the model does.

        Raises CallRefused before anything is sent, and ModelTurnedOff within a sentence or a second
        once an administrator turns off what the request uses.
        """
        request = self._request(messages, purpose, prompt)
        entry = self._door.enter(request)
        call = ModelCall(self.provider, self.name, messages)
        try:
            yield from self._watched(request, call)
        except ModelError as error:
            call.note_error(error)
            raise
        except BaseException:  # its reader left: by now the provider works on it
            call.is_charged = True
            raise
        finally:
            self._door.settle(entry, _metered(call, entry.price))

    def _request(self, messages: Sequence[ChatMessage], purpose: str, prompt: str) -> Request:
        return Request(
            self.provider,
            self.name,
            purpose,
            prompt,
            most_tokens(messages, is_datamarked=self._is_datamarked),
            self._max_output_tokens,
            self._total_s,
        )

    def _watched(self, request: Request, call: ModelCall) -> Generator[ModelDelta, None, None]:
        checks = _Checks(lambda: self._door.require_still_on(request))
        with closing(self._model.stream(call.messages)) as deltas:
            while True:
                with also_asking(checks.in_silence):
                    delta = next(deltas, None)
                if delta is None:
                    return
                call.read(delta)
                checks.before(delta)
                yield delta


def _metered(call: ModelCall, price: Price | None) -> MeteredCall:
    return meter(
        call.messages,
        call.reply,
        reported=call.usage,
        price=price,
        hidden_characters=call.hidden_characters,
        is_charged=call.is_charged,
    )


class _Checks:
    """The times at which it is asked whether a running request may go on."""

    def __init__(self, require: Callable[[], None]) -> None:
        self._require = require
        self._due_at = time.monotonic() + LONGEST_UNCHECKED_S
        self._has_ended = False

    def before(self, delta: ModelDelta) -> None:
        """Ask before a piece that begins a sentence or comes late."""
        if self._has_ended:
            self._ask()
        else:
            self.in_silence()
        self._has_ended = SENTENCE_END.search(delta.text) is not None

    def in_silence(self) -> None:
        """Ask once a second."""
        if time.monotonic() >= self._due_at:
            self._ask()

    def _ask(self) -> None:
        self._require()
        self._due_at = time.monotonic() + LONGEST_UNCHECKED_S
