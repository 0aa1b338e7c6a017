"""The thread of the app that builds requested generations of vector indexes."""

import logging
import os
import sys
import threading

from core.errors import SandboxError
from ingestion.indexing.reembedding import Reembedding

logger = logging.getLogger(__name__)

POLL_SECONDS = 3.0
NICENESS = 10
STOP_SECONDS = 10.0


class BackgroundBuilds:
    """The builds that the database lists, so that a restart resumes them."""

    def __init__(self, reembedding: Reembedding) -> None:
        self._reembedding = reembedding
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; the process must own the indexes."""
        if self._thread is None:
            self._stopped.clear()
            self._thread = threading.Thread(target=self._work, name="builds", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Return after the batch that is being embedded, 10 seconds at most."""
        thread, self._thread = self._thread, None
        self._stopped.set()
        if thread is not None:
            thread.join(STOP_SECONDS)

    def _work(self) -> None:
        _yield_to_others()
        while not self._stopped.is_set():
            try:
                self._build_all()
            except SandboxError:
                continue  # stored as the state of the generation, which is not built again
            except Exception:  # one failed build must not end the thread
                logger.exception("build of an index failed")
            self._stopped.wait(POLL_SECONDS)

    def _build_all(self) -> None:
        for generation_id in self._reembedding.unfinished():
            for _done in self._reembedding.run(generation_id):
                if self._stopped.is_set():
                    return


def _yield_to_others() -> None:
    """Lowers the priority of this thread on Linux, since searches come before building."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
