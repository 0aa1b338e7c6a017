"""What happened to each idea, as far as figures of the portfolio need it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class Story:
    """An idea and the states it entered, in their order."""

    idea_id: str
    status: IdeaStatus
    category: str
    quadrant: str | None
    risk_class: str | None
    submitted_at: datetime
    steps: tuple[Step, ...]

    def first(self, status: IdeaStatus) -> datetime | None:
        """Return when the idea first entered a state; None if it never did."""
        return next((at for at, entered in self.steps if entered is status), None)

    def at(self, moment: datetime) -> IdeaStatus | None:
        """Return the state of that time; None before the idea was submitted."""
        before = [entered for at, entered in self.steps if at < moment]
        return before[-1] if before else None

    @property
    def stays(self) -> list[tuple[IdeaStatus, datetime, datetime]]:
        """The states that the idea has left, with when it entered and left them."""
        return [
            (status, since, until)
            for (since, status), (until, _) in zip(self.steps, self.steps[1:], strict=False)
        ]


def read_stories(session: Session) -> list[Story]:
    """Return all ideas that were submitted; one from before moves were kept has one step."""
    steps: dict[str, list[Step]] = defaultdict(list)
    moves = select(IdeaMoveRow.idea_id, IdeaMoveRow.at, IdeaMoveRow.to_status)
    order = (col(IdeaMoveRow.at), col(IdeaMoveRow.id))
    for idea_id, at, status in session.exec(moves.order_by(*order)).all():
        steps[idea_id].append((at, IdeaStatus(status)))
    ideas = select(IdeaRow).options(load_only(*COLUMNS))
    return [_to_story(row, steps.get(row.id, [])) for row in session.exec(ideas).all()]


def _to_story(row: IdeaRow, steps: Sequence[Step]) -> Story:
    status = IdeaStatus(row.status)
    return Story(
        row.id,
        status,
        row.category,
        row.quadrant,
        row.risk_class,
        row.submitted_at,
        tuple(steps) or ((row.submitted_at, status),),
    )
