"""What happened to each idea, as far as figures of the portfolio need it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy.orm import load_only
from sqlmodel import Session, col, select

from core.domain.ideas.workflow import IdeaStatus
from core.storage.tables import IdeaMoveRow, IdeaRow

COLUMNS: tuple[Any, ...] = (
    *(IdeaRow.id, IdeaRow.status, IdeaRow.category, IdeaRow.quadrant, IdeaRow.risk_class),
    IdeaRow.submitted_at,
)
Step = tuple[datetime, IdeaStatus]
Move = tuple[datetime, IdeaStatus, IdeaStatus]
"""When an idea left one state for another."""


@dataclass(frozen=True, slots=True)
class Story:
    """An idea and the states it entered, in their order.

    Where moves were not kept from the beginning, `is_pieced`: the first step is put in at the
    submission, and when the idea really entered that state is not known.
    """

    idea_id: str
    status: IdeaStatus
    category: str
    quadrant: str | None
    risk_class: str | None
    submitted_at: datetime
    steps: tuple[Step, ...]
    is_pieced: bool = False

    def first(self, status: IdeaStatus) -> datetime | None:
        """Return when the idea first entered a state; None if it never did or nobody knows when."""
        return next((at for at, entered in self.steps[self.is_pieced :] if entered is status), None)

    def has_been(self, status: IdeaStatus) -> bool:
        """Return whether the idea is or was in a state."""
        return any(entered is status for _, entered in self.steps)

    def at(self, moment: datetime) -> IdeaStatus | None:
        """Return the state of that time; None before the idea was submitted."""
        before = [entered for at, entered in self.steps if at < moment]
        return before[-1] if before else None

    @property
    def stays(self) -> list[tuple[IdeaStatus, datetime, datetime]]:
        """The states that the idea has left, with when it entered and left them."""
        return [
            (status, since, until)
            for (since, status), (until, _) in pairwise(self.steps[self.is_pieced :])
        ]


def read_stories(session: Session) -> list[Story]:
    """Return all ideas that were submitted, those from before moves were kept as well."""
    moves: dict[str, list[Move]] = defaultdict(list)
    columns = (IdeaMoveRow.idea_id, IdeaMoveRow.at, IdeaMoveRow.from_status, IdeaMoveRow.to_status)
    order = (col(IdeaMoveRow.at), col(IdeaMoveRow.id))
    for idea_id, at, left, entered in session.exec(select(*columns).order_by(*order)).all():
        moves[idea_id].append((at, IdeaStatus(left), IdeaStatus(entered)))
    ideas = select(IdeaRow).options(load_only(*COLUMNS))
    return [_to_story(row, moves.get(row.id, [])) for row in session.exec(ideas).all()]


def _to_story(row: IdeaRow, moves: Sequence[Move]) -> Story:
    status = IdeaStatus(row.status)
    begun_as = moves[0][1] if moves else status
    is_pieced = begun_as is not IdeaStatus.DRAFT
    steps = [(at, entered) for at, _, entered in moves]
    if is_pieced:
        steps.insert(0, (row.submitted_at, begun_as))
    return Story(
        row.id,
        status,
        row.category,
        row.quadrant,
        row.risk_class,
        row.submitted_at,
        tuple(steps),
        is_pieced,
    )
