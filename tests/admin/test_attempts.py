"""Counting failed attempts holds on both databases, also in parallel."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from admin.signing_in.attempts import ACCOUNT, ADDRESS, Caller, forgive, take_turn
from core.domain.clock import now
from core.storage.database import Database

ANNA = Caller("anna@nordhafen.example", "10.0.0.9")


def try_once(database: Database, at: datetime | None = None) -> bool:
    """Whether the try was let through to the password check."""
    with database.begin() as session:
        return take_turn(session, ANNA, at or now()) == timedelta()


def test_parallel_tries_do_not_slip_through(database: Database) -> None:
    moment = now()
    with ThreadPoolExecutor(8) as pool:
        tries = list(pool.map(lambda _: try_once(database, moment), range(24)))

    assert sum(tries) == ACCOUNT.free


def test_a_right_password_makes_the_next_tries_free(database: Database) -> None:
    with database.begin() as session:
        take_turn(session, ANNA, now())
        forgive(session, ANNA)

    assert [try_once(database) for _ in range(ACCOUNT.free)] == [True] * ACCOUNT.free


def test_delays_double_up_to_the_longest() -> None:
    assert ADDRESS.delay(19) == timedelta()
    assert ADDRESS.delay(20) == timedelta(seconds=1)
    assert ADDRESS.delay(25) == timedelta(seconds=32)
    assert ADDRESS.delay(10_000) == timedelta(minutes=15)
