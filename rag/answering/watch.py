"""Ends an answer that is being written once its reader is gone or may no longer read it."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import closing

from core.domain.identity import User
from core.domain.waiting import asking
from core.errors import AccessDenied, SignedOut
from core.storage.database import Database
from core.storage.queries.people import as_now
from core.storage.queries.sources import reach_of
from rag.answering.apart import PipelineEvent, PipelineEvents
from rag.writing.draft import AnswerDraft
from rag.writing.events import Step, StepStarted, TextAdded

SENTENCE_END = re.compile(r"[.!?…:;。！？]|\n")
LONGEST_UNCHECKED = 200
"""Characters of a text without the end of a sentence, such as a list of numbers."""
LONGEST_UNCHECKED_S = 1.0
"""Seconds; a model that writes slowly or thinks can take many for a sentence."""

WITHDRAWN = (
    "This answer ends here: your account or your access to its documents changed while it was "
    "being written. If you need the documents, ask an administrator."
)
SIGNED_OUT = "This answer ends here: you were signed out while it was being written."

SignInCheck = Callable[[], bool]


def never_signs_in() -> bool:
    """Return True: those who need no sign-in, such as the terminal, are never signed out."""
    return True


class AccessWatch:
    """A repeated check of sign-in, account and access, as the database has them then.

    It happens before each sentence, at the first words after a second, and every second while a
    provider is silent.
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock

    def watched(
        self,
        user: User,
        draft: AnswerDraft,
        events: PipelineEvents,
        is_signed_in: SignInCheck = never_signs_in,
    ) -> PipelineEvents:
        """Yield the same events while the person may read the answer.

        Raises SignedOut once the reader is signed out, and AccessDenied once the account or the
        access to a source is closed, in each case before the words that may not be shown.
        """

        def look() -> None:
            _require(is_signed_in)
            self._require_open(user, draft)

        checks = _Checks(look, self._clock)
        with closing(events):
            while (event := _next(events, checks)) is not None:
                if isinstance(event, StepStarted) and event.step is Step.WRITING:
                    # No model is paid to answer someone who left during the search.
                    _require(is_signed_in)
                elif isinstance(event, TextAdded):
                    checks.before(event.text)
                yield event

    def _require_open(self, user: User, draft: AnswerDraft) -> None:
        with self._database.read() as session:
            person = as_now(session, user)
            sources = draft.sources
            if not person.is_active:
                raise AccessDenied(WITHDRAWN)
            if reach_of(session, person, sources).closed(sources):
                raise AccessDenied(WITHDRAWN)


class _Checks:
    """The times at which to check again."""

    def __init__(self, look: Callable[[], None], clock: Callable[[], float]) -> None:
        self._look = look
        self._clock = clock
        self._unchecked = ""
        self._due_at = self._silence_due_at = clock()

    def before(self, text: str) -> None:
        """Check before words are shown that begin a sentence or come late."""
        if self._clock() >= self._due_at or _is_due(self._unchecked):
            self._look()
            self._unchecked, self._due_at = "", self._next_at()
        self._unchecked += text

    def in_silence(self) -> None:
        """Check once a second while waiting; the next words are checked all the same."""
        if self._clock() >= self._silence_due_at:
            self._look()
            self._silence_due_at = self._next_at()

    def _next_at(self) -> float:
        return self._clock() + LONGEST_UNCHECKED_S


def _next(events: Iterator[PipelineEvent], checks: _Checks) -> PipelineEvent | None:
    with asking(checks.in_silence):
        return next(events, None)


def _require(is_signed_in: SignInCheck) -> None:
    if not is_signed_in():
        raise SignedOut(SIGNED_OUT)


def _is_due(text: str) -> bool:
    return len(text) > LONGEST_UNCHECKED or SENTENCE_END.search(text) is not None
