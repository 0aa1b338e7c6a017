"""Pages of the list of ideas, in a fixed number of statements."""

from datetime import timedelta
from typing import Any, assert_never

import sqlalchemy as sa
from sqlalchemy import Row, Select, Text, cast
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.ideas.card import (
    FilterChoices,
    IdeaCategory,
    IdeaEntry,
    IdeaOrder,
    IdeaPage,
    Person,
)
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import FORMER_EMPLOYEE, User
from core.storage.database import Database
from core.storage.queries.ideas import counts as idea_counts
from core.storage.queries.ideas.filter import conditions
from core.storage.tables import IdeaRow, IdeaTagRow, UserRow
from ideas.cards.stored import evaluation_of, tags_of
from ideas.scoring.orders import trending

PAGE = 20
PAGE_MAX = 500
FIRST_WORDS = 160
TREND = timedelta(days=30)
CHOICES_MAX = 200

Query = Select[*tuple[Any, ...]]  # Any: a row of many columns


class IdeaLists:
    """Lists of ideas, open to every active person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(
        self,
        user: User,
        wanted: IdeaFilter,
        order: IdeaOrder = IdeaOrder.NEWEST,
        *,
        limit: int = PAGE,
        offset: int = 0,
    ) -> IdeaPage:
        """Return entries in this order; at most 500 at a time."""
        require_active(user)
        limit = min(limit, PAGE_MAX)
        with self._database.read() as session:
            counted = select(func.count(col(IdeaRow.id))).where(*conditions(wanted))
            total = session.exec(counted).one()
            query = _entries_of(user).limit(limit)
            if order is IdeaOrder.TRENDING:
                ids = _trending(session, wanted)[offset : offset + limit]
                of_ids = session.execute(query.where(col(IdeaRow.id).in_(ids))).all()
                rows = {row.id: row for row in of_ids}
                found = [rows[idea_id] for idea_id in ids if idea_id in rows]
            else:
                sorted_query = query.where(*conditions(wanted)).order_by(*_sorting(order))
                found = list(session.execute(sorted_query.offset(offset)).all())
            tags = tags_of(session, [row.id for row in found])
        return IdeaPage(tuple(_to_entry(row, tags.get(row.id, ())) for row in found), total)

    def choices(self, user: User) -> FilterChoices:
        """Return what ideas can be filtered by; of tags those that are used most."""
        require_active(user)
        with self._database.read() as session:
            units = select(IdeaRow.business_unit).where(IdeaRow.business_unit != "").distinct()
            tags = (
                select(IdeaTagRow.tag)
                .group_by(IdeaTagRow.tag)
                .order_by(func.count().desc(), col(IdeaTagRow.tag))
            )
            owners = (
                select(UserRow.id, UserRow.name)
                .where(col(UserRow.id).in_(select(IdeaRow.owner_id)))
                .order_by(col(UserRow.name))
            )
            return FilterChoices(
                tuple(sorted(session.exec(units.limit(CHOICES_MAX)).all())),
                tuple(session.exec(tags.limit(CHOICES_MAX)).all()),
                tuple(Person(*row) for row in session.exec(owners.limit(CHOICES_MAX)).all()),
            )


def _entries_of(user: User) -> Query:
    """Return the query of entries, without the long texts of the cards."""
    submitter, owner = aliased(UserRow), aliased(UserRow)
    today = now().date()
    return (
        sa.select(
            *(col(column) for column in COLUMNS),
            func.substr(IdeaRow.problem, 1, FIRST_WORDS + 1).label("beginning"),
            (func.coalesce(cast(IdeaRow.origin, Text), "null") != "null").label("is_from_chat"),
            col(submitter.name).label("submitter_name"),
            col(owner.name).label("owner_name"),
            idea_counts.votes().label("votes"),
            idea_counts.comments().label("comments"),
            idea_counts.hides_votes(today).label("hides_votes"),
            idea_counts.has_voted(user).label("has_voted"),
            idea_counts.is_followed(user).label("is_followed"),
            idea_counts.is_blind(user).label("is_blind"),
        )
        .join(submitter, col(submitter.id) == IdeaRow.submitter_id, isouter=True)
        .join(owner, col(owner.id) == IdeaRow.owner_id, isouter=True)
    )


COLUMNS = (
    IdeaRow.id,
    IdeaRow.number,
    IdeaRow.title,
    IdeaRow.summary,
    IdeaRow.category,
    IdeaRow.status,
    IdeaRow.submitted_at,
    IdeaRow.stage_entered_at,
    IdeaRow.business_unit,
    IdeaRow.campaign_id,
    IdeaRow.owner_id,
    IdeaRow.risk_class,
    IdeaRow.value_score,
    IdeaRow.feasibility_score,
    IdeaRow.review_count,
    IdeaRow.disagreement,
    IdeaRow.value_spread,
    IdeaRow.feasibility_spread,
    IdeaRow.impact_score,
    IdeaRow.quadrant,
)


def _sorting(order: IdeaOrder) -> tuple[Any, ...]:  # Any: what order_by takes
    newest = col(IdeaRow.number).desc()
    match order:
        case IdeaOrder.NEWEST | IdeaOrder.TRENDING:
            return (newest,)
        case IdeaOrder.OLDEST:
            return (col(IdeaRow.number),)
        case IdeaOrder.VOTES:
            return (idea_counts.shown_votes(now().date()).desc(), newest)
        case IdeaOrder.WAITING:
            return (col(IdeaRow.stage_entered_at), newest)
        case _:
            assert_never(order)


def _trending(session: Session, wanted: IdeaFilter) -> list[str]:
    """Return the ids of all ideas of the filter, those that are talked about now first."""
    moment = now()
    since = moment - TREND
    # Counted once for all ideas: PostgreSQL takes a second to count for each of 5,000.
    votes, comments = (
        idea_counts.votes_since(session, since),
        idea_counts.comments_since(session, since),
    )
    rows = session.exec(
        select(IdeaRow.id, IdeaRow.submitted_at, idea_counts.hides_votes(moment.date())).where(
            *conditions(wanted)
        )
    ).all()
    trends = {
        idea_id: trending(
            0 if is_hidden else votes.get(idea_id, 0),
            comments.get(idea_id, 0),
            (moment - submitted_at).total_seconds() / 3600,
        )
        for idea_id, submitted_at, is_hidden in rows
    }
    return sorted(trends, key=lambda idea_id: (-trends[idea_id], idea_id))


def _to_entry(row: Row[Any], tags: tuple[str, ...]) -> IdeaEntry:  # Any: a row of many columns
    return IdeaEntry(
        id=row.id,
        number=row.number,
        title=row.title,
        summary=row.summary or _first_words(row.beginning),
        category=IdeaCategory(row.category),
        status=IdeaStatus(row.status),
        submitter_name=row.submitter_name or FORMER_EMPLOYEE,
        submitted_at=row.submitted_at,
        stage_entered_at=row.stage_entered_at,
        business_unit=row.business_unit,
        campaign_id=row.campaign_id or "",
        owner_name=row.owner_name or (FORMER_EMPLOYEE if row.owner_id else ""),
        tags=tags,
        risk=RiskClass(row.risk_class) if row.risk_class else None,
        is_from_chat=bool(row.is_from_chat),
        votes=None if row.hides_votes else row.votes,
        has_voted=bool(row.has_voted),
        is_followed=bool(row.is_followed),
        comments=row.comments,
        evaluation=None if row.is_blind else evaluation_of(row),
    )


def _first_words(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= FIRST_WORDS else f"{words[:FIRST_WORDS].rsplit(' ', 1)[0]}…"
