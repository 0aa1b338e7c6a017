"""Sentences that people read when a request is not made: what happened, what is kept, what to do.

The first group is for everyone. The second is added for administrators, who can change something.
"""

from typing import assert_never

from core.domain.costs.refusals import Reason, SwitchedOff, SwitchKind
from core.errors import TELL_AN_ADMINISTRATOR

_KEPT = "Your question is kept"
LANGUAGE_MODEL, EMBEDDING_SERVICE = "the language model", "the embedding service"
_BECAUSE = {
    Reason.PERSON_DAY: "Your budget for today no longer covers {what}",
    Reason.PERSON_MONTH: "Your budget for this month no longer covers {what}",
    Reason.GROUP_DAY: "The budget of your group for today no longer covers {what}",
    Reason.GROUP_MONTH: ("The budget of your group for this month no longer covers {what}"),
    Reason.COMPANY_DAY: "The company's budget for today no longer covers {what}",
    Reason.COMPANY_MONTH: "The company's budget for this month no longer covers {what}",
    Reason.PRICE: "The price of {what} is not known, so no budget can pay for it",
    Reason.PROVIDER: "An administrator turned off the provider of {what}",
    Reason.MODEL: "An administrator turned off {what}",
    Reason.PROMPT: "An administrator turned off {what} for this",
}

TURNED_OFF = (
    "An administrator turned off {what} while this answer was being written. Your question and the "
    "text so far are kept. Ask again for an answer without it."
)

SEE_BUDGETS = "See the page Budgets."
SET_PRICE = (
    "Set SANDBOX_LLM__INPUT_PRICE and SANDBOX_LLM__OUTPUT_PRICE, or SANDBOX_EXCHANGE__RATES where "
    "the price is in another currency."
)


def refused(reason: Reason, *, of_search: bool = False) -> str:
    """Return what a person is told whose request was refused.

    Texts for an embedding service (`of_search`) may be those of a document as well as a question.
    """
    if of_search:
        return f"{_because(reason, EMBEDDING_SERVICE)}{_next(reason)}"
    return f"{_because(reason)}. {_KEPT}{_next(reason)}"


def fallback(reason: Reason, *, by_passages: bool) -> str:
    """Return what is told with an answer that something else wrote than should have."""
    if by_passages:
        return f"{_because(reason)}, so this answer quotes the documents word for word."
    return f"{_because(reason)}, so a cheaper one wrote this answer."


def _because(reason: Reason, what: str = LANGUAGE_MODEL) -> str:
    return _BECAUSE[reason].format(what=what)


def advice(reason: Reason) -> str:
    """Return what an administrator can do about it."""
    return SET_PRICE if reason is Reason.PRICE else SEE_BUDGETS


def turned_off(off: SwitchedOff) -> str:
    """Return what a person is told whose answer is being written with something turned off."""
    match off.kind:
        case SwitchKind.PROVIDER:
            what = "the provider of the language model"
        case SwitchKind.MODEL:
            what = "the language model"
        case SwitchKind.PROMPT:
            what = "the language model for this"
        case SwitchKind.DOCUMENT:
            what = "a document"
    return TURNED_OFF.format(what=what)


def _next(reason: Reason) -> str:
    """Return what a person can do; an administrator is told more by `advice`."""
    match reason:
        case Reason.PERSON_DAY | Reason.GROUP_DAY | Reason.COMPANY_DAY:
            return ". Try again tomorrow."
        case Reason.PERSON_MONTH | Reason.GROUP_MONTH | Reason.COMPANY_MONTH:
            return ". Try again next month, or ask an administrator for more."
        case Reason.PRICE:
            return f"{TELL_AN_ADMINISTRATOR}."
        case Reason.PROVIDER | Reason.MODEL | Reason.PROMPT:
            return ". Try again later."
    assert_never(reason)
