"""Work that takes too long is ended, also where a library passes over whatever is raised in it."""

import signal
import threading
import time
from contextlib import suppress

import pytest

from ingestion.parsers.pdf.time_limit import OutOfTime, TimeLimit

SPIN_S = 5


def spin(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(Exception):  # as libraries do
            time.sleep(0)


def test_a_block_ends_once_its_time_is_over() -> None:
    started = time.monotonic()

    with pytest.raises(OutOfTime), TimeLimit(0.1).running():
        spin(SPIN_S)

    assert time.monotonic() - started < SPIN_S


def test_blocks_share_their_time() -> None:
    limit = TimeLimit(0.2)
    with pytest.raises(OutOfTime), limit.running():
        spin(SPIN_S)

    with pytest.raises(OutOfTime), limit.running():
        pytest.fail("no time was left")


def test_nothing_is_left_behind_by_a_block_that_ends_in_time() -> None:
    before = signal.getsignal(signal.SIGALRM)

    with TimeLimit(0.1).running():
        pass
    time.sleep(0.2)

    assert signal.getsignal(signal.SIGALRM) is before


def test_other_threads_are_not_interrupted() -> None:
    done: list[bool] = []

    def work() -> None:
        with TimeLimit(0.05).running():
            spin(0.2)
        done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert done == [True]
