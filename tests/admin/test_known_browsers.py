"""A stranger's failed attempts make strangers wait, and neither the owner nor the office."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from admin.people import People
from admin.signing_in.attempts import ACCOUNT, ADDRESS
from admin.signing_in.known_browsers import known_browser, mark_for
from admin.signing_in.password_links import PasswordLinks
from admin.signing_in.sign_in import SignIn
from admin.signing_in.sign_in_limits import SignInLimits
from admin.signing_in.turns import FairTurns
from core.domain.clock import now
from core.domain.identity import SYSTEM, User
from core.errors import AccessDenied, NotFound, SignInFailed, TooManyAttempts
from core.storage.database import Database
from core.storage.tables import AuditEventRow, UserRow
from tests.admin.conftest import NEW_PASSWORD, PASSWORD, Clock

OFFICE, STRANGER = "198.51.100.7", "203.0.113.66"


@pytest.fixture
def limits(sqlite_database: Database, clock: Clock) -> SignInLimits:
    return SignInLimits(sqlite_database, clock=clock)


@pytest.fixture
def mark(sign_in: SignIn, anna: User) -> str:
    """What Anna's browser kept of an earlier sign-in."""
    return sign_in.browser_mark(sign_in.sign_in(anna.email, PASSWORD, address=OFFICE))


def attack(sign_in: SignIn, email: str, address: str = STRANGER, tries: int = 40) -> None:
    """Wrong passwords as fast as they are taken."""
    for _ in range(tries):
        with pytest.raises((SignInFailed, TooManyAttempts)):
            sign_in.sign_in(email, "wrong password", address=address)


def events(database: Database, action: str) -> list[AuditEventRow]:
    with database.read() as session:
        return list(session.exec(select(AuditEventRow).where(AuditEventRow.action == action)))


@pytest.mark.parametrize("address", [STRANGER, OFFICE])
def test_a_known_browser_signs_in_however_long_strangers_try(
    sign_in: SignIn, anna: User, mark: str, clock: Clock, address: str
) -> None:
    for _ in range(6):
        attack(sign_in, anna.email, address)
        clock.forward(minutes=10)
    attack(sign_in, anna.email, address)

    with pytest.raises(TooManyAttempts):
        sign_in.sign_in(anna.email, PASSWORD, address=address)
    assert sign_in.sign_in(anna.email, PASSWORD, address=address, mark=mark)


def test_twenty_addresses_together_do_not_keep_the_owner_out(
    sign_in: SignIn, anna: User, mark: str
) -> None:
    for number in range(20):
        attack(sign_in, anna.email, f"203.0.113.{number + 100}", tries=3)

    assert sign_in.sign_in(anna.email, PASSWORD, address=OFFICE, mark=mark)


def test_a_mark_gives_no_free_guesses(sign_in: SignIn, anna: User, mark: str) -> None:
    for _ in range(ACCOUNT.free):
        with pytest.raises(SignInFailed):
            sign_in.sign_in(anna.email, "wrong password", mark=mark)

    with pytest.raises(TooManyAttempts):
        sign_in.sign_in(anna.email, PASSWORD, mark=mark)


def test_a_known_browser_does_not_forgive_the_tries_of_strangers(
    sign_in: SignIn, anna: User, mark: str
) -> None:
    attack(sign_in, anna.email)
    sign_in.sign_in(anna.email, PASSWORD, mark=mark)

    with pytest.raises(TooManyAttempts):
        sign_in.sign_in(anna.email, "wrong password", address=STRANGER)


def test_a_mark_of_one_account_is_none_of_another(
    sign_in: SignIn, anna: User, ben: User, mark: str
) -> None:
    attack(sign_in, ben.email)

    with pytest.raises(TooManyAttempts):
        sign_in.sign_in(ben.email, PASSWORD, mark=mark)


