"""What administrators see of budgets and switches."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.domain.costs.budgets import Budget, BudgetPeriod, BudgetScope, BudgetUse
from core.domain.costs.refusals import SwitchKind


@dataclass(frozen=True, slots=True)
class BudgetTerms:
    """What an administrator sets: an amount in the company's currency, None if it is missing."""

    scope: BudgetScope
    period: BudgetPeriod
    amount: Decimal | None
    subject_id: str = ""

    @property
    def subject(self) -> str:
        """The person or group, "" for everybody and the company."""
        return self.subject_id if self.scope.has_subject else ""


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """A budget, whose it is, and how much of it is used.

    Of everybody's, `use` is that of the person who used most of theirs, None before anyone did;
    `people` have used some, `near` of them most of it and `full` all of it. `forecast_micros` is
    what a month will come to, None where that cannot be told yet.
    """

    budget: Budget
    who: str
    use: BudgetUse | None
    set_by: str
    set_at: datetime
    version: int
    forecast_micros: int | None = None
    people: int = 0
    near: int = 0
    full: int = 0


@dataclass(frozen=True, slots=True)
class SwitchLine:
    """Something that is or was turned off; `label` is what people call it.

    `is_in_use` says that the sandbox is set up to use a thing of this name.
    """

    kind: SwitchKind
    name: str
    label: str
    reason: str
    off_by: str
    off_at: datetime
    on_by: str = ""
    on_at: datetime | None = None
    is_in_use: bool = True

    @property
    def is_off(self) -> bool:
        return self.on_at is None


@dataclass(frozen=True, slots=True)
class Blocked:
    """How many requests to models were refused in a period, by reason."""

    by_reason: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_reason.values())
