"""A limit that ends slow work in Python without ending its process."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# In seconds: a library may catch the error, which is then raised again.
AGAIN = 0.1


class OutOfTime(BaseException):
    """The end of the time; no Exception, since libraries catch those to skip damage."""


class TimeLimit:
    """A number of seconds for all blocks together that run under it.

    It holds in the main thread of a POSIX system; elsewhere the limit of the file remains.
    """

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    @contextmanager
    def running(self) -> Iterator[None]:
        """Raise OutOfTime inside the block once no time is left."""
        if self._left <= 0:
            raise OutOfTime
        if not _can_interrupt():
            yield
            return
        is_running, started = True, time.monotonic()

        def stop(_number: int, _frame: FrameType | None) -> None:
            if is_running:
                raise OutOfTime

        before = signal.signal(signal.SIGALRM, stop)
        signal.setitimer(signal.ITIMER_REAL, self._left, AGAIN)
        try:
            try:
                yield
            finally:
                is_running = False
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
            self._left -= time.monotonic() - started


def _can_interrupt() -> bool:
    is_main = threading.current_thread() is threading.main_thread()
    return is_main and hasattr(signal, "setitimer")
