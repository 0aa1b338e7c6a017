"""Reads the ideas of a view in a fixed number of statements, as one person may see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from core.domain.clock import now
from core.domain.ideas.card import IdeaCategory
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.life import Visibility
from core.domain.ideas.money import from_micros
from core.domain.ideas.review import Quadrant
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import FORMER_EMPLOYEE, User
from core.storage.queries.ideas.filter import conditions
from core.storage.tables import (
    CampaignRow,
    IdeaCommentRow,
    IdeaReviewRow,
    IdeaRow,
    IdeaVoteRow,
    UserRow,
)
from ideas.scoring.orders import rice, trending
from ideas.scoring.scores import DISAGREEMENT, FIRM_FROM

TREND = timedelta(days=30)
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Scored:
    """The place of an idea from its reviews; spreads are None with less than two of them."""

    value: float
    feasibility: float
    value_spread: float | None
    feasibility_spread: float | None
    disagreement: float | None
    quadrant: Quadrant
    reviews: int

    @property
    def is_provisional(self) -> bool:
        return self.reviews < FIRM_FROM

    @property
    def is_disputed(self) -> bool:
        return (self.disagreement or 0.0) >= DISAGREEMENT

    @property
    def total(self) -> float:
        """The mean of both axes, by which ideas are ranked."""
        return (self.value + self.feasibility) / 2


@dataclass(frozen=True, slots=True)
class Entry:
    """An idea in a view.

    `scored` is None before the first review, and for whoever still owes one (`is_blind`). `votes`
    and `trend` are None while a campaign is judged without showing them. Money is in the currency
    of the settings.
    """

    id: str
    number: int
    title: str
    status: IdeaStatus
    category: IdeaCategory
    submitter: str
    submitted_at: datetime
    since: datetime
    comments: int
    business_unit: str = ""
    owner_id: str = ""
    owner: str = ""
    campaign_id: str = ""
    campaign: str = ""
    risk: RiskClass | None = None
    scored: Scored | None = None
    is_blind: bool = False
    votes: int | None = None
    trend: float | None = None
    rice: float | None = None
    money_per_month: Decimal | None = None
    hours_per_month: float | None = None
    effort_months: float | None = None
    reach_per_month: int | None = None
    confidence: int | None = None
    pilot_ends_on: date | None = None

    @property
    def yearly_benefit(self) -> Decimal | None:
        return None if self.money_per_month is None else self.money_per_month * MONTHS

    def days_in_state(self, at: datetime) -> int:
        """Return for how many whole days the idea has been in its state."""
        return max((at - self.since).days, 0)


def entries(session: Session, user: User, wanted: IdeaFilter) -> list[Entry]:
    """Return the ideas that the filter lets through, the newest first."""
    moment = now()
    rows = session.execute(
        sa.select(*_COLUMNS).where(*conditions(wanted)).order_by(col(IdeaRow.number).desc())
    ).all()
    around = _Around(
        names=_names(session),
        campaigns={row.id: row for row in session.exec(select(CampaignRow)).all()},
        votes=_counts(session, IdeaVoteRow.idea_id, IdeaVoteRow.at, moment - TREND),
        comments=_comments(session, moment - TREND),
        blind=_blind(session, user),
        moment=moment,
    )
    return [_entry(row, around) for row in rows]


_COLUMNS = tuple(
    col(column)
    for column in (
        IdeaRow.id,
        IdeaRow.number,
        IdeaRow.title,
        IdeaRow.status,
        IdeaRow.category,
        IdeaRow.submitter_id,
        IdeaRow.submitted_at,
        IdeaRow.stage_entered_at,
        IdeaRow.business_unit,
        IdeaRow.owner_id,
        IdeaRow.campaign_id,
        IdeaRow.risk_class,
        IdeaRow.value_score,
        IdeaRow.feasibility_score,
        IdeaRow.value_spread,
        IdeaRow.feasibility_spread,
        IdeaRow.disagreement,
        IdeaRow.quadrant,
        IdeaRow.review_count,
        IdeaRow.impact_score,
        IdeaRow.money_per_month_micros,
        IdeaRow.hours_per_month,
        IdeaRow.effort_months,
        IdeaRow.reach_per_month,
        IdeaRow.confidence,
        IdeaRow.pilot_ends_on,
    )
)


@dataclass(frozen=True, slots=True)
class _Count:
    total: int = 0
    recent: int = 0


NONE = _Count()


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known beside the rows of ideas."""

    names: Mapping[str, str]
    campaigns: Mapping[str, CampaignRow]
    votes: Mapping[str, _Count]
    comments: Mapping[str, _Count]
    blind: frozenset[str]
    moment: datetime

    def hides_votes(self, campaign_id: str | None) -> bool:
        campaign = self.campaigns.get(campaign_id or "")
        if campaign is None or not campaign.hides_votes or campaign.results_out_at is not None:
            return False
        return campaign.closes_on < self.moment.date()


