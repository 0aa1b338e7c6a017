"""What an idea may cost, and what it has cost so far."""

from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, func, select

from core.domain.ideas.money import from_micros
from core.domain.ideas.tracking import ImpactKind
from core.storage.tables import IdeaExperimentRow, IdeaImpactRow, IdeaRow

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Budget:
    """The cap, None before one is set, and what experiments and actual months have cost."""

    cap: Decimal | None
    experiments: Decimal = NOTHING
    months: Decimal = NOTHING

    @property
    def spent(self) -> Decimal:
        return self.experiments + self.months

    @property
    def left(self) -> Decimal | None:
        return None if self.cap is None else self.cap - self.spent

    @property
    def is_used_up(self) -> bool:
        return self.left is not None and self.left <= 0


def budget_of(session: Session, row: IdeaRow) -> Budget:
    """Return the budget of an idea as it stands."""
    return Budget(
        from_micros(row.budget_cap_micros),
        experiment_costs(session, row.id),
        _actual_costs(session, row.id),
    )


def experiment_costs(session: Session, idea_id: str) -> Decimal:
    """Return what the experiments of an idea cost together."""
    costs = select(func.sum(col(IdeaExperimentRow.cost_micros))).where(
        IdeaExperimentRow.idea_id == idea_id
    )
    return from_micros(int(session.exec(costs).one() or 0)) or NOTHING


def _actual_costs(session: Session, idea_id: str) -> Decimal:
    costs = select(func.sum(col(IdeaImpactRow.cost_micros))).where(
        IdeaImpactRow.idea_id == idea_id, IdeaImpactRow.kind == ImpactKind.ACTUAL.value
    )
    return from_micros(int(session.exec(costs).one() or 0)) or NOTHING
