"""Whose word it is what became of an idea."""

from sqlmodel import Session

from core.domain.identity import User
from core.errors import AccessDenied
from core.storage.tables import IdeaRow
from ideas.workflow.rules import Part
from ideas.workflow.situation import parts_of


def require_owner_or_committee(session: Session, user: User, row: IdeaRow) -> None:
    """Raise AccessDenied for anyone but the owner, and reviewers who did not submit the idea."""
    if not parts_of(session, user, row) & {Part.OWNER, Part.COMMITTEE}:
        raise AccessDenied("Only the owner, and reviewers who did not submit the idea, enter this.")