def _entry(row: sa.Row[*tuple[object, ...]], around: _Around) -> Entry:
    is_blind = row.id in around.blind
    votes, comments = around.votes.get(row.id, NONE), around.comments.get(row.id, NONE)
    hides = around.hides_votes(row.campaign_id)
    age = (around.moment - row.submitted_at).total_seconds() / 3600
    campaign = around.campaigns.get(row.campaign_id or "")
    return Entry(
        id=row.id,
        number=row.number,
        title=row.title,
        status=IdeaStatus(row.status),
        category=IdeaCategory(row.category),
        submitter=around.names.get(row.submitter_id or "", FORMER_EMPLOYEE),
        submitted_at=row.submitted_at,
        since=row.stage_entered_at,
        comments=comments.total,
        business_unit=row.business_unit,
        owner_id=row.owner_id or "",
        owner=around.names.get(row.owner_id or "", FORMER_EMPLOYEE) if row.owner_id else "",
        campaign_id=row.campaign_id or "",
        campaign=campaign.title if campaign else "",
        risk=RiskClass(row.risk_class) if row.risk_class else None,
        scored=None if is_blind else _scored(row),
        is_blind=is_blind,
        votes=None if hides else votes.total,
        trend=None if hides else trending(votes.recent, comments.recent, age),
        rice=None
        if is_blind
        else rice(row.reach_per_month, row.impact_score, row.confidence, row.effort_months),
        money_per_month=from_micros(row.money_per_month_micros),
        hours_per_month=row.hours_per_month,
        effort_months=row.effort_months,
        reach_per_month=row.reach_per_month,
        confidence=row.confidence,
        pilot_ends_on=row.pilot_ends_on,
    )


def _scored(row: sa.Row[*tuple[object, ...]]) -> Scored | None:
    if row.value_score is None or row.feasibility_score is None or row.quadrant is None:
        return None
    return Scored(
        row.value_score,
        row.feasibility_score,
        row.value_spread,
        row.feasibility_spread,
        row.disagreement,
        Quadrant(row.quadrant),
        row.review_count,
    )


def _names(session: Session) -> dict[str, str]:
    return dict(session.exec(select(UserRow.id, UserRow.name)).all())


def _counts(
    session: Session, key: object, at: object, since: datetime, *only: sa.ColumnElement[bool]
) -> dict[str, _Count]:
    """Return for each idea how many rows there are, and how many since a time."""
    recent = func.sum(sa.case((col(at) >= since, 1), else_=0))
    counted = sa.select(col(key), func.count(), recent).where(*only).group_by(col(key))
    return {id_: _Count(total, int(late)) for id_, total, late in session.execute(counted).all()}


def _comments(session: Session, since: datetime) -> dict[str, _Count]:
    """Return the counts of comments that everyone reads."""
    return _counts(
        session,
        IdeaCommentRow.idea_id,
        IdeaCommentRow.at,
        since,
        col(IdeaCommentRow.visibility) == Visibility.PUBLIC.value,
        col(IdeaCommentRow.deleted_at).is_(None),
    )


def _blind(session: Session, user: User) -> frozenset[str]:
    """Return the ideas that this person still owes a review."""
    owed = (
        select(IdeaReviewRow.idea_id)
        .join(IdeaRow, col(IdeaRow.id) == IdeaReviewRow.idea_id)
        .where(
            IdeaReviewRow.reviewer_id == user.id,
            IdeaReviewRow.round == IdeaRow.review_round,
            col(IdeaReviewRow.submitted_at).is_(None),
        )
    )
    return frozenset(session.exec(owed).all())
