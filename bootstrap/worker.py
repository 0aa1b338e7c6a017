"""Runs background work beside the requests while the app is up."""

import logging
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from core.errors import IndexesInUse, SandboxError
from ingestion.background.ownership import IndexOwnership
from ingestion.background.worker import BackgroundQueue, DirectQueue
from ingestion.pipeline.ingest import IngestPipeline
from ingestion.service import Documents
from rag.service import Chat

logger = logging.getLogger(__name__)


class Child(Protocol):
    """A child process that works for this one."""

    def close(self) -> None: ...


class BackgroundThread(Protocol):
    """Does what the database says is to be done, as long as this process owns the indexes."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class OwnOrHandOver:
    """The terminal's queue: it works by itself, or hands over to an app that owns the indexes."""

    def __init__(
        self, ownership: IndexOwnership, direct: DirectQueue, app: BackgroundQueue
    ) -> None:
        self._ownership = ownership
        self._direct = direct
        self._app = app

    def enqueue(self, version_ids: Sequence[str], *, first: bool = False) -> None:
        """Return when the work is done, or at once if the app does it."""
        was_owned = self._ownership.is_owned
        if not self._ownership.acquire():
            self._app.enqueue(version_ids, first=first)
            return
        try:
            self._direct.enqueue(version_ids)
        finally:
            if not was_owned:
                self._ownership.release()


def end_this_process() -> None:
    """End this process as a supervisor would: another one works on the same data."""
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def owned_alone(ownership: IndexOwnership) -> Iterator[None]:
    """Hold the indexes for work that must not meet an app; raise IndexesInUse.

    A process that owns them already, such as the app itself, goes on owning them.
    """
    was_owned = ownership.is_owned
    _own(ownership)
    try:
        yield
    finally:
        if not was_owned:
            ownership.release()


def _own(ownership: IndexOwnership) -> None:
    if not ownership.acquire():
        raise IndexesInUse(
            "Another process uses this data directory. Stop it, or set SANDBOX_DATA_DIR."
        )


class BackgroundWork:
    """Owns the indexes while it runs; first repairs what the last run left unfinished."""

    def __init__(
        self,
        ownership: IndexOwnership,
        queue: BackgroundQueue,
        pipeline: IngestPipeline,
        documents: Documents,
        chat: Chat,
        children: Sequence[Child],
        threads: Sequence[BackgroundThread],
        require_searchable: Callable[[], None],
    ) -> None:
        """Take the parts; `require_searchable` raises if an index is damaged or lacks passages."""
        self._ownership = ownership
        self._queue = queue
        self._pipeline = pipeline
        self._documents = documents
        self._chat = chat
        self._children = children
        self._threads = threads
        self._require_searchable = require_searchable

    def resume_here(self) -> None:
        """Finish what an earlier process left unfinished, unless an app owns the indexes."""
        if self._ownership.acquire():
            self._ownership.release()
            self._documents.resume_unfinished()

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the indexes for work that must not meet an app; see `owned_alone`."""
        return owned_alone(self._ownership)

    def start(self) -> None:
        """Start; raise IndexesInUse if another process works on the same data or database.

        Raises QueueUnavailable if the queue does not answer, and IndexDamaged or IndexIncomplete:
        who asks before a repair would be told that nothing is found.
        """
        self._queue.require_answer()
        _own(self._ownership)
        try:
            self._require_searchable()
        except SandboxError:
            self._ownership.release()
            raise
        interrupted = self._chat.close_interrupted()
        self._pipeline.reopen()
        self._queue.on_return(self._documents.resume_unfinished)
        self._queue.start()
        resumed = self._documents.resume_unfinished()
        for thread in self._threads:
            thread.start()
        logger.info("work started interrupted=%s resumed=%s", interrupted, resumed)

    def require_here(self) -> None:
        """Raise IndexesInUse if an app of another data directory uses this database.

        It would not find the originals that are stored here.
        """
        self._ownership.require_here()

    def require_searchable(self) -> None:
        """Raise IndexIncomplete if the indexes here do not match the database."""
        self._require_searchable()

    def require_ready(self) -> None:
        """Raise QueueUnavailable if work cannot be handed over, IndexesInUse as above."""
        self.require_here()
        self._queue.require_answer()

    def stop(self) -> None:
        """End running work soon, to be resumed at the next start; give the indexes back."""
        # First, since it takes a moment and the answers in progress have been paid for.
        stopped = self._chat.stop_answers()
        logger.info("work ends answers_stopped=%s", stopped)
        self._pipeline.interrupt()
        for thread in self._threads:
            thread.stop()
        self._queue.stop()
        for child in self._children:
            child.close()
        self._ownership.release()
