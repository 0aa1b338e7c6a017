"""One request to a language model, from its first piece to its row in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from core.domain.answers import AnswerStatus
from core.domain.clock import new_id, now
from core.domain.finished_calls import plain_name
from core.domain.identity import User
from core.domain.ports import ChatMessage, ModelDelta, ModelUsage
from core.domain.prices import Price
from core.errors import CallRefused, ModelError
from core.models.metering import MeteredCall, meter
from core.storage.queries.people import joined_groups
from core.storage.queries.prices import find_price
from core.storage.tables import ModelCallRow


@dataclass(slots=True)
class ModelCall:
    """One request to a language model, as far as it got.

    `is_charged` says that the provider had begun to work on it, so that it costs something;
    `is_refused` that it was never made. Times are in milliseconds from its start.
    """

    provider: str
    model_requested: str
    messages: Sequence[ChatMessage]
    model_responded: str = ""
    usage: ModelUsage | None = None
    finish_reason: str = ""
    error_type: str = ""
    first_token_ms: int | None = None
    total_ms: int = 0
    reply: str = ""
    hidden_characters: int = 0
    is_charged: bool = False
    is_refused: bool = False
    id: str = field(default_factory=new_id)

    def note(self, delta: ModelDelta) -> None:
        """Keep what a piece of the stream says about the request, without its text."""
        self.is_charged |= delta.characters > 0
        self.hidden_characters += delta.hidden_characters
        self.usage = delta.usage or self.usage
        self.model_responded = plain_name(delta.model or "") or self.model_responded
        self.finish_reason = delta.finish_reason or self.finish_reason

    def read(self, delta: ModelDelta) -> None:
        """Keep a piece with its text, for replies that nobody watches being written."""
        self.note(delta)
        if delta.withdraws:
            self.hidden_characters += len(self.reply)
            self.reply = ""
        self.reply += delta.text

    def note_error(self, error: ModelError) -> None:
        """Keep how the request failed, and whether the provider had begun to work on it."""
        self.error_type = type(error).__name__
        self.is_charged |= error.may_be_charged
        self.is_refused = isinstance(error, CallRefused)


@dataclass(frozen=True, slots=True)
class Tariff:
    """What requests cost: the operator's own price, which overrules the list, and its currency.

    `other_prices` are those of models that the operator's price is not for; None means that the
    list tells.
    """

    own_price: Price | None = None
    currency: str = "EUR"
    other_prices: Mapping[str, Price | None] = field(default_factory=dict)

    def price(self, session: Session, model: str) -> Price | None:
        """Return the price of a model now, None if it is not known."""
        own = self.other_prices.get(model) if model in self.other_prices else self.own_price
        return own or find_price(session, model, now())


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from: the surface, and the version of the prompt, if it has one."""

    surface: str
    prompt_version: str = ""


def record_call(  # noqa: PLR0913  what is known of one request
    session: Session, user: User, call: ModelCall, *, purpose: str, origin: Origin, tariff: Tariff
) -> None:
    """Write a finished request that belongs to no answer, with its tokens and its cost.

    One that was refused was never made, and is recorded as such where it was refused.
    """
    if call.is_refused:
        return
    price = tariff.price(session, call.model_requested)
    metered = meter(
        call.messages,
        call.reply,
        reported=call.usage,
        price=price,
        hidden_characters=call.hidden_characters,
        is_charged=call.is_charged,
    )
    status = AnswerStatus.FAILED if call.error_type else AnswerStatus.COMPLETE
    currency = price.currency if price else tariff.currency
    row = call_row(call, metered, purpose=purpose, status=status, currency=currency)
    row.user_id, row.group_names = user.id, joined_groups(session, user)
    row.surface, row.prompt_version = origin.surface, origin.prompt_version
    session.add(row)


def call_row(
    call: ModelCall, metered: MeteredCall, *, purpose: str, status: AnswerStatus, currency: str
) -> ModelCallRow:
    """Return the row of a request; whose it is and of which answer is the caller's to say."""
    return ModelCallRow(
        id=call.id,
        user_id="",
        purpose=purpose,
        provider=call.provider,
        model_requested=call.model_requested,
        model_responded=call.model_responded,
        status=status.value,
        error_type=call.error_type,
        finish_reason=call.finish_reason,
        input_tokens=metered.usage.input_tokens,
        output_tokens=metered.usage.output_tokens,
        cached_input_tokens=metered.usage.cached_input_tokens,
        reasoning_tokens=metered.usage.reasoning_tokens,
        usage_source=metered.source.value,
        cost_micros=metered.cost_micros,
        currency=currency,
        price_id=metered.price.id if metered.price else None,
        first_token_ms=call.first_token_ms,
        total_ms=call.total_ms,
    )
