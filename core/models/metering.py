"""Counts or estimates the tokens of a model call, and what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.answers import UsageSource
from core.domain.ports import ChatMessage, ModelUsage
from core.domain.prices import Price
from core.models.prices import cost_micros

# Common rule of thumb of OpenAI for English: one token is about four characters.
_CHARACTERS_PER_TOKEN = 4
# Role and separators of one message in OpenAI's chat format.
_TOKENS_PER_MESSAGE = 4


@dataclass(frozen=True, slots=True)
class MeteredCall:
    """Tokens and cost of one call; the cost is in micro-units of the price's currency.

    Without a price the cost is 0 and `is_priced` is False: unknown, not free.
    """

    usage: ModelUsage
    source: UsageSource
    cost_micros: int
    price: Price | None = None

    @property
    def is_priced(self) -> bool:
        return self.price is not None


def meter(  # noqa: PLR0913  what is known of one call
    messages: Sequence[ChatMessage],
    answer: str,
    *,
    reported: ModelUsage | None,
    price: Price | None,
    hidden_characters: int = 0,
    is_charged: bool = True,
) -> MeteredCall:
    """Measure a call by the provider's count, or by an estimate where that is missing.

    It is missing from servers that do not count, and from answers that were stopped or broke;
    `hidden_characters` were written and not shown. A call that the provider refused before it began
    to work is not charged: no tokens, no cost.
    """
    written = _tokens(len(answer) + max(0, hidden_characters))
    estimate = ModelUsage(estimate_prompt_tokens(messages), written)
    return _metered(reported, estimate, price, is_charged=is_charged)


def meter_texts(
    characters: int, *, reported: ModelUsage | None, price: Price | None, is_charged: bool = True
) -> MeteredCall:
    """Measure a request that sends texts and gets no text back, such as one for embeddings."""
    estimate = ModelUsage(_tokens(characters), 0)
    return _metered(reported, estimate, price, is_charged=is_charged)


def _metered(
    reported: ModelUsage | None, estimate: ModelUsage, price: Price | None, *, is_charged: bool
) -> MeteredCall:
    if reported is None and not is_charged:
        return MeteredCall(ModelUsage(0, 0), UsageSource.NONE, 0, price)
    usage = reported or estimate
    source = UsageSource.PROVIDER if reported else UsageSource.ESTIMATED
    return MeteredCall(usage, source, cost_micros(price, usage), price)


def estimate_tokens(text: str) -> int:
    """Estimate the number of tokens of a text: its characters divided by four, rounded up."""
    return _tokens(len(text))


def _tokens(characters: int) -> int:
    return -(-characters // _CHARACTERS_PER_TOKEN)


def estimate_prompt_tokens(messages: Sequence[ChatMessage]) -> int:
    """Estimate the number of input tokens of these messages."""
    return sum(estimate_tokens(message.text) + _TOKENS_PER_MESSAGE for message in messages)
