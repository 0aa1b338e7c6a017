"""The one-time link that creates the first admin."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from admin.people import People
from admin.signing_in.sign_in import SignIn
from core.domain.identity import SYSTEM, User
from core.errors import Conflict, InvalidInput, SignInFailed
from core.storage.database import Database
from core.storage.tables import SetupTokenRow
from tests.admin.conftest import PASSWORD, Clock

EMAIL = "anna@nordhafen.example"


def complete(sign_in: SignIn, token: str, password: str = PASSWORD) -> str:
    return sign_in.complete_setup(token, EMAIL, name="Anna", password=password)


def test_the_link_creates_an_admin_who_is_signed_in(sign_in: SignIn) -> None:
    token = complete(sign_in, sign_in.start_setup())

    user = sign_in.user_for(token)
    assert user is not None
    assert user.is_admin
    assert not sign_in.needs_setup()


def test_the_link_works_once(sign_in: SignIn) -> None:
    link = sign_in.start_setup()
    complete(sign_in, link)

    with pytest.raises(SignInFailed, match="already used"):
        complete(sign_in, link)


def test_two_people_at_once_cannot_both_use_the_link(sign_in: SignIn, people: People) -> None:
    link = sign_in.start_setup()

    def attempt(number: int) -> bool:
        try:
            sign_in.complete_setup(
                link, f"n{number}@nordhafen.example", name="N", password=PASSWORD
            )
        except SignInFailed:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        successes = sum(pool.map(attempt, range(4)))

    assert successes == 1
    assert len(people.list_all(SYSTEM)) == 1


def test_the_link_ends_after_half_an_hour(sign_in: SignIn, clock: Clock) -> None:
    link = sign_in.start_setup()

    clock.forward(minutes=30)

    assert not sign_in.is_setup_open(link)
    with pytest.raises(SignInFailed):
        complete(sign_in, link)


def test_a_new_link_ends_the_one_before(sign_in: SignIn) -> None:
    first, second = sign_in.start_setup(), sign_in.start_setup()

    assert not sign_in.is_setup_open(first)
    assert sign_in.is_setup_open(second)


def test_there_is_no_link_once_somebody_has_an_account(sign_in: SignIn, people: People) -> None:
    link = sign_in.start_setup()
    people.add(SYSTEM, "ben@nordhafen.example", name="Ben", password=PASSWORD)

    assert not sign_in.is_setup_open(link)
    with pytest.raises(Conflict):
        sign_in.start_setup()


def test_a_refused_password_leaves_the_link_usable(sign_in: SignIn) -> None:
    link = sign_in.start_setup()

    with pytest.raises(InvalidInput):
        complete(sign_in, link, password="password1234")

    assert complete(sign_in, link)


def test_only_the_hash_of_the_link_is_stored(sign_in: SignIn, sqlite_database: Database) -> None:
    link = sign_in.start_setup()

    with sqlite_database.read() as session:
        assert session.exec(select(SetupTokenRow)).one().token_hash != link
    assert len(link) == 22


def test_made_up_links_are_refused(sign_in: SignIn) -> None:
    sign_in.start_setup()

    assert not sign_in.is_setup_open("")
    assert not sign_in.is_setup_open("x" * 22)


def test_an_account_means_set_up_is_done(sign_in: SignIn, ben: User) -> None:
    assert not sign_in.needs_setup()
