"""The risk class of an idea and how it was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RiskClass(StrEnum):
    """What the questionnaire says about the risk of an idea; a filter, not legal advice."""

    PROHIBITED = "prohibited"
    HIGH = "high"
    NEEDS_COUNSEL = "needs_counsel"
    TRANSPARENCY = "transparency"
    MINIMAL = "minimal"

    @property
    def needs_sign_off(self) -> bool:
        return self in (RiskClass.HIGH, RiskClass.NEEDS_COUNSEL)


@dataclass(frozen=True, slots=True)
class Triage:
    """One triage: what was answered, what the file of `policy_version` makes of it, what counts.

    `risk` is the class that counts; a person may raise what was `computed`, and never lower it.
    `gates` are ids of our own rules that it set off.
    """

    id: str
    answers: Mapping[str, str]
    computed: RiskClass
    risk: RiskClass
    policy_version: str
    rationale: str
    by_name: str
    at: datetime
    gates: tuple[str, ...] = ()
    needs_sign_off: bool = False
