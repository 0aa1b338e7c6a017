"""What may be a password, and how it is stored."""

import pytest

from admin.passwords import Passwords
from core.errors import InvalidInput

EMAIL = "anna.schmidt@nordhafen.example"


@pytest.mark.parametrize(
    "password",
    [
        "violet kettle orbit pancake",
        "ölkännchen-wal-turm",
        "nordhafen gives violet kettles",
        "839201847563",
        "x7#Kq!" * 21,
    ],
)
def test_long_passwords_of_any_characters_are_welcome(passwords: Passwords, password: str) -> None:
    passwords.check(password, email=EMAIL)


@pytest.mark.parametrize(
    "password",
    [
        "short-one-7",
        "x7#Kq!" * 22,
        "Password1234!",
        "P@ssw0rd1234!",
        "Welcome-2026-Winter",
        "correct horse battery staple",
        "Nordhafen2026!",
        "anna.schmidt1",
        "123456789012",
        "abcdefghijklmn",
        "aaaaaaaaaaaa",
        "qwertyuiop12",
    ],
)
def test_passwords_that_are_tried_first_are_refused(passwords: Passwords, password: str) -> None:
    with pytest.raises(InvalidInput):
        passwords.check(password, email=EMAIL)


def test_the_hash_is_argon2id_with_owasp_parameters(passwords: Passwords) -> None:
    stored = passwords.hash("violet kettle orbit pancake")

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_only_the_right_password_matches(passwords: Passwords) -> None:
    stored = passwords.hash("violet kettle orbit pancake")

    assert passwords.verify(stored, "violet kettle orbit pancake")
    assert not passwords.verify(stored, "violet kettle orbit pancakes")


def test_the_same_characters_typed_differently_match(passwords: Passwords) -> None:
    stored = passwords.hash("o\N{COMBINING DIAERESIS}lka\N{COMBINING DIAERESIS}nnchen")

    assert passwords.verify(stored, "ölkännchen")


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_nobody_signs_in_without_a_stored_hash(passwords: Passwords, stored: str | None) -> None:
    assert not passwords.verify(stored, "violet kettle orbit pancake")


def test_an_over_long_password_never_matches_by_its_beginning(passwords: Passwords) -> None:
    password = "x7#Kq!" * 21 + "ab"

    assert not passwords.verify(passwords.hash(password), password + "c")


def test_hashes_of_weaker_parameters_are_recognised(passwords: Passwords) -> None:
    weaker = Passwords(memory_kib=8 * 1024, time_cost=1)

    assert passwords.needs_rehash(weaker.hash("violet kettle orbit pancake"))
    assert not passwords.needs_rehash(passwords.hash("violet kettle orbit pancake"))
