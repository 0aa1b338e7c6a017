"""The queue survives a restart, and one process owns the indexes."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from core.errors import ConfigurationError, QueueUnavailable
from ingestion.background.ownership import IndexOwnership
from ingestion.background.queue import LocalQueue, RedisQueue, open_queue
from ingestion.background.worker import BackgroundQueue, DirectQueue


class Ran:
    """Remembers which versions were read, and waits for them."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self._done = threading.Event()

    def __call__(self, version_ids: Sequence[str]) -> None:
        self.batches.append(list(version_ids))
        self._done.set()

    def wait(self, count: int) -> list[str]:
        deadline = time.monotonic() + 120
        while sum(map(len, self.batches)) < count and time.monotonic() < deadline:
            self._done.wait(0.05)
        return [version_id for batch in self.batches for version_id in batch]


Open = Callable[[], LocalQueue | RedisQueue]


@pytest.fixture(params=["a file", "redis"])
def open_one(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the queue of one data directory, in a local file and in a real Redis."""
    url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    return lambda: open_queue(tmp_path, url)


def test_the_direct_queue_works_at_once() -> None:
    ran = Ran()

    DirectQueue(ran).enqueue(["a", "b"])

    assert ran.batches == [["a", "b"]]


def test_what_somebody_waits_for_is_read_before_what_is_in_the_queue(open_one: Open) -> None:
    ran = Ran()
    queue = BackgroundQueue(open_one(), ran)
    queue.enqueue([f"bulk-{n}" for n in range(100)])
    queue.enqueue(["of a chat"], first=True)

    queue.start()
    ran.wait(101)
    queue.stop()

    assert ran.batches[0] == ["of a chat"]
    assert [len(batch) for batch in ran.batches[1:]] == [64, 36]


def test_the_background_queue_works_in_batches_in_its_own_thread(open_one: Open) -> None:
    ran = Ran()
    queue = BackgroundQueue(open_one(), ran)
    queue.start()
    queue.start()

    queue.enqueue([str(n) for n in range(100)])

    assert ran.wait(100) == [str(n) for n in range(100)]
    assert [len(batch) for batch in ran.batches] == [64, 36]
    queue.stop()


def test_work_queued_before_a_restart_is_done_after_it(open_one: Open) -> None:
    BackgroundQueue(open_one(), Ran()).enqueue(["a"])
    ran = Ran()
    restarted = BackgroundQueue(open_one(), ran)

    restarted.start()

    assert ran.wait(1) == ["a"]
    restarted.stop()


def test_work_that_fails_as_a_whole_is_tried_again(
    open_one: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.background.worker.RETRY_SECONDS", 0.1)
    ran = Ran()

    def fails_once(version_ids: Sequence[str]) -> None:
        ran(version_ids)
        if len(ran.batches) == 1:
            raise ConnectionError("the database is away")

    queue = BackgroundQueue(open_one(), fails_once)
    queue.start()

    queue.enqueue(["a"])

    assert ran.wait(2) == ["a", "a"]
    queue.stop()


def test_messages_in_the_queue_are_json_not_pickle(open_one: Open) -> None:
    huey = open_one()
    BackgroundQueue(huey, Ran()).enqueue(["version"])

    [message] = huey.storage.enqueued_items()

    assert bytes(message).startswith(b'{"message"')


def test_redis_without_its_package_is_a_configuration_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huey.storage.Redis", None)

    with pytest.raises(ConfigurationError, match="needs the package “redis”"):
        open_queue(tmp_path, "redis://localhost:6379/0")


def test_one_process_owns_the_indexes_until_it_ends(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; "
        "from ingestion.background.ownership import IndexOwnership; "
        "print(IndexOwnership(Path(sys.argv[1])).acquire())"
    )

    def other() -> str:
        command = [sys.executable, "-c", code, str(tmp_path)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    owner = IndexOwnership(tmp_path)
    assert owner.acquire()
    assert owner.acquire()
    assert other() == "False"
    owner.release()
    assert other() == "True"
    assert not owner.is_owned


def test_whoever_follows_a_killed_owner_mends_the_indexes(tmp_path: Path) -> None:
    killed = (
        "import os, signal, sys; from pathlib import Path; "
        "from ingestion.background.ownership import IndexOwnership; "
        "IndexOwnership(Path(sys.argv[1])).acquire(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    mended: list[str] = []

    def own() -> None:
        owner = IndexOwnership(tmp_path)
        owner.mend = lambda: mended.append("mended")
        assert owner.acquire()
        owner.release()

    own()
    assert mended == []
    subprocess.run([sys.executable, "-c", killed, str(tmp_path)], check=False)
    own()
    own()

    assert mended == ["mended"]


def test_an_owner_reads_the_indexes_anew_if_another_process_had_them(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; "
        "from ingestion.background.ownership import IndexOwnership; "
        "o = IndexOwnership(Path(sys.argv[1])); o.acquire(); o.release()"
    )
    owner = IndexOwnership(tmp_path)
    reopened: list[str] = []
    owner.reopen = lambda: reopened.append("reopened")

    def own() -> int:
        assert owner.acquire()
        owner.release()
        return len(reopened)

    own()
    alone = own()
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)

    assert own() == alone + 1
    assert own() == alone + 1


def test_a_queue_that_was_away_is_told_once_and_asked_for_what_is_missing(
    redis_url: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("ingestion.background.queue.AWAY_SECONDS", 0.01)
    huey, came_back, ran = open_queue(tmp_path, redis_url), threading.Event(), Ran()
    queue = BackgroundQueue(huey, ran)
    queue.on_return(came_back.set)
    pool = huey.storage.pool
    port, pool.connection_kwargs["port"] = pool.connection_kwargs["port"], 9
    pool.reset()

    with pytest.raises(QueueUnavailable, match="Nothing is lost"):
        queue.enqueue(["a"])
    with pytest.raises(QueueUnavailable):
        queue.require_answer()
    queue.start()
    time.sleep(0.3)
    pool.connection_kwargs["port"] = port
    pool.reset()

    assert came_back.wait(10)
    queue.enqueue(["a"])
    assert ran.wait(1) == ["a"]
    queue.stop()
    told = [r.getMessage() for r in caplog.records if r.levelname in ("WARNING", "ERROR")]
    assert told == [
        "the work queue does not answer; trying again every second",
        "the work queue answers again",
    ]


@pytest.mark.parametrize("content", [b"", b"no database" * 1000])
def test_a_damaged_file_of_the_queue_is_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "queue.db").write_bytes(content)
    ran = Ran()

    queue = BackgroundQueue(open_queue(tmp_path), ran)
    queue.start()
    queue.enqueue(["a"])

    assert ran.wait(1) == ["a"]
    queue.stop()


@pytest.mark.parametrize("url", ["http://127.0.0.1", "nonsense", "redis://127.0.0.1:port/0"])
def test_an_address_that_is_no_redis_is_a_configuration_error(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match="SANDBOX_QUEUE__REDIS_URL"):
        open_queue(tmp_path, url)
