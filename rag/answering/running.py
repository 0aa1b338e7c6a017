"""Answers that are being made in this process; each is recorded exactly once, however it ends.

An answer is saved while it is written, so that not even a killed process loses the text so far or
what the provider will charge for it.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select, update

from core.domain.answers import Answer, AnswerStatus
from core.domain.identity import User
from core.errors import AnswerInterrupted, AnswerNotStored, SandboxError, StorageUnavailable
from core.storage.database import Database
from core.storage.tables import AnswerUsageRow, MessageRow, ModelCallRow
from rag.answering.recording import Recorder, Surface
from rag.writing.draft import AnswerDraft

logger = logging.getLogger(__name__)

AnswerObserver = Callable[[str, Answer], None]
"""Is told of every answer that was recorded, with the surface that it was asked for at."""

UNEXPECTED = "Something went wrong while answering. Your question is kept. Try again."
RESTARTED = (
    "The app restarted before this answer was finished. The text written so far is kept. Ask "
    "again for the whole answer."
)
NOT_STORED = (
    "This answer could not be stored completely. Your question is kept. Ask again. If this "
    "happens again, tell an administrator."
)
# The first words are saved soon, then at intervals that double up to this one: rarely enough to
# cost little with 60 answers at once, often enough that little is lost.
SAVE_SECONDS = 2.4
FIRST_SAVE_SECONDS = 0.3
# Pauses between attempts to record an answer; a busy database or a full disk may soon be free.
RETRY_SECONDS = (0.2, 1.0)


def _unobserved(_surface: str, _answer: Answer) -> None:
    """Tell nobody of an answer."""


class RunningAnswers:
    """All answers of this process that are not yet recorded."""

    def __init__(  # noqa: PLR0913  how patient it is, and who is told
        self,
        database: Database,
        recorder: Recorder,
        *,
        save_seconds: float = SAVE_SECONDS,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
        sleep: Callable[[float], None] = time.sleep,
        observe: AnswerObserver = _unobserved,
    ) -> None:
        self._database = database
        self._recorder = recorder
        self._observe = observe
        self.save_seconds = save_seconds
        self._retry_seconds = tuple(retry_seconds)
        self._sleep = sleep
        self._lock = threading.Lock()
        self._running: dict[str, RunningAnswer] = {}
        self._is_stopping = False

    def begin(self, user: User, draft: AnswerDraft, surface: Surface) -> "RunningAnswer":
        """Register an answer, which counts as being made from now on, and return it."""
        running = RunningAnswer(self, user, draft, surface)
        draft.before_request = running.save
        with self._lock:
            self._running[draft.usage_id] = running
            is_stopping = self._is_stopping
        if is_stopping:
            running.interrupt()
        return running

    def is_running(self, message_id: str) -> bool:
        """Return whether an answer is being made; other pending answers will never be finished."""
        with self._lock:
            return any(answer.surface.message_id == message_id for answer in self._running.values())

    def count(self) -> int:
        """Return how many answers are being made now."""
        with self._lock:
            return len(self._running)

    def stop(self) -> int:
        """Record all running answers as they are now, and return their number.

        Answers that begin later are recorded at once.
        """
        with self._lock:
            self._is_stopping = True
            running = list(self._running.values())
        for answer in running:
            answer.interrupt()
        return len(running)

    def stop_of(self, person_id: str) -> int:
        """Record the answers of one person as they are now, and return their number."""
        with self._lock:
            running = [one for one in self._running.values() if one.user.id == person_id]
        for answer in running:
            answer.interrupt()
        return len(running)

    def reopen(self) -> int:
        """Mark what an earlier process left unfinished, at start; returns how many answers."""
        with self._lock:
            self._is_stopping = False
        with self._database.begin() as session:
            return _close_unfinished(session)

    def save(self, running: "RunningAnswer", *, is_first: bool) -> None:
        """Save what there is; a failure is only logged, since the answer does not depend on it."""
        try:
            with self._database.begin() as session:
                self._recorder.save(
                    session, running.user, running.draft, running.surface, is_first=is_first
                )
        except (StorageUnavailable, SQLAlchemyError) as error:
            logger.warning(
                "answer not saved message_id=%s error=%s",
                running.surface.message_id,
                type(error).__name__,
            )

    def record(self, running: "RunningAnswer") -> Answer:
        """Record the finished answer; raises AnswerNotStored after several tries."""
        try:
            answer = self._record_with_patience(running)
        except Exception as error:  # whatever it is, the answer must not stay pending
            logger.exception("answer not recorded message_id=%s", running.surface.message_id)
            self._give_up(running.surface.message_id)
            raise AnswerNotStored(NOT_STORED) from error
        finally:
            with self._lock:
                self._running.pop(running.draft.usage_id, None)
        logger.info(
            "answer recorded message_id=%s status=%s engine=%s abstained=%s total_ms=%s",
            running.surface.message_id,
            answer.status,
            answer.engine,
            answer.abstained,
            answer.timing.total_ms,
        )
        self._observe(running.surface.name, answer)
        return answer

    def _record_with_patience(self, running: "RunningAnswer") -> Answer:
        for pause in self._retry_seconds:
            try:
                return self._record_once(running)
            except StorageUnavailable:
                self._sleep(pause)
        return self._record_once(running)

    def _record_once(self, running: "RunningAnswer") -> Answer:
        with self._database.begin() as session:
            return self._recorder.record(session, running.user, running.draft, running.surface)

    def _give_up(self, message_id: str) -> None:
        """Mark the message as failed; if that fails too, reading it does so (see is_running)."""
        try:
            with self._database.begin() as session:
                row = session.get(MessageRow, message_id) if message_id else None
                if row is not None:
                    row.status, row.error = AnswerStatus.FAILED.value, NOT_STORED
        except (StorageUnavailable, SQLAlchemyError) as error:
            logger.warning("answer not marked error=%s", type(error).__name__)


class RunningAnswer:
    """One answer from its first step to its record; the first thread that ends it counts."""

    def __init__(
        self, answers: RunningAnswers, user: User, draft: AnswerDraft, surface: Surface
    ) -> None:
        self.user = user
        self.draft = draft
        self.surface = surface
        self._answers = answers
        self._lock = threading.Lock()
        self._is_over = False
        self._is_interrupted = False
        self._answer: Answer | None = None
        self._saved_at: float | None = None
        self._pause = min(FIRST_SAVE_SECONDS, answers.save_seconds)

    def save(self) -> None:
        """Save what there is; does nothing once the answer has ended."""
        with self._lock:
            if not self._is_over:
                self._answers.save(self, is_first=self._saved_at is None)
                self._saved_at = time.monotonic()

    def go_on(self) -> None:
        """Save the text now and then, from the first request on.

        Raises AnswerInterrupted once the app ends.
        """
        if self._is_interrupted:
            raise AnswerInterrupted(RESTARTED)
        if self._saved_at is not None and time.monotonic() - self._saved_at >= self._pause:
            self._pause = min(2 * self._pause, self._answers.save_seconds)
            self.save()

    def end(self) -> Answer:
        """Record the draft as it is; raises AnswerNotStored."""
        with self._lock:
            if not self._is_over:
                self._is_over = True
                self._answer = self._answers.record(self)
            if self._answer is None:
                raise AnswerNotStored(NOT_STORED)
            return self._answer

    def stop(self) -> None:
        """Record the answer as stopped by its reader."""
        self._end_early(AnswerStatus.STOPPED)

    def fail(self, error: Exception) -> None:
        """Record the answer as failed with this error."""
        is_ours = isinstance(error, SandboxError)
        self._end_early(
            AnswerStatus.FAILED, str(error) if is_ours else UNEXPECTED, type(error).__name__
        )

    def interrupt(self) -> None:
        """Record the answer because the app ends; its thread notices at the next step."""
        self._is_interrupted = True
        self._end_early(AnswerStatus.FAILED, RESTARTED, AnswerInterrupted.__name__)

    def _end_early(self, status: AnswerStatus, error: str = "", error_type: str = "") -> None:
        with self._lock:
            if self._is_over:
                return
            draft = self.draft
            draft.status, draft.error, draft.error_type = status, error, error_type
        try:
            self.end()
        except AnswerNotStored as problem:  # an early end has an error of its own
            logger.warning("answer ended unrecorded error=%s", type(problem.__cause__).__name__)


def _close_unfinished(session: Session) -> int:
    """Mark unfinished answers as failed; their text, usage and charged requests stay."""
    pending, failed = AnswerStatus.PENDING.value, AnswerStatus.FAILED.value
    rows = session.exec(select(MessageRow).where(MessageRow.status == pending)).all()
    for row in rows:
        row.status, row.error = failed, RESTARTED
    for table in (AnswerUsageRow, ModelCallRow):
        session.exec(
            update(table)
            .where(col(table.status) == pending)
            .values(status=failed, error_type=AnswerInterrupted.__name__)
        )
    return len(rows)
