"""Password hashes and the one rule set for new passwords."""

import re
import secrets
import unicodedata
from itertools import pairwise
from pathlib import Path
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import InvalidInput

MIN_LENGTH = 12
MAX_LENGTH = 128

# OWASP Password Storage Cheat Sheet, Argon2id: m=19456 (19 MiB), t=2, p=1.
MEMORY_KIB = 19 * 1024
TIME_COST = 2
PARALLELISM = 1
CONCURRENT_HASHES = 2

COMMON_WORDS = Path(__file__).with_name("common_words.txt")
LEFTOVER_LETTERS = 4
DISTINCT_CHARACTERS = 5
EDGE_CHARACTERS = "0123456789!?.,;:-_+*#$%&/() "
LOOK_ALIKES = str.maketrans("013457@$", "oleastas")
SEQUENCE_STEPS = {-9, -1, 0, 1, 9}


class Passwords:
    """Hashes and checks passwords with argon2id, at most two at a time (19 MiB each)."""

    def __init__(
        self, company_name: str = "", *, memory_kib: int = MEMORY_KIB, time_cost: int = TIME_COST
    ) -> None:
        self._known_words = _words(COMMON_WORDS.read_text()) | _words(company_name)
        self._hasher = PasswordHasher(
            time_cost=time_cost, memory_cost=memory_kib, parallelism=PARALLELISM
        )
        self._slots = BoundedSemaphore(CONCURRENT_HASHES)
        self._nobody = self.hash(secrets.token_urlsafe())

    def check(self, password: str, *, email: str = "") -> None:
        """Raises InvalidInput unless this may become the password of the person."""
        if len(password) < MIN_LENGTH:
            raise InvalidInput(f"Please choose a password of at least {MIN_LENGTH} characters.")
        if len(password) > MAX_LENGTH:
            raise InvalidInput(f"Please choose a password of at most {MAX_LENGTH} characters.")
        known_words = self._known_words | _words(email.partition("@")[0])
        if _is_guessable(_normal(password).casefold(), known_words):
            raise InvalidInput(
                "This password is easy to guess. Please choose one that is not built from common "
                "words, the company name or your e-mail address; four random words work well."
            )

    def hash(self, password: str) -> str:
        """The encoded argon2id hash, at most 255 characters."""
        with self._slots:
            return self._hasher.hash(_normal(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password matches; as slow for an unknown person (`stored` None or empty)."""
        is_checkable = bool(stored) and len(password) <= MAX_LENGTH
        try:
            with self._slots:
                self._hasher.verify(
                    stored if stored and is_checkable else self._nobody,
                    _normal(password[:MAX_LENGTH]),
                )
        except (VerificationError, InvalidHashError):
            return False
        return is_checkable

    def needs_rehash(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


def _normal(password: str) -> str:
    # NIST SP 800-63B 3.1.1.2: the same characters typed on different keyboards must match.
    return unicodedata.normalize("NFKC", password)


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in re.findall(r"[^\W\d_]{3,}", text.casefold()))


def _is_guessable(password: str, known_words: frozenset[str]) -> bool:
    if len(set(password)) < DISTINCT_CHARACTERS or _is_sequence(password):
        return True
    spellings = (password, password.strip(EDGE_CHARACTERS).translate(LOOK_ALIKES))
    return any(_is_built_from(spelling, known_words) for spelling in spellings)


def _is_built_from(password: str, known_words: frozenset[str]) -> bool:
    letters = leftover = re.sub(r"[\W\d_]+", "", password)
    for word in sorted(known_words, key=len, reverse=True):
        leftover = leftover.replace(word, "")
    return bool(letters) and len(leftover) < LEFTOVER_LETTERS


def _is_sequence(password: str) -> bool:
    """Whether it only counts up, down or repeats, such as 123456789012 or abcdefghijkl."""
    return all(ord(second) - ord(first) in SEQUENCE_STEPS for first, second in pairwise(password))
