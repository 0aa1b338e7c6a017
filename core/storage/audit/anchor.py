"""The head of the audit log outside the database, by which a cut tail is noticed."""

import fcntl
import os
import re
from dataclasses import dataclass
from pathlib import Path

from core.storage.disk_errors import disk_errors

_HEAD = re.compile(r"(?P<number>[0-9]{1,18}):(?P<digest>[0-9a-f]{64})")
_WHAT = "The head of the audit log"


@dataclass(frozen=True, slots=True)
class Head:
    """The number of the newest entry and the digest of its seal; written `12:9f3a…`."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


def head_of(text: str) -> Head | None:
    """Return the head that a text says, None for any other text."""
    match = _HEAD.fullmatch(text.strip())
    return Head(int(match["number"]), match["digest"]) if match else None


class Anchor:
    """A file of one line with the newest head, shared by all processes of a data directory."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def is_there(self) -> bool:
        """Whether there is a file, readable or not."""
        return self._path.exists()

    def read(self) -> Head | None:
        """Return the head in the file, None if there is none in it; raise DiskUnavailable."""
        with disk_errors(_WHAT):
            try:
                return head_of(self._path.read_text(encoding="ascii", errors="replace"))
            except FileNotFoundError:
                return None

    def write(self, head: Head, *, although_newer: bool = False) -> None:
        """Keep this head unless the file has a newer one; raise DiskUnavailable."""
        with disk_errors(_WHAT):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            with os.fdopen(handle, "r+", encoding="ascii", errors="replace") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                known = head_of(file.read())
                if known is not None and known.number >= head.number and not although_newer:
                    return
                file.seek(0)
                file.write(f"{head}\n")
                file.truncate()
