"""Sentences that people read when a request is not made: what happened, what is kept, what to do.

The first group is for everyone. The second is added for administrators, who can change something.
"""

from typing import assert_never

from core.domain.costs.refusals import Reason, SwitchedOff, SwitchKind
from core.errors import TELL_AN_ADMINISTRATOR

_KEPT = "Your question is kept"

TURNED_OFF = (
    "An administrator turned off {what} while this answer was being written. Your question and the "
    "text so far are kept. Ask again for an answer without it."
)

SEE_BUDGETS = "See the page Budgets."
SET_PRICE = (
    "Set SANDBOX_LLM__INPUT_PRICE and SANDBOX_LLM__OUTPUT_PRICE; where the price is in another "
    "currency than the budget, set SANDBOX_EXCHANGE__RATES."
)


def refused(reason: Reason) -> str:
    """Return what a person is told whose request was refused."""
    match reason:
        case Reason.PERSON_DAY:
            return f"Your budget for today no longer covers the language model. {_KEPT}. Your next budget begins tomorrow."
        case Reason.PERSON_MONTH:
            return (
                f"Your budget for this month no longer covers the language model. {_KEPT}. Your next budget begins on the "
                "first day of next month."
            )
        case Reason.GROUP_DAY:
            return f"The budget of your group for today no longer covers the language model. {_KEPT}. Try again tomorrow."
        case Reason.GROUP_MONTH:
            return f"The budget of your group for this month no longer covers the language model. {_KEPT}. {_ASK}"
        case Reason.COMPANY_DAY:
            return f"The company's budget for today no longer covers the language model. {_KEPT}. Try again tomorrow."
        case Reason.COMPANY_MONTH:
            return f"The company's budget for this month no longer covers the language model. {_KEPT}. {_ASK}"
        case Reason.PRICE:
            return (
                "The price of the language model is not known, so that no budget can pay for it. "
                f"{_KEPT}{TELL_AN_ADMINISTRATOR}."
            )
        case Reason.PROVIDER:
            return f"An administrator turned off the provider of this model. {_KEPT}. {_LATER}"
        case Reason.MODEL:
            return f"An administrator turned off this model. {_KEPT}. {_LATER}"
        case Reason.PROMPT:
            return f"An administrator turned off this kind of request. {_KEPT}. {_LATER}"
    assert_never(reason)


_ASK = "If you need more, ask an administrator."
_LATER = "Try again later."


def fallback(reason: Reason, *, by_passages: bool) -> str:
    """Return what is told with an answer that something else wrote than should have."""
    wrote = (
        "this answer quotes the documents word for word"
        if by_passages
        else "a cheaper language model wrote this answer"
    )
    return f"{_because(reason)}, so {wrote}."


def _because(reason: Reason) -> str:
    match reason:
        case Reason.PERSON_DAY:
            return "Your budget for today no longer covers the language model"
        case Reason.PERSON_MONTH:
            return "Your budget for this month no longer covers the language model"
        case Reason.GROUP_DAY:
            return "The budget of your group for today no longer covers the language model"
        case Reason.GROUP_MONTH:
            return "The budget of your group for this month no longer covers the language model"
        case Reason.COMPANY_DAY:
            return "The company's budget for today no longer covers the language model"
        case Reason.COMPANY_MONTH:
            return "The company's budget for this month no longer covers the language model"
        case Reason.PRICE:
            return "The price of the language model is not known"
        case Reason.PROVIDER | Reason.MODEL:
            return "An administrator turned off the language model"
        case Reason.PROMPT:
            return "An administrator turned off the language model for answers"
    assert_never(reason)


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
            what = "the prompt"
        case SwitchKind.DOCUMENT:
            what = "a document"
    return TURNED_OFF.format(what=what)
