"""Background work: a queue that survives a restart, and its threads inside the app process."""

import logging
from collections.abc import Callable, Sequence

from huey.consumer import Consumer

from ingestion.background.queue import LocalQueue, RedisQueue

logger = logging.getLogger(__name__)

DOCUMENTS_PER_TASK = 64
STOP_SECONDS = 10
RETRIES, RETRY_SECONDS = 20, 30
TASK_NAME = "ingest"
FIRST = 10
"""The priority of what somebody waits for; everything else has none."""

Run = Callable[[Sequence[str]], None]


class DirectQueue:
    """A queue that reads documents at once, in the calling thread: for the terminal and tests."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def enqueue(self, version_ids: Sequence[str], *, first: bool = False) -> None:  # noqa: ARG002  nothing waits here
        """Return when all versions are in a final state."""
        self._run(version_ids)


class BackgroundQueue:
    """A queue that survives a restart, with threads of this process that read documents."""

    def __init__(self, huey: LocalQueue | RedisQueue, run: Run, *, threads: int = 1) -> None:
        self._huey = huey
        self._threads = threads
        # A task that fails as a whole, for example without a database, is tried again later.
        self._task = huey.task(name=TASK_NAME, retries=RETRIES, retry_delay=RETRY_SECONDS)(run)
        self._consumer: _Consumer | None = None

    def enqueue(self, version_ids: Sequence[str], *, first: bool = False) -> None:
        """Queues versions and returns at once; the process that started threads does the work.

        With `first`, somebody waits for them: they come before what is in the queue already.
        Raises QueueUnavailable; the callback of `on_return` then adds what is missing.
        """
        for start in range(0, len(version_ids), DOCUMENTS_PER_TASK):
            batch = list(version_ids[start : start + DOCUMENTS_PER_TASK])
            self._task(batch, priority=FIRST if first else None)

    def require_answer(self) -> None:
        """Raise QueueUnavailable unless the queue answers."""
        self._huey.require_answer()

    def on_return(self, add_missing: Callable[[], object]) -> None:
        """Call `add_missing` whenever the queue answers again after it was away."""
        self._huey.came_back = add_missing

    def start(self) -> None:
        """Start the threads; do nothing if they run."""
        if self._consumer is None:
            self._consumer = _Consumer(
                self._huey,
                workers=self._threads,
                periodic=False,
                max_delay=1.0,
                shutdown_timeout=STOP_SECONDS,
            )
            self._consumer.start()

    def stop(self) -> None:
        """Lets running work finish for up to 10 seconds; the next start resumes the rest."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.stop(graceful=True)


class _Consumer(Consumer):  # type: ignore[misc]  # huey has no types
    """A consumer that leaves signal handlers to the program its threads belong to."""

    def _set_signal_handlers(self) -> None:
        return
