"""Password hashes and the one rule set for new passwords."""

import secrets
import unicodedata
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from admin.signing_in.password_strength import weakness, words_of
from core.errors import InvalidInput

MIN_LENGTH = 12
MAX_LENGTH = 128

# OWASP Password Storage Cheat Sheet, Argon2id: m=19456 (19 MiB), t=2, p=1.
MEMORY_KIB = 19 * 1024
TIME_COST = 2
PARALLELISM = 1
CONCURRENT_HASHES = 2


class Passwords:
    """Hashes and checks passwords with argon2id, at most two at a time (19 MiB each)."""

    def __init__(
        self, company_name: str = "", *, memory_kib: int = MEMORY_KIB, time_cost: int = TIME_COST
    ) -> None:
        self._company_words = words_of(company_name)
        self._hasher = PasswordHasher(
            time_cost=time_cost, memory_cost=memory_kib, parallelism=PARALLELISM
        )
        self._slots = BoundedSemaphore(CONCURRENT_HASHES)
        self._nobody = self.hash(secrets.token_urlsafe())

    def check(self, password: str, *, email: str = "", name: str = "") -> None:
        """Raise InvalidInput unless this can become the person's password.

        Passwords already in use are not checked again.
        """
        if len(password) < MIN_LENGTH:
            raise InvalidInput(f"Choose a password of at least {MIN_LENGTH} characters.")
        if len(password) > MAX_LENGTH:
            raise InvalidInput(f"Choose a password of at most {MAX_LENGTH} characters.")
        own = self._company_words | words_of(email) | words_of(name)
        reason = weakness(_normal(password), own)
        if reason is not None:
            raise InvalidInput(
                f"This password is easy to guess: it {reason}. Choose another one. Four words "
                "unrelated to each other and to you work well."
            )

    def hash(self, password: str) -> str:
        """Return the encoded argon2id hash, at most 255 characters."""
        with self._slots:
            return self._hasher.hash(_normal(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Return whether the password matches, as slowly for an unknown person (no `stored`)."""
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
        """Return whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(stored)


def _normal(password: str) -> str:
    # NIST SP 800-63B 3.1.1.2: the same characters typed on different keyboards must match.
    return unicodedata.normalize("NFKC", password)
