"""Turns what goes wrong at a model provider into errors an employee may read.

The provider's own words are never shown: they can hold the prompt or parts of the key.
"""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from core.domain.clock import now
from core.errors import (
    ModelError,
    ModelRateLimited,
    ModelRefusedRequest,
    ModelRejectedKey,
    ModelStreamBroken,
    ModelTimeout,
    ModelUnavailable,
)

if TYPE_CHECKING:
    import openai

_KEPT = "Your question is kept"
REFUSED = (
    f"The language model refused to answer this request. {_KEPT}; please ask it in other words."
)
UNREADABLE = (
    f"The language model's answer could not be read. {_KEPT}; please ask again, and tell an "
    "administrator if it happens repeatedly."
)
BROKEN = (
    "The connection to the language model broke in the middle of the answer. Your question and "
    "the text so far are kept; please ask again."
)
ENDLESS = (
    "The language model did not stop writing and was cut off. Your question and the text so far "
    "are kept; please ask again."
)
_UNREACHABLE = (
    f"The language model cannot be reached. {_KEPT}; please try again in a few minutes, and tell "
    "an administrator if it lasts."
)
_SERVER_ERROR = (
    f"The language model has a problem of its own (error {{status}}). {_KEPT}; please try again "
    "in a few minutes."
)
_TIMEOUT = (
    f"The language model took too long. {_KEPT}; please try again, or ask a shorter question."
)
_REJECTED_KEY = (
    f"The language model does not accept this application's key. {_KEPT}; please tell an "
    "administrator, who can check SANDBOX_LLM__API_KEY and the account."
)
_UNKNOWN_MODEL = (
    f"The provider does not know the configured language model. {_KEPT}; please tell an "
    "administrator, who can check SANDBOX_LLM__MODEL and SANDBOX_LLM__BASE_URL."
)
_TOO_LONG = (
    f"Question, conversation and passages together are too long for the language model. {_KEPT}; "
    "please start a new conversation or ask a shorter question."
)


def translate(error: Exception, *, is_started: bool) -> ModelError:
    """The error of ours for an exception of the client library.

    `is_started` says that words were already shown: then only ModelStreamBroken, ModelTimeout
    and ModelUnavailable come back.
    """
    import openai

    match error:
        case openai.APITimeoutError():
            return ModelTimeout(_TIMEOUT)
        case openai.APIStatusError():
            return _from_status(error)
        case openai.APIConnectionError():
            return ModelStreamBroken(BROKEN) if is_started else ModelUnavailable(_UNREACHABLE)
        case openai.APIError():  # an error object in the middle of the stream
            return ModelUnavailable(_SERVER_ERROR.format(status="in the stream"))
        case _:  # a 200 answer that is not the protocol: JSON, key and type errors
            return ModelStreamBroken(BROKEN if is_started else UNREADABLE)


def _from_status(error: openai.APIStatusError) -> ModelError:
    match error.status_code:
        case 401 | 402 | 403:
            return ModelRejectedKey(_REJECTED_KEY)
        case 404:
            return ModelRefusedRequest(_UNKNOWN_MODEL)
        case 408 | 504:
            return ModelTimeout(_TIMEOUT)
        case 429:
            return _rate_limited(error)
        case status if status >= 500:
            return ModelUnavailable(_SERVER_ERROR.format(status=status))
        case _:
            return ModelRefusedRequest(_TOO_LONG if _is_too_long(error) else REFUSED)


def _rate_limited(error: openai.APIStatusError) -> ModelRateLimited:
    seconds = retry_after(error.response.headers.get("retry-after"))
    when = "in a minute" if seconds is None else f"in {math.ceil(seconds)} seconds"
    message = f"The language model is busy. {_KEPT}; please try again {when}."
    return ModelRateLimited(message, seconds)


def _is_too_long(error: openai.APIStatusError) -> bool:
    from langchain_core.exceptions import ContextOverflowError

    return isinstance(error, ContextOverflowError) or error.status_code == 413


def retry_after(value: str | None) -> float | None:
    """Seconds of a Retry-After header, which holds seconds or a date (RFC 9110, 10.2.3)."""
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
