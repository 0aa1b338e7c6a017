"""Sees to it that one process at a time writes the search indexes of a data directory."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from core.storage.system_errors import disk_errors

logger = logging.getLogger(__name__)

IN_USE = "in use\n"


class IndexOwnership:
    """A lock file that the operating system releases when its process ends, however it ends."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "indexes.lock"
        self._file: IO[str] | None = None
        self._left_at = _changed_at(self._path)
        self.reopen: Callable[[], object] | None = None
        """Called where another process owned them since: what is in memory is out of date."""
        self.mend: Callable[[], object] | None = None
        """Called where the owner before this one ended without `release`: indexes may be torn."""

    @property
    def is_owned(self) -> bool:
        return self._file is not None

    def acquire(self, *, blocking: bool = False) -> bool:
        """True if this process may write now, also if it already could; raises DiskUnavailable."""
        import fcntl

        if self._file is not None:
            return True
        with disk_errors("The lock of the indexes"):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if blocking else fcntl.LOCK_NB))
        except BlockingIOError:
            file.close()
            return False
        was_owned_by_another = os.fstat(file.fileno()).st_mtime_ns != self._left_at
        with disk_errors("The lock of the indexes"):
            file.seek(0)
            was_left_open = bool(file.read())
            file.truncate(0)
            file.write(IN_USE)
            file.flush()
        self._file = file
        if was_owned_by_another and self.reopen is not None:
            self.reopen()
        if was_left_open and self.mend is not None:
            logger.warning("the last process that wrote the indexes was ended; comparing them")
            self.mend()
        return True

    def release(self) -> None:
        """Lets the next process write."""
        file, self._file = self._file, None
        if file is not None:
            file.truncate(0)
            self._left_at = os.fstat(file.fileno()).st_mtime_ns
            file.close()


def _changed_at(path: Path) -> int:
    """The last change in nanoseconds, 0 where there is no file yet."""
    return path.stat().st_mtime_ns if path.exists() else 0
