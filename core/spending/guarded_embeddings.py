"""Lets requests to an embedding model behind an address through the door."""

from core.domain.costs.refusals import Request
from core.domain.finished_calls import Admission, CallObserver, FinishedCall
from core.models.metering import meter_texts
from core.spending.door import Door
from core.storage.tables import EMBEDDING_PURPOSE


def admission(door: Door, *, seconds: float) -> Admission:
    """Return what reserves money for a request of at most so many seconds, and settles it."""

    def admit(provider: str, model: str, most_tokens: int) -> CallObserver:
        request = Request(
            provider,
            model,
            EMBEDDING_PURPOSE,
            most_input_tokens=most_tokens,
            seconds=seconds,
        )
        entry = door.enter(request)

        def settle(call: FinishedCall) -> None:
            metered = meter_texts(
                call.characters,
                reported=call.usage,
                price=entry.price,
                is_charged=call.is_charged,
            )
            door.settle(entry, metered)

        return settle

    return admit
