"""Why a request to a model is not made: a budget, an unknown price, or a switch."""

from dataclasses import dataclass
from enum import StrEnum


class SwitchKind(StrEnum):
    """What an administrator can turn off."""

    PROVIDER = "provider"
    MODEL = "model"
    PROMPT = "prompt"
    DOCUMENT = "document"


class AtLimit(StrEnum):
    """What happens once a budget does not pay for an answer of the language model."""

    PASSAGES = "passages"
    CHEAPER = "cheaper"
    STOP = "stop"


class UnknownPrice(StrEnum):
    """What happens to a request whose cost cannot be told, where a budget should pay for it."""

    REFUSE = "refuse"
    FLAG = "flag"


class Reason(StrEnum):
    """Why a request was refused; the first ones name the budget that did not pay for it."""

    PERSON_DAY = "person.day"
    PERSON_MONTH = "person.month"
    GROUP_DAY = "group.day"
    GROUP_MONTH = "group.month"
    COMPANY_DAY = "company.day"
    COMPANY_MONTH = "company.month"
    PRICE = "price"
    PROVIDER = "off.provider"
    MODEL = "off.model"
    PROMPT = "off.prompt"

    @property
    def is_budget(self) -> bool:
        return self.value.endswith((".day", ".month"))

    @property
    def is_switch(self) -> bool:
        return self.value.startswith("off.")


@dataclass(frozen=True, slots=True)
class Request:
    """What is known of a request before it is made.

    `most_output_tokens` bound its reply. `prompt` is the version of the prompt, "" without one.
    """

    provider: str
    model: str
    purpose: str
    prompt: str = ""
    most_input_tokens: int = 0
    most_output_tokens: int = 0
    seconds: float = 180.0


@dataclass(frozen=True, slots=True)
class SwitchedOff:
    """Something that is turned off; `name` is a name of the provider's, or a document's id."""

    kind: SwitchKind
    name: str
