"""Secrets of the data directory, such as the one that seals the audit log."""

import hashlib
import hmac
import os
import secrets
import threading
from pathlib import Path

from core.errors import ConfigurationError
from core.storage.disk_errors import disk_errors

LEAST_CHARACTERS = 32
_WHAT = "A key of the data directory"


class SecretKey:
    """A key from a setting, or from a file of the data directory that is made at first use."""

    def __init__(self, path: Path, setting: str = "") -> None:
        """Take the file, and the key itself if it is set, of 32 characters or more.

        Raises ConfigurationError for a key that is too short.
        """
        if setting and len(setting) < LEAST_CHARACTERS:
            raise ConfigurationError(
                f"SANDBOX_AUDIT__KEY is too short. Use at least {LEAST_CHARACTERS} characters "
                "by chance."
            )
        self._path = path
        self._secret = setting.encode()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The name by which seals of another key are told from forged ones."""
        return self.digest("name", "")[:8]

    def digest(self, purpose: str, text: str) -> str:
        """Return the keyed hash (HMAC-SHA-256, RFC 2104) in hexadecimal.

        Raises DiskUnavailable if the file can be neither read nor made.
        """
        return hmac.new(self._read(), f"{purpose}\n{text}".encode(), "sha256").hexdigest()

    def origin(self, address: str) -> str:
        """Return what the audit log keeps of a network address; nothing of nothing."""
        return f"net:{self.digest('origin', address)[:16]}" if address else ""

    def _read(self) -> bytes:
        with self._lock:
            if not self._secret:
                self._secret = _of_file(self._path)
        return self._secret


def _of_file(path: Path) -> bytes:
    with disk_errors(_WHAT):
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path)
        found = path.read_bytes().strip()
    if len(found) < LEAST_CHARACTERS:
        raise ConfigurationError(
            f"{path.name} in the data directory is damaged. Nothing was changed. Restore it from a "
            "backup, or move it away to begin with a new key."
        )
    return hashlib.sha256(found).digest()


def _make(path: Path) -> None:
    """Make the file whole or not at all, also where two processes begin at once."""
    if path.exists():
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)  # fails where another process was quicker
    except FileExistsError:
        return
    finally:
        draft.unlink()
