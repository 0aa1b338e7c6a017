"""What an approved idea is measured by: experiments, and benefit and cost of each month."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Outcome(StrEnum):
    """How an experiment ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Experiment:
    """A try whether an idea works; `ended_on` and `outcome` are set once it is closed."""

    id: str
    hypothesis: str
    started_on: date
    ended_on: date | None = None
    outcome: Outcome | None = None
    learned: str = ""
    cost: Decimal | None = None

    @property
    def is_closed(self) -> bool:
        return self.outcome is not None


class ImpactKind(StrEnum):
    """Whether a month is planned or happened."""

    PLANNED = "planned"
    ACTUAL = "actual"


@dataclass(frozen=True, slots=True)
class Impact:
    """Benefit and cost of one month, which is given by its first day."""

    id: str
    month: date
    kind: ImpactKind
    benefit: Decimal
    cost: Decimal
    evidence: str = ""
    by_name: str = ""
