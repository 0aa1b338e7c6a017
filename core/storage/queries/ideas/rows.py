"""Reads ideas for a change, and tells who is close to one."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from core.domain.clock import now
from core.domain.identity import FORMER_EMPLOYEE, User
from core.errors import Conflict, NotFound
from core.storage.tables import IdeaCoSubmitterRow, IdeaFollowRow, IdeaReviewRow, IdeaRow, UserRow


def idea_row(session: Session, idea_id: str) -> IdeaRow:
    """Return the row of an idea; raise NotFound."""
    return _found(session.get(IdeaRow, idea_id))


def idea_to_change(session: Session, idea_id: str, version: int | None = None) -> IdeaRow:
    """Return the row, locked until the end of the transaction; raise NotFound.

    Raises Conflict, which names who was faster, if the idea is no longer in this `version`.
    """
    of_it = select(IdeaRow).where(IdeaRow.id == idea_id).with_for_update()
    row = _found(session.exec(of_it.execution_options(populate_existing=True)).first())
    if version is not None and row.row_version != version:
        raise Conflict(
            f"{changer(session, row)} changed this idea after you opened it. Nothing of yours is "
            "lost: look at the idea again, then repeat what you wanted to do."
        )
    return row


def note_change(row: IdeaRow, user: User) -> None:
    """Count a change of the idea, so that nobody overwrites it with what they saw before."""
    row.row_version += 1
    row.changed_by, row.changed_at = user.id or None, now()


def changer(session: Session, row: IdeaRow) -> str:
    """Return the name of who changed the idea last."""
    person = session.get(UserRow, row.changed_by) if row.changed_by else None
    return person.name if person else FORMER_EMPLOYEE.capitalize()


def submitter_ids(session: Session, row: IdeaRow) -> frozenset[str]:
    """Return who submitted the idea: its author and those who joined."""
    others = select(IdeaCoSubmitterRow.user_id).where(IdeaCoSubmitterRow.idea_id == row.id)
    author = {row.submitter_id} if row.submitter_id else set()
    return frozenset(author | set(session.exec(others).all()))


def follower_ids(session: Session, idea_id: str) -> frozenset[str]:
    """Return who follows the idea."""
    followers = select(IdeaFollowRow.user_id).where(IdeaFollowRow.idea_id == idea_id)
    return frozenset(session.exec(followers).all())


def people_around(session: Session, row: IdeaRow) -> frozenset[str]:
    """Return who hears of the idea: its submitters, followers and owner."""
    owner = {row.owner_id} if row.owner_id else set()
    return submitter_ids(session, row) | follower_ids(session, row.id) | owner


def hidden_scores(session: Session, user: User, idea_ids: Collection[str]) -> frozenset[str]:
    """Return the ideas that this person still has to review, and whose scores they must not see."""
    waiting = (
        select(IdeaReviewRow.idea_id)
        .join(IdeaRow, col(IdeaRow.id) == IdeaReviewRow.idea_id)
        .where(
            IdeaReviewRow.reviewer_id == user.id,
            IdeaReviewRow.round == IdeaRow.review_round,
            col(IdeaReviewRow.submitted_at).is_(None),
            col(IdeaReviewRow.has_conflict).is_(False),
            col(IdeaReviewRow.idea_id).in_(idea_ids),
        )
    )
    return frozenset(session.exec(waiting).all())


def names_of(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Return names by id of those who still have an account."""
    rows = session.exec(select(UserRow.id, UserRow.name).where(col(UserRow.id).in_(ids))).all()
    return dict(rows)


def _found(row: IdeaRow | None) -> IdeaRow:
    if row is None:
        raise NotFound("This idea does not exist.")
    return row
