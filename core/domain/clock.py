"""The current time and new identifiers, in one place."""

import secrets
from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a random 128-bit identifier as 32 hex digits, which cannot be guessed or listed."""
    return secrets.token_hex(16)
