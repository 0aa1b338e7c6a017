"""A short quiz on the AI-use policy, whose passing is evidence of training."""

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from sqlmodel import Session, col, func, select

from core.domain.access import require_active
from core.domain.identity import User
from core.errors import InvalidInput
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import PolicyVersionRow, QuizResultRow

FILE = "quiz.toml"


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """A question with its choices; `right` is the place of the right one, from 0 on."""

    text: str
    choices: tuple[str, ...]
    right: int
    because: str


@dataclass(frozen=True, slots=True)
class Quiz:
    """The questions, and how many of them have to be right; `sha256` is of the file."""

    questions: tuple[QuizQuestion, ...]
    pass_mark: int
    sha256: str


@dataclass(frozen=True, slots=True)
class QuizOutcome:
    """How it went; `wrong` are the places of the questions that were answered wrongly."""

    wrong: tuple[int, ...]
    correct: int
    is_passed: bool


@cache
def quiz() -> Quiz:
    """Return the quiz in quiz.toml."""
    content = files("admin.policy").joinpath(FILE).read_bytes()
    read = tomllib.loads(content.decode())
    questions = tuple(
        QuizQuestion(one["text"], tuple(one["choices"]), one["right"], one["because"])
        for one in read["questions"]
    )
    return Quiz(questions, read["pass_mark"], hashlib.sha256(content).hexdigest())


class PolicyQuiz:
    """The quiz for one person at a time; every try is kept and audited."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def passed_at(self, user: User) -> datetime | None:
        """Return when this person passed first, None if they have not."""
        require_active(user)
        passed = select(func.min(col(QuizResultRow.at))).where(
            QuizResultRow.user_id == user.id, col(QuizResultRow.is_passed)
        )
        with self._database.read() as session:
            return session.exec(passed).one()

    def submit(self, user: User, answers: Sequence[int | None]) -> QuizOutcome:
        """Store a try; `answers` are the places of the choices, in the order of the questions.

        Raises InvalidInput while a question has no answer.
        """
        require_active(user)
        asked = quiz()
        if len(answers) != len(asked.questions) or None in answers:
            raise InvalidInput("Answer every question first.")
        wrong = tuple(
            place
            for place, (question, answer) in enumerate(zip(asked.questions, answers, strict=True))
            if answer != question.right
        )
        correct = len(asked.questions) - len(wrong)
        outcome = QuizOutcome(wrong, correct, correct >= asked.pass_mark)
        if user.id:
            with self._database.begin() as session:
                _store(session, user, asked, outcome)
        return outcome


def _store(session: Session, user: User, asked: Quiz, outcome: QuizOutcome) -> None:
    newest = session.exec(select(func.max(col(PolicyVersionRow.number)))).one() or 0
    session.add(
        QuizResultRow(
            user_id=user.id,
            quiz_sha256=asked.sha256,
            policy_number=newest,
            correct=outcome.correct,
            questions=len(asked.questions),
            is_passed=outcome.is_passed,
        )
    )
    record_event(
        session,
        user,
        "quiz.taken",
        user.id,
        outcome="ok" if outcome.is_passed else "failed",
        correct=outcome.correct,
        questions=len(asked.questions),
    )
