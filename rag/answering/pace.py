"""Bounds how many questions a person asks in a minute, in all processes together."""

from datetime import timedelta
from math import ceil

from sqlmodel import col, select

from core.domain.clock import now
from core.domain.identity import User
from core.errors import TooManyQuestions
from core.storage.database import Database
from core.storage.tables import AnswerUsageRow
from rag.answering.recording import CHAT, FREE

WINDOW = timedelta(minutes=1)


class Pace:
    """The answers that a person got in the chat within the last minute, at most `per_minute`.

    Those in the making are not among them; `AnswerTurns` bounds these. 0 is no limit.
    """

    def __init__(self, database: Database, per_minute: int) -> None:
        self._database = database
        self._per_minute = per_minute

    def require(self, user: User) -> None:
        """Raise TooManyQuestions, which says how long to wait, where the person asked too many."""
        if not self._per_minute:
            return
        begin = now() - WINDOW
        answers = (
            select(AnswerUsageRow.created_at)
            .where(
                AnswerUsageRow.user_id == user.id,
                col(AnswerUsageRow.surface).in_((CHAT, FREE)),
                col(AnswerUsageRow.created_at) > begin,
            )
            .order_by(col(AnswerUsageRow.created_at).desc())
            .offset(self._per_minute - 1)
            .limit(1)
        )
        with self._database.read() as session:
            oldest_that_counts = session.exec(answers).first()
        if oldest_that_counts is not None:
            wait = ceil((oldest_that_counts - begin).total_seconds())
            raise TooManyQuestions(
                f"You asked {self._per_minute} questions within a minute, which is the limit. "
                f"Ask again in {max(wait, 1)} s."
            )
