"""Vectors written by a process of their own: it never sees a word, and its loss costs nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.errors import DiskUnavailable
from core.storage.vectors.process import VectorProcess

ROOT = Path(__file__).parents[2]
UNIT = np.eye(4, dtype=np.float32)
CANARY = "zebrafink-quokkawind-lumenharz"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[VectorProcess]:
    store = VectorProcess(tmp_path / "vectors")
    yield store
    store.close()


def child_pid(store: VectorProcess) -> int:
    """Of the child that serves the next call."""
    store.names()
    assert store.pid is not None
    return store.pid


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_not_all_graphs_are_held_in_memory_however_many_files_the_app_may_open(
    store: VectorProcess,
) -> None:
    limits = Path(f"/proc/{child_pid(store)}/limits").read_text(encoding="utf-8")

    [line] = [line for line in limits.splitlines() if line.startswith("Max open files")]
    assert int(line.split()[3]) <= 1_000


def test_a_call_after_the_process_was_killed_is_made_to_another_one(store: VectorProcess) -> None:
    store.upsert("c-a", [1, 2], UNIT[:2])
    os.kill(child_pid(store), signal.SIGKILL)

    assert store.nearest("c-a", UNIT[1], 1)[0].chunk_id == 2


def test_calls_under_way_while_the_process_is_killed_are_answered(store: VectorProcess) -> None:
    store.upsert("c-a", [1, 2], UNIT[:2])
    pid = child_pid(store)

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(store.nearest, "c-a", UNIT[i % 2], 1) for i in range(200)]
        os.kill(pid, signal.SIGKILL)
        found = [one.result()[0].chunk_id for one in asked]

    assert found == [1, 2] * 100


PARENT = """
import sys
from pathlib import Path
import numpy as np
from core.storage.vectors.process import VectorProcess

store = VectorProcess(Path(sys.argv[1]))
store.upsert("c-a", [1], np.eye(4, dtype=np.float32)[:1])
print(store.pid, flush=True)
sys.stdin.read()
"""


def test_the_process_ends_with_an_app_that_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()

    while is_running(child):  # the suite has a time limit of its own
        time.sleep(0.02)


def test_an_index_that_cannot_be_opened_is_an_error_that_goes_away_with_its_cause(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "vectors"
    folder.write_text("in the way")
    store = VectorProcess(folder)

    with pytest.raises(DiskUnavailable):
        store.ids("c-a")
    folder.unlink()

    assert store.ids("c-a") == set()
    store.close()


def test_an_index_put_in_the_place_of_another_one_answers_also_after_a_broken_try(
    store: VectorProcess,
) -> None:
    store.upsert("c-a", [1], UNIT[:1])
    store.upsert("c-a-rebuilding", [2], UNIT[1:2])

    store.replace("c-a")
    store.replace("c-a")

    assert (store.ids("c-a"), store.names()) == ({2}, ["c-a"])


@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory of a process through /proc")
def test_the_memory_of_the_process_holds_no_key_and_no_text_of_the_app(
    store: VectorProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment, settings and texts of this process are not in the other one."""
    monkeypatch.setenv("SANDBOX_LLM__API_KEY", CANARY)
    texts = [f"{CANARY} {n}" for n in range(1000)]
    store.upsert("c-a", [1, 2], UNIT[:2])

    held = memory_of(child_pid(store))

    assert len(texts) == 1000
    assert b"vectors.worker" in held  # it was read
    assert CANARY.encode() not in held


def memory_of(pid: int) -> bytes:
    """All memory of a process that it has for itself and may read."""
    content = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, access, _, _, inode = line.split()[:5]
            if not access.startswith("rw") or inode != "0":
                continue
            start, end = (int(address, 16) for address in span.split("-"))
            memory.seek(start)
            content.append(memory.read(end - start))
    return b"".join(content)


def test_unused_capacity_of_the_files_holds_nothing_of_the_memory(
    store: VectorProcess, tmp_path: Path
) -> None:
    """Vectors that were removed are not in files written after them."""
    drawn = np.random.default_rng(0).normal(size=(2400, 32)).astype(np.float32)
    store.upsert("c-a", list(range(1200)), drawn[:1200])
    store.drop("c-a")
    before = set(tmp_path.rglob("*.bin"))
    store.upsert("c-b", list(range(1200, 2400)), drawn[1200:])
    store.close()

    written = b"".join(path.read_bytes() for path in set(tmp_path.rglob("*.bin")) - before)

    starts = [(vector / np.linalg.norm(vector)).tobytes()[:12] for vector in drawn]
    assert sum(start in written for start in starts[1200:])  # it is a graph of these vectors
    assert sum(start in written for start in starts[:1200]) == 0
