"""What is counted of each idea for lists: votes, comments, and what one person did."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, case, exists
from sqlmodel import Session, col, func, select

from core.domain.ideas.life import Visibility
from core.domain.identity import User
from core.storage.tables import (
    CampaignRow,
    IdeaCommentRow,
    IdeaFollowRow,
    IdeaReviewRow,
    IdeaRow,
    IdeaVoteRow,
)

# All but the two that take a session stand in a query on `ideas`, as a subquery of its row.


def votes() -> ColumnElement[int]:
    """Return the number of votes of an idea."""
    counted = select(func.count()).where(IdeaVoteRow.idea_id == col(IdeaRow.id))
    return counted.correlate(IdeaRow).scalar_subquery()


def comments() -> ColumnElement[int]:
    """Return the number of comments that everyone reads."""
    counted = select(func.count()).where(IdeaCommentRow.idea_id == col(IdeaRow.id), *_IS_READ)
    return counted.correlate(IdeaRow).scalar_subquery()


def votes_since(session: Session, since: datetime) -> dict[str, int]:
    """Return the votes that each idea got since a time; ideas without any are left out."""
    counted = select(IdeaVoteRow.idea_id, func.count()).where(col(IdeaVoteRow.at) >= since)
    return dict(session.exec(counted.group_by(col(IdeaVoteRow.idea_id))).all())


def comments_since(session: Session, since: datetime) -> dict[str, int]:
    """Return the comments for everyone that each idea got since a time, likewise."""
    counted = select(IdeaCommentRow.idea_id, func.count()).where(
        col(IdeaCommentRow.at) >= since, *_IS_READ
    )
    return dict(session.exec(counted.group_by(col(IdeaCommentRow.idea_id))).all())


_IS_READ = (
    col(IdeaCommentRow.visibility) == Visibility.PUBLIC.value,
    col(IdeaCommentRow.deleted_at).is_(None),
)


def has_voted(user: User) -> ColumnElement[bool]:
    """Return whether this person voted for the idea."""
    own = and_(col(IdeaVoteRow.idea_id) == IdeaRow.id, col(IdeaVoteRow.user_id) == user.id)
    return exists().where(own).correlate(IdeaRow)


def is_followed(user: User) -> ColumnElement[bool]:
    """Return whether this person follows the idea."""
    own = and_(col(IdeaFollowRow.idea_id) == IdeaRow.id, col(IdeaFollowRow.user_id) == user.id)
    return exists().where(own).correlate(IdeaRow)


def is_blind(user: User) -> ColumnElement[bool]:
    """Return whether this person still has to review the idea, and must not see its scores."""
    waiting = and_(
        col(IdeaReviewRow.idea_id) == IdeaRow.id,
        col(IdeaReviewRow.round) == IdeaRow.review_round,
        col(IdeaReviewRow.reviewer_id) == user.id,
        col(IdeaReviewRow.submitted_at).is_(None),
        col(IdeaReviewRow.has_conflict).is_(False),
    )
    return exists().where(waiting).correlate(IdeaRow)


def hides_votes(today: date) -> ColumnElement[bool]:
    """Return whether the idea's campaign is being judged and shows no votes until its results."""
    judged = and_(
        col(CampaignRow.id) == IdeaRow.campaign_id,
        col(CampaignRow.hides_votes),
        col(CampaignRow.results_out_at).is_(None),
        col(CampaignRow.closes_on) < today,
    )
    return exists().where(judged).correlate(IdeaRow)


def shown_votes(today: date) -> ColumnElement[int]:
    """Return the number of votes by which ideas may be sorted: 0 while it is hidden."""
    return case((hides_votes(today), 0), else_=votes())
