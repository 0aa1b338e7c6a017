"""Holds back questions with values that a setting lets nobody send."""

from collections.abc import Mapping
from dataclasses import replace

from core.domain.identity import User
from core.errors import QuestionBlocked
from core.guardrails.detectors import Kind
from core.guardrails.guard import Guard, Look, told
from core.storage.database import Database
from core.storage.queries.audit import record_event


class QuestionGuard:
    """The guards that a question passes before anything of it is stored or sent."""

    def __init__(self, database: Database, model: Guard | None, embeddings: Guard | None) -> None:
        """Take those before the language model and the embedding service, None without one."""
        self._database = database
        self._model = model
        self._embeddings = embeddings

    def look(self, question: str) -> Look:
        """Return what a question holds that would be masked, blocked or told of.

        What may not go to one of the two is blocked.
        """
        look = self._model.look(question) if self._model else Look()
        return replace(look, blocked={**self._unsearchable(question), **look.blocked})

    def require_sendable(self, user: User, question: str) -> None:
        """Raise QuestionBlocked if a setting lets no question with such values be sent."""
        self._require_none(user, self.look(question).blocked)

    def require_searchable(self, user: User, query: str) -> None:
        """Raise QuestionBlocked if the embedding service may not receive such values."""
        self._require_none(user, self._unsearchable(query))

    def _unsearchable(self, text: str) -> Mapping[Kind, int]:
        return self._embeddings.look(text).blocked if self._embeddings else {}

    def _require_none(self, user: User, blocked: Mapping[Kind, int]) -> None:
        if not blocked:
            return
        with self._database.begin() as session:
            for kind, count in blocked.items():
                record_event(
                    session,
                    user,
                    "question.blocked",
                    outcome="refused",
                    kind=kind.value.lower(),
                    count=count,
                )
        raise QuestionBlocked(
            f"This question was not sent: it contains {told(blocked)}. Remove that and ask again."
        )
