"""A thread that does chores again and again."""

import threading

import pytest

from core.repeating import Repeating

PATIENCE_S = 60


def test_chores_are_done_again_until_the_thread_is_stopped() -> None:
    done: list[str] = []
    often = threading.Event()

    def count() -> None:
        done.append("counted")
        if len(done) >= 3:
            often.set()

    thread = Repeating("counting", [count], every_s=0.01)
    thread.start()
    thread.start()
    assert often.wait(PATIENCE_S)
    thread.stop()

    number = len(done)
    assert not any(t.name == "counting" and t.is_alive() for t in threading.enumerate())
    assert len(done) == number


def test_a_chore_that_fails_ends_neither_the_others_nor_the_thread(
    caplog: pytest.LogCaptureFixture,
) -> None:
    twice = threading.Barrier(2, timeout=PATIENCE_S)

    def fail() -> None:
        raise ValueError("out of order")

    thread = Repeating("failing", [fail, twice.wait], every_s=0.01)
    thread.start()
    twice.wait()
    twice.wait()
    thread.stop()

    assert "a chore failed thread=failing" in caplog.text


def test_a_stopped_thread_can_be_started_again() -> None:
    done = threading.Semaphore(0)
    thread = Repeating("again", [done.release], every_s=0.01)

    for _ in range(2):
        thread.start()
        assert done.acquire(timeout=PATIENCE_S)
        thread.stop()

    thread.stop()
