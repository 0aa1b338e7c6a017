"""Merges an idea into the one that it repeats: votes, followers and comments move there."""

from sqlmodel import Session, col, select

from core.domain.ideas.workflow import IdeaStatus, Need
from core.domain.identity import User
from core.errors import MoveRefused
from core.storage.queries.ideas.rows import note_change, submitter_ids
from core.storage.tables import (
    IdeaCommentRow,
    IdeaFollowRow,
    IdeaRow,
    IdeaVoteRow,
)

NO_TARGETS = (IdeaStatus.DUPLICATE.value, IdeaStatus.WITHDRAWN.value)


def lock_both(session: Session, idea_id: str, target_id: str) -> None:
    """Lock both ideas in one order, so that two merges at once wait for each other."""
    both = select(IdeaRow.id).where(col(IdeaRow.id).in_([idea_id, target_id]))
    session.exec(both.order_by(col(IdeaRow.id)).with_for_update()).all()


def require_target(session: Session, row: IdeaRow, target_id: str) -> IdeaRow:
    """Return the original; raise MoveRefused for one that would make a chain or a circle."""
    target = session.get(IdeaRow, target_id)
    if target is None or target.id == row.id or target.status in NO_TARGETS:
        raise MoveRefused(
            "Choose another idea as the original: one that is neither this one, nor withdrawn, "
            "nor a duplicate itself.",
            (Need.TARGET.value,),
        )
    return target


def merge(session: Session, user: User, row: IdeaRow, original: IdeaRow) -> None:
    """Move what people gave the idea to the original; who submitted it follows the original."""
    _move_votes(session, row.id, original.id)
    _move_followers(session, row, original)
    for comment in session.exec(
        select(IdeaCommentRow).where(IdeaCommentRow.idea_id == row.id)
    ).all():
        comment.idea_id = original.id
        comment.written_under_id = comment.written_under_id or row.id
    row.duplicate_of_id = original.id
    for earlier in session.exec(select(IdeaRow).where(IdeaRow.duplicate_of_id == row.id)).all():
        earlier.duplicate_of_id = original.id
        note_change(earlier, user)


def _move_votes(session: Session, idea_id: str, original_id: str) -> None:
    there = select(IdeaVoteRow.user_id).where(IdeaVoteRow.idea_id == original_id)
    voters = set(session.exec(there).all())
    for vote in session.exec(select(IdeaVoteRow).where(IdeaVoteRow.idea_id == idea_id)).all():
        session.delete(vote)
        if vote.user_id not in voters:
            session.add(IdeaVoteRow(idea_id=original_id, user_id=vote.user_id, at=vote.at))


def _move_followers(session: Session, row: IdeaRow, original: IdeaRow) -> None:
    there = select(IdeaFollowRow.user_id).where(IdeaFollowRow.idea_id == original.id)
    followers = set(session.exec(there).all())
    for follow in session.exec(select(IdeaFollowRow).where(IdeaFollowRow.idea_id == row.id)).all():
        session.delete(follow)
        if follow.user_id not in followers:
            followers.add(follow.user_id)
            session.add(IdeaFollowRow(idea_id=original.id, user_id=follow.user_id, at=follow.at))
    session.add_all(
        IdeaFollowRow(idea_id=original.id, user_id=person)
        for person in submitter_ids(session, row) - submitter_ids(session, original) - followers
    )
