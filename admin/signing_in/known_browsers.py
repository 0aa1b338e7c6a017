"""The mark of a browser that signed in to an account before (OWASP, device cookies).

It opens nothing. It only tells the owner's browser from a stranger's, so that a stranger's failed
tries delay only strangers. It is bound to the account and ends with its password.
"""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta

from core.storage.tables import UserRow

LIFETIME = timedelta(days=180)
_MARK = re.compile(
    r"(?P<body>(?P<nonce>[0-9a-f]{32})\.(?P<issued>[0-9]{1,12}))\.(?P<sign>[0-9a-f]{64})"
)


def mark_for(account: UserRow, at: datetime) -> str:
    """Make a new mark, to be kept by the browser that has just signed in."""
    body = f"{secrets.token_hex(16)}.{int(at.timestamp())}"
    return f"{body}.{_signature(account, body)}"


def known_browser(account: UserRow | None, mark: str, at: datetime) -> str:
    """Return the browser's name if the mark belongs to this account; else empty."""
    match = _MARK.fullmatch(mark)
    if match is None or account is None or not account.password_hash:
        return ""
    if not hmac.compare_digest(match["sign"], _signature(account, match["body"])):
        return ""
    age = at.timestamp() - int(match["issued"])
    return match["nonce"] if 0 <= age < LIFETIME.total_seconds() else ""


def _signature(account: UserRow, body: str) -> str:
    """Sign with the stored hash, which has its own random salt and never leaves the database."""
    key = hashlib.sha256(f"known browser:{account.password_hash}".encode()).digest()
    return hmac.new(key, f"{account.id}:{body}".encode(), "sha256").hexdigest()
