"""One process at a time has a lease, wherever it runs; what a killed one had lapses."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.storage.database import Database
from core.storage.lease import Lease


@contextmanager
def leased(database: Database, *, lapses_after_s: float = 30.0) -> Iterator[Lease]:
    lease = Lease(database, "indexes", on_lost=list, lapses_after_s=lapses_after_s)
    yield lease
    lease.release()


def test_another_place_waits_until_the_holder_gives_it_back(database: Database) -> None:
    with leased(database) as first, leased(database) as second:
        assert first.acquire("here")
        assert second.is_elsewhere("there")
        assert not second.acquire("there")
        first.release()
        assert second.acquire("there")
        assert not first.renew()


def test_the_same_place_takes_over_at_once(database: Database) -> None:
    with leased(database) as killed, leased(database) as started:
        assert killed.acquire("here")
        assert started.acquire("here")
        assert not killed.renew()
        assert started.renew()


def test_a_holder_that_is_not_heard_of_loses_it(database: Database) -> None:
    with leased(database) as killed, leased(database, lapses_after_s=-1.0) as impatient:
        assert killed.acquire("here")
        assert impatient.acquire("there")
        assert not killed.renew()