def test_a_mark_ends_with_the_password_and_after_half_a_year(
    sign_in: SignIn, links: PasswordLinks, anna: User, mark: str, clock: Clock
) -> None:
    attack(sign_in, anna.email)
    clock.forward(days=181)
    attack(sign_in, anna.email)
    with pytest.raises(TooManyAttempts):
        sign_in.sign_in(anna.email, PASSWORD, mark=mark)

    clock.forward(hours=2)
    newer = sign_in.browser_mark(sign_in.sign_in(anna.email, PASSWORD))
    links.use(links.create(SYSTEM, anna.id), NEW_PASSWORD)
    attack(sign_in, anna.email)
    with pytest.raises(TooManyAttempts):
        sign_in.sign_in(anna.email, NEW_PASSWORD, mark=newer)


@given(st.one_of(st.text(), st.from_regex(r"[0-9a-f]{32}\.[0-9]{1,12}\.[0-9a-f]{64}")))
def test_no_mark_can_be_made_up(mark: str) -> None:
    account = UserRow(email="a@x.example", name="A", role="employee", password_hash="$argon2id$x")

    assert known_browser(account, mark, now()) == ""


def test_a_changed_mark_is_none() -> None:
    account = UserRow(email="a@x.example", name="A", role="employee", password_hash="$argon2id$x")
    mark = mark_for(account, now())
    assert known_browser(account, mark, now())

    changed = [
        "1" + mark[1:] if mark[0] != "1" else "2" + mark[1:],
        mark[:-1],
        mark + "0",
        mark + "\n",
    ]

    assert [known_browser(account, one, now()) for one in changed] == [""] * 4
    assert known_browser(None, mark, now()) == ""
    assert known_browser(UserRow(email="", name="", role="", password_hash=""), mark, now()) == ""


def test_a_whole_office_signs_in_at_the_same_moment(
    sign_in: SignIn, people: People, sqlite_database: Database
) -> None:
    password_hash = hash_of(sqlite_database, people)
    with sqlite_database.begin() as session:
        session.add_all(
            UserRow(
                email=f"p{n}@nordhafen.example",
                name="P",
                role="employee",
                password_hash=password_hash,
            )
            for n in range(45)
        )
    start = threading.Barrier(45)

    def enter(number: int) -> bool:
        start.wait()
        return bool(sign_in.sign_in(f"p{number}@nordhafen.example", PASSWORD, address=OFFICE))

    with ThreadPoolExecutor(45) as pool:
        assert list(pool.map(enter, range(45))) == [True] * 45


def hash_of(database: Database, people: People) -> str:
    """One hash for many, so that the test does not compute each of them."""
    someone = people.add(SYSTEM, "some@nordhafen.example", name="Some", password=PASSWORD)
    with database.read() as session:
        return session.get_one(UserRow, someone.id).password_hash


def test_parallel_guesses_from_one_address_do_not_slip_through(sign_in: SignIn, anna: User) -> None:
    start = threading.Barrier(50)

    def guess(number: int) -> bool:
        start.wait()
        try:
            sign_in.sign_in(f"n{number}@nordhafen.example", "wrong password", address=STRANGER)
        except SignInFailed:
            return True
        except TooManyAttempts:
            return False
        raise AssertionError("signed in")

    with ThreadPoolExecutor(50) as pool:
        checked = sum(pool.map(guess, range(50)))

    assert ADDRESS.free <= checked <= ADDRESS.free + 3


def test_the_waiting_take_turns_and_nobody_is_kept_out_by_a_flood() -> None:
    turns, served = FairTurns(1), list[str]()
    with turns.turn("first"):
        threads = []
        for caller in ["flood"] * 30 + ["anna", "ben"]:
            threads.append(threading.Thread(target=served_in_turn, args=(turns, served, caller)))
            threads[-1].start()
            wait_for(lambda: turns.waiting == len(threads))
    for thread in threads:
        thread.join()

    assert served[:3] == ["flood", "anna", "ben"]
    assert len(served) == 32


