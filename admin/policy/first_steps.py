"""The first steps of a person in the sandbox, told from what they really did."""

from typing import assert_never

import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from core.domain.access import require_active
from core.domain.conversations import MessageRole
from core.domain.governance.policy import Step, Trail
from core.domain.identity import User
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import (
    ConversationRow,
    FeedbackRow,
    FirstStepRow,
    IdeaDraftRow,
    IdeaRow,
    MessageRow,
    QuizResultRow,
)

DISMISSED = "dismissed"
NOTED = frozenset({Step.SOURCE_OPENED, Step.IDEA_SEEN})
"""Steps that leave no row of their own and are noted when they are made."""


class FirstSteps:
    """What a new person has tried; it is shown until all is done or they dismiss it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def trail(self, user: User) -> Trail | None:
        """Return what is done and what is not; None once all is done or it was dismissed."""
        require_active(user)
        if not user.id:
            return None
        # One statement, since the start page asks.
        wanted = [
            *(_is_made(user, step) for step in Step),
            _is_noted(user, DISMISSED),
            _passed(user),
        ]
        with self._database.read() as session:
            *made, is_dismissed, has_passed = session.execute(sa.select(*wanted)).one()
        if is_dismissed:
            return None
        done = (step for step, is_made in zip(Step, made, strict=True) if is_made)
        trail = Trail(frozenset(done), has_passed)
        is_over = trail.has_passed_quiz and trail.done == frozenset(Step)
        return None if is_over else trail

    def note(self, user: User, step: Step) -> None:
        """Note a step that leaves no row of its own; only the first time is kept."""
        require_active(user)
        if step in NOTED:
            self._note(user, step.value)

    def dismiss(self, user: User) -> None:
        """Show the first steps no more."""
        require_active(user)
        self._note(user, DISMISSED)

    def _note(self, user: User, step: str) -> None:
        if not user.id:
            return
        with self._database.read() as session:
            if session.get(FirstStepRow, (user.id, step)) is not None:
                return
        try:
            with self._database.begin() as session:
                session.add(FirstStepRow(user_id=user.id, step=step))
                if step == DISMISSED:
                    record_event(session, user, "first_steps.dismissed", user.id)
        except IntegrityError:  # another tab noted it in the same moment
            return


def _is_made(user: User, step: Step) -> ColumnElement[bool]:
    """Return whether somebody made a step; conversations count also after they were deleted."""
    match step:
        case Step.ASKED:
            return (
                sa.exists()
                .where(col(ConversationRow.id) == MessageRow.conversation_id)
                .where(
                    col(ConversationRow.user_id) == user.id,
                    col(MessageRow.role) == MessageRole.USER.value,
                )
            )
        case Step.RATED:
            return sa.exists().where(col(FeedbackRow.user_id) == user.id)
        case Step.IDEA_SEEN:
            return sa.or_(
                _is_noted(user, step.value),
                sa.exists().where(col(IdeaDraftRow.user_id) == user.id),
                sa.exists().where(col(IdeaRow.submitter_id) == user.id),
            )
        case Step.SOURCE_OPENED:
            return _is_noted(user, step.value)
        case _:
            assert_never(step)


def _is_noted(user: User, step: str) -> ColumnElement[bool]:
    return sa.exists().where(col(FirstStepRow.user_id) == user.id, col(FirstStepRow.step) == step)


def _passed(user: User) -> ColumnElement[bool]:
    return sa.exists().where(col(QuizResultRow.user_id) == user.id, col(QuizResultRow.is_passed))
