"""Votes for ideas and followers of them."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.ideas.card import label_of
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.errors import AccessDenied, Conflict
from core.storage.database import Database
from core.storage.queries.ideas import counts
from core.storage.queries.ideas.rows import idea_row, idea_to_change
from core.storage.tables import IdeaFollowRow, IdeaRow, IdeaVoteRow


@dataclass(frozen=True, slots=True)
class Support:
    """How an idea stands with people, for one of them; `votes` is None while they are hidden."""

    votes: int | None
    has_voted: bool
    is_followed: bool
    followers: int
    takes_votes: bool


class IdeaSupport:
    """Votes and follows; each person has one of either."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, user: User, idea_id: str) -> Support:
        """Return how the idea stands; raise NotFound."""
        require_active(user)
        with self._database.read() as session:
            return _support(session, user, idea_row(session, idea_id))

    def vote(self, user: User, idea_id: str, *, is_for: bool) -> Support:
        """Give or take back a vote; doing so twice changes nothing.

        Raises Conflict where the idea takes no votes, naming the original of a duplicate.
        """
        _require_account(user)
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id)
            _require_votes(session, row)
            given = session.get(IdeaVoteRow, (idea_id, user.id))
            if is_for and given is None:
                session.add(IdeaVoteRow(idea_id=idea_id, user_id=user.id, at=now()))
            if not is_for and given is not None:
                session.delete(given)
            session.flush()
            return _support(session, user, row)

    def follow(self, user: User, idea_id: str, *, follows: bool) -> Support:
        """Begin or end to follow; of a duplicate, its original is followed."""
        _require_account(user)
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id)
            if row.duplicate_of_id and follows:
                row = idea_to_change(session, row.duplicate_of_id)
            followed = session.get(IdeaFollowRow, (row.id, user.id))
            if follows and followed is None:
                session.add(IdeaFollowRow(idea_id=row.id, user_id=user.id, at=now()))
            if not follows and followed is not None:
                session.delete(followed)
            session.flush()
            return _support(session, user, row)


def original_of(session: Session, row: IdeaRow) -> str:
    """Return what people call the idea that this one was merged into, empty for none."""
    original = session.get(IdeaRow, row.duplicate_of_id) if row.duplicate_of_id else None
    return label_of(original.number) if original else ""


def _require_account(user: User) -> None:
    require_active(user)
    if not user.id:
        raise AccessDenied("Only people with an account vote for ideas and follow them.")


def _require_votes(session: Session, row: IdeaRow) -> None:
    if IdeaStatus(row.status).takes_votes:
        return
    original = original_of(session, row)
    if original:
        raise Conflict(f"This idea was merged into {original}. Vote for that one.")
    raise Conflict("Voting on this idea is closed. Its votes are kept.")


def _support(session: Session, user: User, row: IdeaRow) -> Support:
    followers = sa.select(sa.func.count()).where(col(IdeaFollowRow.idea_id) == row.id)
    votes, is_hidden, has_voted, is_followed, following = session.execute(
        sa.select(
            counts.votes(),
            counts.hides_votes(now().date()),
            counts.has_voted(user),
            counts.is_followed(user),
            followers.scalar_subquery(),
        ).where(col(IdeaRow.id) == row.id)
    ).one()
    return Support(
        votes=None if is_hidden else votes,
        has_voted=bool(has_voted),
        is_followed=bool(is_followed),
        followers=following,
        takes_votes=IdeaStatus(row.status).takes_votes,
    )
