"""A language model whose requests are told to an observer once they are over."""

import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace

from core.domain.finished_calls import CallObserver, FinishedCall, Operation
from core.domain.ports import ChatMessage, ChatModel, ModelDelta
from core.errors import SandboxError

OTHER_ERROR = "_OTHER"
"""The type of an error that has no name of its own, in OpenTelemetry's words."""


class PassesOn:
    """Has the name and the provider of the model that requests are passed on to."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model as the provider spells it."""
        return self._model.name

    @property
    def provider(self) -> str:
        """The provider's name in usage and prices."""
        return self._model.provider


class ObservedChat(PassesOn):
    """The model it is given; the observer learns of every request, however it ends."""

    def __init__(self, model: ChatModel, observe: CallObserver) -> None:
        super().__init__(model)
        self._observe = observe

    def stream(
        self, messages: Sequence[ChatMessage], *, purpose: str = "", prompt: str = ""
    ) -> Generator[ModelDelta, None, None]:
        """Yield and raise as the model does; a request that its reader leaves did not fail."""
        began = time.monotonic()
        call = FinishedCall(Operation.CHAT, self.provider, self.name, total_s=0.0)
        try:
            with closing(self._model.stream(messages, purpose=purpose, prompt=prompt)) as deltas:
                for delta in deltas:
                    call = _with(call, delta, time.monotonic() - began)
                    yield delta
        except Exception as error:  # whatever it is, it is counted and raised again
            is_ours = isinstance(error, SandboxError)
            call = replace(call, error_type=type(error).__name__ if is_ours else OTHER_ERROR)
            raise
        finally:
            self._observe(replace(call, total_s=time.monotonic() - began))


def _with(call: FinishedCall, delta: ModelDelta, elapsed_s: float) -> FinishedCall:
    """Add what a piece says of the request; of several counts the last one holds."""
    return replace(
        call,
        model_responded=delta.model or call.model_responded,
        usage=delta.usage or call.usage,
        first_chunk_s=elapsed_s if call.first_chunk_s is None else call.first_chunk_s,
    )
