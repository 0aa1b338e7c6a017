"""Bounds how many requests a token may make, whatever its holder does."""

import threading
import time
from collections.abc import Callable

from core.errors import TooManyAttempts

A_SECOND = 50.0
"""Twice what Microsoft Entra ID sends at most (25 requests a second)."""
AT_ONCE = 500.0


class RequestRate:
    """A bucket of requests for each token, filled again as time passes (in this process)."""

    def __init__(
        self,
        *,
        a_second: float = A_SECOND,
        at_once: float = AT_ONCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._a_second = a_second
        self._at_once = at_once
        self._clock = clock
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, float]] = {}

    def take(self, token_id: str) -> None:
        """Count one request; raise TooManyAttempts if none is left."""
        at = self._clock()
        with self._lock:
            left, since = self._left.get(token_id, (self._at_once, at))
            left = min(self._at_once, left + (at - since) * self._a_second)
            self._left[token_id] = (left - 1 if left >= 1 else left, at)
        if left < 1:
            raise TooManyAttempts("Too many requests. Wait a second, then go on.")
