"""Background work: a queue that survives a restart, and its threads inside the app process."""

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from huey import Huey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.exceptions import ConfigurationError as HueyConfigurationError
from huey.serializer import Serializer

from core.errors import ConfigurationError

logger = logging.getLogger(__name__)

DOCUMENTS_PER_TASK = 64
STOP_SECONDS = 10
RETRIES, RETRY_SECONDS = 20, 30
TASK_NAME = "ingest"

Run = Callable[[Sequence[str]], None]


class DirectQueue:
    """Reads documents at once, in this thread: for the terminal and for tests."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def enqueue(self, version_ids: Sequence[str]) -> None:
        """Returns when all versions are in a final state."""
        self._run(version_ids)


class BackgroundQueue:
    """Reads documents in threads of this process, from a queue that survives a restart."""

    def __init__(self, huey: Huey, run: Run, *, threads: int = 1) -> None:
        self._huey = huey
        self._threads = threads
        # What fails as a whole, such as a database that is away, is tried again later.
        self._task = huey.task(name=TASK_NAME, retries=RETRIES, retry_delay=RETRY_SECONDS)(run)
        self._consumer: _Consumer | None = None

    def enqueue(self, version_ids: Sequence[str]) -> None:
        """Returns at once; the work is done by whichever process has started its threads."""
        for start in range(0, len(version_ids), DOCUMENTS_PER_TASK):
            self._task(list(version_ids[start : start + DOCUMENTS_PER_TASK]))

    def start(self) -> None:
        """Starts the threads; does nothing if they run."""
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
        """Lets running work finish for up to 10 seconds; the rest is resumed at the next start."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.stop(graceful=True)


def open_queue(data_dir: Path, redis_url: str = "") -> Huey:
    """The queue in the data directory, or in Redis where several machines share it.

    Raises ConfigurationError if the Redis client is not installed.
    """
    # Messages are JSON: whoever can write to the queue must not be able to run code here.
    if not redis_url:
        data_dir.mkdir(parents=True, exist_ok=True)
        path = str(data_dir / "queue.db")
        return SqliteHuey("sandbox", filename=path, results=False, serializer=JsonSerializer())
    try:
        return RedisHuey("sandbox", url=redis_url, results=False, serializer=JsonSerializer())
    except HueyConfigurationError as error:
        raise ConfigurationError(
            "A queue in Redis needs the package “redis”. Install it or clear the Redis address."
        ) from error


class JsonSerializer(Serializer):  # type: ignore[misc]  # huey has no types
    """Writes huey's messages as JSON instead of pickle."""

    def _serialize(self, data: Any) -> bytes:
        if isinstance(data, tuple):
            return json.dumps({"message": data._asdict()}, default=str).encode()  # type: ignore[attr-defined]  # a Message
        return json.dumps({"value": data}, default=str).encode()

    def _deserialize(self, data: bytes) -> Any:
        from huey.registry import Message

        values = json.loads(data)
        if "message" not in values:
            return values["value"]
        message = Message(**values["message"])
        return message._replace(eta=datetime.fromisoformat(message.eta)) if message.eta else message


class _Consumer(Consumer):  # type: ignore[misc]  # huey has no types
    """A consumer in threads of a larger program, which keeps its own signal handlers."""

    def _set_signal_handlers(self) -> None:
        return
