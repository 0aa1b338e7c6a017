"""A thread that does chores again and again until it is stopped."""

import logging
import threading
from collections.abc import Callable, Sequence

STOP_SECONDS = 10.0

logger = logging.getLogger(__name__)


class Repeating:
    """Does its chores one after another, rests, and begins again.

    What a chore raises is logged and ends neither the others nor the thread.
    """

    def __init__(
        self, name: str, chores: Sequence[Callable[[], object]], *, every_s: float
    ) -> None:
        """Take the name of the thread, the chores, and how long it rests, in seconds."""
        self._name = name
        self._chores = chores
        self._every_s = every_s
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; do nothing if it runs."""
        if self._thread is None:
            self._stopped.clear()
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Return once the chore at hand is done, after 10 seconds at most."""
        thread, self._thread = self._thread, None
        self._stopped.set()
        if thread is not None:
            thread.join(STOP_SECONDS)

    def _work(self) -> None:
        while not self._stopped.is_set():
            for chore in self._chores:
                self._do(chore)
            self._stopped.wait(self._every_s)

    def _do(self, chore: Callable[[], object]) -> None:
        if self._stopped.is_set():
            return
        try:
            chore()
        except Exception:  # one failed look must not end the thread
            logger.exception("a chore failed thread=%s", self._name)
