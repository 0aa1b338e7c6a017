"""Decides when a request to a model is sent again: before the first word, and if it may help."""

import random
from collections.abc import Callable

import tenacity

from core.errors import ModelRateLimited, ModelTimeout, ModelUnavailable

LONGEST_WAIT_S = 20.0
_FIRST_WAIT_S = 0.5


def retrying(
    max_retries: int, sleep: Callable[[float], None], total_s: float = float("inf")
) -> tenacity.Retrying:
    """Send again after 429, 5xx, connection errors and time-outs, at most `max_retries` times.

    Waits as long as the provider asks for, otherwise exponentially longer with jitter. A
    provider that asks for more than LONGEST_WAIT_S is not waited for: people are told instead.
    Nothing is sent again once `total_s` seconds are over.
    """
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(_may_help),
        stop=tenacity.stop_after_attempt(max_retries + 1) | tenacity.stop_before_delay(total_s),
        wait=_wait,
        sleep=sleep,
        reraise=True,
    )


def _may_help(error: BaseException) -> bool:
    if isinstance(error, ModelRateLimited):
        return (error.retry_after_s or 0.0) <= LONGEST_WAIT_S
    return isinstance(error, ModelUnavailable | ModelTimeout)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, ModelRateLimited) and error.retry_after_s is not None:
        return error.retry_after_s
    longest = min(LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** (state.attempt_number - 1))
    return random.uniform(longest / 2, longest)
