"""Lets sign-ins wait in threads of their own, so that those of other requests stay free."""

from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from core.errors import TooManyAttempts

T = TypeVar("T")

THREADS = 64
WAITING = 512
"""Requests beyond the threads; a waiting one holds a few kilobytes and no thread."""

FULL = "Too many people are signing in right now. Try again in a minute."


class Lobby:
    """Runs sign-ins first come, first served; who is let in waits in the turns of SignIn."""

    def __init__(self, threads: int = THREADS, waiting: int = WAITING) -> None:
        self._threads = threads
        self._most = threads + waiting
        self._inside = 0
        self._limiter: CapacityLimiter | None = None

    async def run(self, sign_in: Callable[[], T]) -> T:
        """Run a sign-in; raise TooManyAttempts if too many wait already."""
        if self._inside >= self._most:
            raise TooManyAttempts(FULL)
        self._inside += 1
        try:
            return await to_thread.run_sync(sign_in, limiter=self._room())
        finally:
            self._inside -= 1

    def _room(self) -> CapacityLimiter:
        """Return the limit on threads, made at first use because it belongs to the running loop."""
        if self._limiter is None:
            self._limiter = CapacityLimiter(self._threads)
        return self._limiter
