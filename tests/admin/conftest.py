"""Services on a migrated SQLite database and a clock that tests move."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from admin.people import People
from admin.signing_in.password_links import PasswordLinks
from admin.signing_in.passwords import Passwords
from admin.signing_in.sign_in import SignIn
from core.domain.clock import now
from core.domain.identity import SYSTEM, Role, User
from core.storage.database import Database

PASSWORD = "violet kettle orbit pancake"
NEW_PASSWORD = "copper walrus tulip engine"


@dataclass
class Clock:
    """Tells the time tests want it to be."""

    time: datetime = field(default_factory=now)

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **spans: float) -> None:
        """Moves on; spans as timedelta takes them."""
        self.time += timedelta(**spans)


@pytest.fixture(scope="session")
def passwords() -> Passwords:
    return Passwords("Nordhafen Logistics")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(sqlite_database: Database, passwords: Passwords) -> People:
    return People(sqlite_database, passwords)


@pytest.fixture
def sign_in(sqlite_database: Database, passwords: Passwords, clock: Clock) -> SignIn:
    return SignIn(
        sqlite_database,
        passwords,
        idle=timedelta(minutes=30),
        absolute=timedelta(hours=8),
        clock=clock,
    )


@pytest.fixture
def links(sqlite_database: Database, passwords: Passwords, clock: Clock) -> PasswordLinks:
    return PasswordLinks(sqlite_database, passwords, clock=clock)


@pytest.fixture
def anna(people: People) -> User:
    """An admin."""
    return people.add(
        SYSTEM, "anna@nordhafen.example", name="Anna", password=PASSWORD, role=Role.ADMIN
    )


@pytest.fixture
def ben(people: People) -> User:
    """An employee."""
    return people.add(SYSTEM, "ben@nordhafen.example", name="Ben", password=PASSWORD)
