"""Codes of an authenticator app (TOTP, RFC 6238) and codes for when the phone is lost."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS = 6
STEP_SECONDS = 30
SKEW_STEPS = 1
"""A clock may be one step off in either direction (RFC 6238, 5.2)."""

SECRET_BYTES = 20
"""The length of the hash (RFC 4226, 4, R6)."""

RECOVERY_CODES = 10
RECOVERY_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike; ten of them are 49 bits."""

RECOVERY_LENGTH = 10


def new_secret() -> bytes:
    """Return a secret for a phone."""
    return secrets.token_bytes(SECRET_BYTES)


def typed_secret(secret: bytes) -> str:
    """Return the secret as it is typed into a phone, in groups of four letters."""
    letters = base64.b32encode(secret).decode()
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def secret_address(secret: bytes, account: str, issuer: str) -> str:
    """Return the address that a QR code holds (Google's key URI format)."""
    letters = base64.b32encode(secret).decode()
    label = f"{quote(issuer, safe='')}:{quote(account, safe='@')}"
    return f"otpauth://totp/{label}?secret={letters}&issuer={quote(issuer, safe='')}"


def step_of(secret: bytes, code: str, at: datetime, *, after: int) -> int | None:
    """Return the step that the code is of, None for a wrong one.

    Codes of the step `after` and of earlier ones count as used.
    """
    typed = "".join(code.split())
    if len(typed) != DIGITS or not typed.isascii() or not typed.isdigit():
        return None
    now = int(at.timestamp()) // STEP_SECONDS
    for step in range(now - SKEW_STEPS, now + SKEW_STEPS + 1):
        if hmac.compare_digest(code_of(secret, step), typed) and step > after:
            return step
    return None


def code_of(secret: bytes, step: int) -> str:
    """Return the code of a step, 30 seconds since 1970 each."""
    totp = TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303  what all phones know
    return totp.generate(step * STEP_SECONDS).decode()


def new_recovery_codes() -> Sequence[str]:
    """Return ten codes that each work once, written with a dash in the middle."""
    return [_recovery_code() for _ in range(RECOVERY_CODES)]


def recovery_hash(code: str, user_id: str) -> str:
    """Return what is stored of a recovery code; case, blanks and dashes do not matter."""
    plain = "".join(letter for letter in code.casefold() if letter in RECOVERY_LETTERS)
    # Not a password: 49 bits by chance, tried at most 65 times an hour.
    return hashlib.sha256(f"recovery:{user_id}:{plain}".encode()).hexdigest()


def _recovery_code() -> str:
    letters = "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH))
    return f"{letters[:5]}-{letters[5:]}"