def served_in_turn(turns: FairTurns, served: list[str], caller: str) -> None:
    with turns.turn(caller):
        served.append(caller)


def wait_for(holds: Callable[[], bool]) -> None:
    while not holds():
        threading.Event().wait(0.001)


def test_a_line_has_an_end() -> None:
    turns, served = FairTurns(1, longest_line=1), list[str]()
    with turns.turn("first"):
        waiting = threading.Thread(target=served_in_turn, args=(turns, served, "anna"))
        waiting.start()
        wait_for(lambda: turns.waiting == 1)
        with pytest.raises(TooManyAttempts), turns.turn("anna"):
            pass
    waiting.join()

    assert served == ["anna"]


def test_an_administrator_sees_who_waits_and_ends_it(
    sign_in: SignIn, limits: SignInLimits, anna: User, ben: User, sqlite_database: Database
) -> None:
    attack(sign_in, ben.email)
    for number in range(ADDRESS.free):
        attack(sign_in, f"n{number}@nordhafen.example", tries=1)

    slowed = {one.email or one.address: one for one in limits.slowed(anna)}
    assert slowed.keys() == {ben.email, STRANGER}
    assert slowed[ben.email].failures == ACCOUNT.free
    assert slowed[ben.email].refusals == 40 - ACCOUNT.free

    limits.free_account(anna, ben.email)
    limits.free_address(anna, STRANGER)

    assert limits.slowed(anna) == []
    assert sign_in.sign_in(ben.email, PASSWORD, address=STRANGER)
    assert [e.details["by"] for e in events(sqlite_database, "sign_in.freed")] == [
        "account",
        "address",
    ]


def test_only_administrators_see_and_end_waits(limits: SignInLimits, anna: User, ben: User) -> None:
    for attempt in (
        lambda: limits.slowed(ben),
        lambda: limits.free_account(ben, anna.email),
        lambda: limits.free_address(ben, STRANGER),
    ):
        with pytest.raises(AccessDenied):
            attempt()
    with pytest.raises(NotFound):
        limits.free_account(anna, "nobody@nordhafen.example")
    with pytest.raises(NotFound):
        limits.free_address(anna, STRANGER)


def test_refusals_are_audited_once_a_wait_without_addresses(
    sign_in: SignIn, anna: User, sqlite_database: Database
) -> None:
    attack(sign_in, anna.email, tries=200)

    [slowed] = events(sqlite_database, "sign_in.slowed")
    assert (slowed.object_id, slowed.outcome, slowed.details) == (
        anna.id,
        "refused",
        {"by": "account"},
    )
    assert STRANGER not in str([e.details for e in events(sqlite_database, "session.opened")])


def test_strangers_do_not_keep_the_owner_from_changing_the_password(
    sign_in: SignIn, anna: User
) -> None:
    attack(sign_in, anna.email)

    sign_in.change_password(anna, PASSWORD, NEW_PASSWORD)


@pytest.mark.parametrize("addresses", [1, 20])
def test_the_owner_signs_in_at_the_first_try_while_strangers_try(
    sign_in: SignIn, anna: User, mark: str, addresses: int
) -> None:
    is_over = threading.Event()
    tried: list[None] = []

    def keep_trying(number: int) -> None:
        while not is_over.is_set():
            attack(sign_in, anna.email, f"203.0.113.{number}", tries=1)
            tried.append(None)

    with ThreadPoolExecutor(addresses) as strangers:
        attacks = [strangers.submit(keep_trying, number) for number in range(addresses)]
        while len(tried) < 3 * ADDRESS.free:
            is_over.wait(0.01)
        opened = [
            sign_in.sign_in(anna.email, PASSWORD, address=OFFICE, mark=mark) for _ in range(3)
        ]
        is_over.set()

    for one in attacks:
        one.result()
    assert all(opened)
    with pytest.raises(TooManyAttempts):
        sign_in.sign_in(anna.email, PASSWORD, address="203.0.113.1")
