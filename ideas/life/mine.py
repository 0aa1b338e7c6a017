"""What one person has to do with ideas: their own ones, and what waits for them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.ideas.card import IdeaEntry, SavedDraft
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.tracking import ImpactKind
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.storage.database import Database
from core.storage.tables import (
    IdeaCoSubmitterRow,
    IdeaExperimentRow,
    IdeaImpactRow,
    IdeaRow,
    IdeaVoteRow,
)
from ideas.cards.drafts import IdeaDrafts
from ideas.cards.listing import PAGE_MAX, IdeaLists
from ideas.review.queue import waiting_for
from ideas.review.values import Waiting


class Errand(StrEnum):
    """What waits for someone who submitted an idea or owns it."""

    ANSWER = "answer"
    """Reviewers asked for information."""
    START = "start"
    """The idea is approved, and its owner can begin the experiment."""
    CLOSE = "close"
    """The experiment is over by its date, and has no outcome."""
    MEASURE = "measure"
    """The idea is in production, and nobody entered what it brings."""


@dataclass(frozen=True, slots=True)
class Pending:
    """An idea that waits for somebody; `due_on` is the date until which, if there is one."""

    errand: Errand
    idea_id: str
    number: int
    title: str
    since: datetime
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Mine:
    """All of it: what waits first. `reviewing` is what waits for reviewers."""

    pending: tuple[Pending, ...]
    reviewing: tuple[Waiting, ...]
    drafts: tuple[SavedDraft, ...]
    submitted: tuple[IdeaEntry, ...]
    owned: tuple[IdeaEntry, ...]

    @property
    def waiting(self) -> int:
        """How much waits for this person."""
        return len(self.pending) + len(self.reviewing)


class MyIdeas:
    """The ideas of one person."""

    def __init__(self, database: Database, drafts: IdeaDrafts) -> None:
        self._database = database
        self._lists = IdeaLists(database)
        self._drafts = drafts

    def votes(self, user: User) -> int:
        """Return how many ideas the person votes for."""
        require_active(user)
        with self._database.read() as session:
            given = sa.select(sa.func.count()).where(col(IdeaVoteRow.user_id) == user.id)
            return int(session.execute(given).scalar_one())

    def of(self, user: User) -> Mine:
        """Return what there is, the longest waiting first."""
        require_active(user)
        with self._database.read() as session:
            pending = _pending(session, user)
            reviewing = waiting_for(session, user)
        own, owned = IdeaFilter(submitter_id=user.id), IdeaFilter(owner_id=user.id)
        return Mine(
            tuple(pending),
            tuple(reviewing),
            tuple(self._drafts.list(user)),
            self._lists.page(user, own, limit=PAGE_MAX).entries if user.id else (),
            self._lists.page(user, owned, limit=PAGE_MAX).entries if user.id else (),
        )


def _pending(session: Session, user: User) -> list[Pending]:
    joined = select(IdeaCoSubmitterRow.idea_id).where(IdeaCoSubmitterRow.user_id == user.id)
    asked = sa.and_(
        col(IdeaRow.status) == IdeaStatus.NEEDS_INFO.value,
        or_(col(IdeaRow.submitter_id) == user.id, col(IdeaRow.id).in_(joined)),
    )
    owned = sa.and_(
        col(IdeaRow.owner_id) == user.id,
        col(IdeaRow.status).in_([status.value for status in OWNERS]),
    )
    rows = session.execute(
        sa.select(
            col(IdeaRow.id),
            col(IdeaRow.number),
            col(IdeaRow.title),
            col(IdeaRow.status),
            col(IdeaRow.stage_entered_at),
            col(IdeaRow.pilot_ends_on),
            _has_open_experiment().label("is_running"),
            _has_closed_experiment().label("is_closed"),
            _has_actual_impact().label("is_measured"),
        )
        .where(or_(asked, owned))
        .order_by(col(IdeaRow.stage_entered_at))
    ).all()
    found = [(row, _errand(row)) for row in rows]
    return [
        Pending(
            errand,
            row.id,
            row.number,
            row.title,
            row.stage_entered_at,
            row.pilot_ends_on if errand is Errand.CLOSE else None,
        )
        for row, errand in found
        if errand is not None
    ]


OWNERS = (IdeaStatus.APPROVED, IdeaStatus.EXPERIMENT, IdeaStatus.PRODUCTION)
"""The states in which something waits for the owner."""


def _errand(row: sa.Row[*tuple[object, ...]]) -> Errand | None:
    match IdeaStatus(row.status):
        case IdeaStatus.NEEDS_INFO:
            return Errand.ANSWER
        case IdeaStatus.APPROVED:
            return Errand.START
        case IdeaStatus.EXPERIMENT:
            is_over = row.pilot_ends_on is not None and row.pilot_ends_on < now().date()
            return Errand.CLOSE if is_over and (row.is_running or not row.is_closed) else None
        case IdeaStatus.PRODUCTION:
            return None if row.is_measured else Errand.MEASURE
        case _:
            return None


def _has_open_experiment() -> sa.ColumnElement[bool]:
    running = sa.and_(
        col(IdeaExperimentRow.idea_id) == IdeaRow.id, col(IdeaExperimentRow.outcome).is_(None)
    )
    return sa.exists().where(running).correlate(IdeaRow)


def _has_closed_experiment() -> sa.ColumnElement[bool]:
    closed = sa.and_(
        col(IdeaExperimentRow.idea_id) == IdeaRow.id, col(IdeaExperimentRow.outcome).is_not(None)
    )
    return sa.exists().where(closed).correlate(IdeaRow)


def _has_actual_impact() -> sa.ColumnElement[bool]:
    actual = sa.and_(
        col(IdeaImpactRow.idea_id) == IdeaRow.id,
        col(IdeaImpactRow.kind) == ImpactKind.ACTUAL.value,
    )
    return sa.exists().where(actual).correlate(IdeaRow)
