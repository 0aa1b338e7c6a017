"""The thread of the app that performs the folder syncs requested in the terminal."""

import logging
import threading

from ingestion.sync.runs import SyncRuns

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
STOP_SECONDS = 10.0


class BackgroundSyncs:
    """The requested runs, listed in the database so that a restart resumes them."""

    def __init__(self, runs: SyncRuns) -> None:
        self._runs = runs
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; the process must own the indexes."""
        if self._thread is None:
            self._stopped.clear()
            self._runs.reopen()
            self._thread = threading.Thread(target=self._work, name="syncs", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Return after the files that are being handed in, 10 seconds at most."""
        thread, self._thread = self._thread, None
        self._stopped.set()
        self._runs.interrupt()
        if thread is not None:
            thread.join(STOP_SECONDS)

    def _work(self) -> None:
        while not self._stopped.is_set():
            try:
                for run_id in self._runs.unfinished():
                    if self._stopped.is_set():
                        return
                    self._runs.perform(run_id)
            except Exception:  # one failed look must not end the thread
                logger.exception("folder syncs cannot be looked at")
            self._stopped.wait(POLL_SECONDS)
