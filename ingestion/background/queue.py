"""The queue of background work, in the data directory or in Redis, and what bridges its outages."""

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from huey import PriorityRedisHuey, SqliteHuey
from huey.exceptions import ConfigurationError as HueyConfigurationError
from huey.serializer import Serializer

from core.errors import ConfigurationError, DatabaseDamaged, QueueUnavailable
from core.storage.database_errors import database_errors
from core.storage.disk_errors import disk_errors

logger = logging.getLogger(__name__)

AWAY_SECONDS = 1.0
"""The pause between two tries while the queue does not answer."""
ANSWER_SECONDS = 5
"""The longest wait for Redis; longer than a worker listens for work (1 s)."""
IN_REDIS = "sandbox.ordered"
"""Earlier versions had a queue without order, whose work the start queues again in this one."""
AWAY = (
    "The work queue does not answer. Nothing is lost: uploaded files are stored and will be "
    "read as soon as it answers again. Start Redis, or check SANDBOX_QUEUE__REDIS_URL."
)


class JsonSerializer(Serializer):  # type: ignore[misc]  # huey has no types
    """A serializer that writes huey's messages as JSON instead of pickle."""

    def _serialize(self, data: object) -> bytes:
        if isinstance(data, tuple):
            return json.dumps({"message": data._asdict()}, default=str).encode()  # type: ignore[attr-defined]  # a Message
        return json.dumps({"value": data}, default=str).encode()

    def _deserialize(self, data: bytes) -> object:
        from huey.registry import Message

        values = json.loads(data)
        if "message" not in values:
            return values["value"]
        message = Message(**values["message"])
        return message._replace(eta=datetime.fromisoformat(message.eta)) if message.eta else message


class _Outages:
    """A mixin for Huey that logs once that the queue is away and once that it is back.

    By itself, huey logs a traceback for each try, several a second.
    """

    storage: Any

    def __init__(self, *args: object, **kwargs: object) -> None:
        self.came_back: Callable[[], object] | None = None
        """Called when the queue answers again, to add what could not be queued meanwhile."""
        self._is_away = False
        self._state = threading.Lock()
        super().__init__(*args, **kwargs)

    def enqueue(self, task: object) -> object:
        """Put a task into the queue; raises QueueUnavailable."""
        try:
            return super().enqueue(task)  # type: ignore[misc]  # of the Huey it is mixed into
        except _refusals() as error:
            self._note(is_away=True)
            raise QueueUnavailable(AWAY) from error

    def dequeue(self) -> object:
        return self._patiently(super().dequeue)  # type: ignore[misc]  # as above

    def read_schedule(self, timestamp: datetime | None = None) -> object:
        scheduled = self._patiently(lambda: super(_Outages, self).read_schedule(timestamp))  # type: ignore[misc]  # as above
        return scheduled or []

    def require_answer(self) -> None:
        """Raise QueueUnavailable unless the queue answers."""
        try:
            self.storage.queue_size()
        except _refusals() as error:
            raise QueueUnavailable(AWAY) from error

    def _patiently(self, take: Callable[[], object]) -> object:
        try:
            taken = take()
        except _refusals():
            self._note(is_away=True)
            time.sleep(AWAY_SECONDS)
            return None
        self._note(is_away=False)
        return taken

    def _note(self, *, is_away: bool) -> None:
        with self._state:
            was_away, self._is_away = self._is_away, is_away
        if is_away and not was_away:
            logger.warning("the work queue does not answer; trying again every second")
        if was_away and not is_away:
            logger.warning("the work queue answers again")
            if self.came_back is not None:
                self.came_back()


class LocalQueue(_Outages, SqliteHuey):  # type: ignore[misc]  # huey has no types
    """A queue in a file of the data directory."""


class RedisQueue(_Outages, PriorityRedisHuey):  # type: ignore[misc]  # as above
    """A queue in Redis."""


def open_queue(data_dir: Path, redis_url: str = "") -> LocalQueue | RedisQueue:
    """Open the queue in the data directory, or in Redis where several machines share it.

    Raises ConfigurationError for a wrong address or a missing Redis client, DiskUnavailable and
    DatabaseUnavailable for the file.
    """
    # Messages are JSON: whoever can write to the queue must not be able to run code here.
    if not redis_url:
        return _local(data_dir)
    try:
        return _in_redis(redis_url)
    except ValueError as error:
        raise ConfigurationError(
            "SANDBOX_QUEUE__REDIS_URL is not a Redis address. Nothing was changed. Write "
            "redis://host:6379/0, or leave it empty for a queue in the data directory."
        ) from error
    except (ImportError, HueyConfigurationError) as error:
        raise ConfigurationError(
            "A queue in Redis needs the package “redis”. Install it, or clear the Redis address."
        ) from error


def _in_redis(url: str) -> RedisQueue:
    from redis import ConnectionPool

    patience = {"socket_timeout": ANSWER_SECONDS, "socket_connect_timeout": ANSWER_SECONDS}
    pool = ConnectionPool.from_url(url, **patience)
    return RedisQueue(IN_REDIS, connection_pool=pool, results=False, serializer=JsonSerializer())


def _local(data_dir: Path) -> LocalQueue:
    with disk_errors("The work queue"):
        data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "queue.db"
    try:
        return _opened(path)
    except DatabaseDamaged:
        # It can be rebuilt: the database knows what is unfinished and queues it at the next start.
        logger.warning("the file of the work queue is damaged and was replaced by an empty one")
        with disk_errors("The work queue"):
            for suffix in ("", "-wal", "-shm"):
                path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
        return _opened(path)


def _opened(path: Path) -> LocalQueue:
    with database_errors():
        return LocalQueue("sandbox", filename=str(path), results=False, serializer=JsonSerializer())


def _refusals() -> tuple[type[Exception], ...]:
    """Return the errors that the clients raise while the queue is away."""
    try:
        from redis.exceptions import RedisError
    except ImportError:  # a queue in a file needs no Redis
        return (sqlite3.Error, OSError)
    return (RedisError, sqlite3.Error, OSError)
