"""What may be a password, and how it is stored."""

import contextlib

import pytest

from admin.signing_in.passwords import Passwords
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
        "xkT9vq2MzR4w",
        "copper walrus tulip engine",
        "Zimmer Regen Tuba 42",
        "зелёный чайник летит",
        "緑の薬缶が空を静かに飛ぶ朝",
        "緑の薬缶が空を静かに飛ぶ朝2026",
        "copper violin sunset 42",
        "copper violin sunset 2026",
        "Zimmer Regen Tuba 1999",
        "wir fahren immer mit dem bus 2026",
        "einlangersatzohneluftdarin2026",
        "tulip wagon 2026 839201",
        "kRzpQvWxyT2026",
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
        "zaq12wsxcde3",
        "qayxswedcvfr",
        "Hamburg2026!!",
        "München2025!!",
        "Muenchen!2025",
        "liverpool123",
        "2026Rotterdam",
        "BorussiaDortmund09",
        "Anna-Nordhafen-7",
        "07.11.1984hans",
        "Berlin_Berlin_1",
        "Kennwort12345",
        "L1verp00l2026",
        "111222333444",
        "12121984!!!!",
        "Sommer2026",
        "hamburg hafen 2026",
        "Kaffee Pause 2026",
        "guten morgen 2025",
        "GutenMorgen2026",
        "coffee break 2026",
        "2026 blue house!",
        "Dampfschifffahrt 2026",
        "silly-walk-1999",
        "K4ffee P4use 2026",
        "зелёный чайник 2026",
    ],
)
def test_passwords_that_are_tried_first_are_refused(passwords: Passwords, password: str) -> None:
    with pytest.raises(InvalidInput):
        passwords.check(password, email=EMAIL)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Hamburg2026!!", "common password or word"),
        ("anna.schmidt1", "your name, your address or the company name"),
        ("Nordhafen2026!", "your name, your address or the company name"),
        ("abcdefghijklmn", "a number sequence"),
        ("aaaaaaaaaaaa", "repeats"),
        ("Kaffee Pause 2026", "one or two words and a year"),
    ],
)
def test_the_message_says_what_is_weak_and_how_to_do_better(
    passwords: Passwords, password: str, reason: str
) -> None:
    with pytest.raises(InvalidInput, match="Four words") as refusal:
        passwords.check(password, email=EMAIL)

    assert reason in str(refusal.value)
    assert password not in str(refusal.value)


def test_the_own_name_is_no_password(passwords: Passwords) -> None:
    passwords.check("tumbleweed-quartz", name="Anna Berg")

    with pytest.raises(InvalidInput, match="your name"):
        passwords.check("tumbleweed-quartz", name="Tumbleweed Quartz")


def test_a_password_of_any_length_is_judged_at_once(passwords: Passwords) -> None:
    for password in ("a1!" * 42, "@4s$0l|1" * 16, "zaq1" * 32, "\N{SNOWMAN}" * 128):
        with contextlib.suppress(InvalidInput):
            passwords.check(password, email=EMAIL)


def test_a_weak_password_that_is_in_use_still_signs_in(passwords: Passwords) -> None:
    assert passwords.verify(passwords.hash("Hamburg2026!!"), "Hamburg2026!!")


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
