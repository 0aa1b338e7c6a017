"""Translates errors of a model provider into errors that an employee may read.

The provider's own words are never shown: they can hold the prompt or parts of the key.
"""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from core.domain.clock import now
from core.errors import (
    ModelContextOverflow,
    ModelCutShort,
    ModelError,
    ModelQuotaUsedUp,
    ModelRateLimited,
    ModelRedirected,
    ModelRefusedRequest,
    ModelRejectedKey,
    ModelStreamBroken,
    ModelTimeout,
    ModelUnavailable,
)
from core.models.provider import sentences
from core.models.provider.faults import Fault, fault_of

if TYPE_CHECKING:
    import openai


def translate(error: Exception, *, is_started: bool) -> ModelError:
    """Return our error for an exception of the client library or of our connection.

    `is_started` says that words were already shown: then only ModelStreamBroken, ModelTimeout and
    ModelUnavailable come back.
    """
    import openai

    from core.models.provider.connection import DeadlinePassed, RedirectRefused, WebPageFound

    match error:
        case ModelError():
            return error
        case RedirectRefused():
            advice = sentences.FIX_REDIRECT.format(target=error.target)
            return ModelRedirected(sentences.REDIRECTED, advice=advice)
        case WebPageFound():
            return ModelStreamBroken(sentences.UNREADABLE, advice=sentences.WEB_PAGE)
        case DeadlinePassed():
            message = sentences.TOO_SLOW if is_started else sentences.TIMEOUT
            return ModelTimeout(message, advice=sentences.RAISE_DEADLINE, may_be_charged=True)
        case openai.APITimeoutError():
            return _timed_out(error)
        case openai.APIStatusError():
            return _from_status(error)
        case openai.APIConnectionError() if is_started:
            return ModelStreamBroken(sentences.BROKEN, may_be_charged=True)
        case openai.APIConnectionError():
            return ModelUnavailable(sentences.UNREACHABLE, advice=sentences.CHECK_ADDRESS)
        case openai.APIError():  # an error object in the middle of the stream
            return _in_stream(fault_of(error), is_started=is_started)
        case _:  # a 200 answer that is not the protocol: JSON, key and type errors
            message = sentences.BROKEN if is_started else sentences.UNREADABLE
            return ModelStreamBroken(
                message, advice=sentences.CHECK_ADDRESS, may_be_charged=is_started
            )


def _timed_out(error: openai.APITimeoutError) -> ModelError:
    """Return the error of a time-out; without a connection the provider has not begun to work."""
    import httpx2

    if isinstance(error.__cause__, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return ModelUnavailable(sentences.UNREACHABLE, advice=sentences.CHECK_ADDRESS)
    return ModelTimeout(sentences.TIMEOUT, may_be_charged=True)


def _in_stream(fault: Fault, *, is_started: bool) -> ModelError:
    if not is_started and fault.is_overflow:
        return _too_long()
    if not is_started and fault.is_quota:
        return ModelQuotaUsedUp(sentences.QUOTA, advice=sentences.CHECK_ACCOUNT)
    message = sentences.SERVER_ERROR.format(status="in the stream")
    return ModelUnavailable(message, may_be_charged=is_started)


def _from_status(error: openai.APIStatusError) -> ModelError:
    fault = fault_of(error)
    if fault.is_overflow and fault.status != 429:
        return _too_long()
    if fault.is_quota and not error.response.headers.get("retry-after"):
        return ModelQuotaUsedUp(sentences.QUOTA, advice=sentences.CHECK_ACCOUNT)
    match error.status_code:
        case 401 | 403:
            return ModelRejectedKey(sentences.REJECTED_KEY, advice=sentences.CHECK_KEY)
        case 408 | 504:
            return ModelTimeout(sentences.TIMEOUT, may_be_charged=True)
        case 429:
            return _rate_limited(error)
        case status if status >= 500:
            return ModelUnavailable(sentences.SERVER_ERROR.format(status=status))
        case _:
            return _refused(fault)


def _too_long() -> ModelError:
    return ModelContextOverflow(sentences.TOO_LONG, advice=sentences.LONGER_CONTEXT)


def _refused(fault: Fault) -> ModelError:
    """Return why a request that arrived is not answered, most certain reason first."""
    if fault.is_filtered:
        return ModelRefusedRequest(sentences.REFUSED, advice=sentences.FILTER_SETTINGS)
    if fault.is_unknown_model:
        return ModelRefusedRequest(sentences.UNKNOWN_MODEL, advice=sentences.CHECK_MODEL)
    if fault.status in (300, 304, 404, 405, 410):
        advice = f"{sentences.CHECK_ADDRESS} {sentences.CHECK_MODEL}"
        return ModelRefusedRequest(sentences.WRONG_ADDRESS, advice=advice)
    if fault.is_cut:
        return ModelCutShort(
            sentences.CUT_BEFORE, advice=sentences.RAISE_LIMIT, may_be_charged=True
        )
    if fault.asks_too_much:
        return ModelRefusedRequest(sentences.REFUSED_SETTING, advice=sentences.LOWER_LIMIT)
    message = sentences.REFUSED_SETTING if fault.is_about_parameters else sentences.REFUSED
    return ModelRefusedRequest(message, advice=sentences.RUN_DOCTOR.format(status=fault.status))


def _rate_limited(error: openai.APIStatusError) -> ModelRateLimited:
    seconds = retry_after(error.response.headers.get("retry-after"))
    when = "in a minute" if seconds is None else f"in {math.ceil(seconds)} seconds"
    return ModelRateLimited(sentences.BUSY.format(when=when), seconds)


def retry_after(value: str | None) -> float | None:
    """Return the seconds of a Retry-After header, which may hold a date (RFC 9110, 10.2.3)."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - now()).total_seconds())
    except (ValueError, TypeError):
        return None
