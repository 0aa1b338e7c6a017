"""The lock by which one process at a time writes the search indexes of a data directory."""

import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import IO

from core.errors import IndexesInUse, SandboxError
from core.storage.disk_errors import disk_errors
from core.storage.lease import Lease

logger = logging.getLogger(__name__)

IN_USE = "in use\n"
# On Linux, differs at each boot of a machine and is the same in all its containers.
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
ELSEWHERE = (
    "Another app uses this database from another data directory or machine. Only one app can, "
    "so nothing was changed. Stop the other app, or give this one its own database. If the "
    "other app was killed, try again in half a minute."
)


class IndexOwnership:
    """A lock file that the operating system releases when its process ends, for whatever reason.

    The lease, if there is one, keeps out other machines and data directories over the same
    database, whose originals and indexes are not those of this one.
    """

    def __init__(self, data_dir: Path, lease: Lease | None = None) -> None:
        self._path = data_dir / "indexes.lock"
        self._lease = lease
        self._file: IO[str] | None = None
        self._left_at = _changed_at(self._path)
        self.reopen: Callable[[], object] | None = None
        """Called if another process owned the indexes since, so that memory is out of date."""
        self.mend: Callable[[], object] | None = None
        """Called if the previous owner ended without `release`, so that indexes may be torn."""

    @property
    def is_owned(self) -> bool:
        return self._file is not None

    def acquire(self, *, blocking: bool = False) -> bool:
        """Take the lock and tell whether this process may write now, also if it already could.

        Raises DiskUnavailable, and IndexesInUse where a process of another data directory writes.
        """
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
        try:
            self._lease_here(file)
        except SandboxError:
            file.close()
            raise
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
        if file is None:
            return
        try:
            if self._lease is not None:
                self._lease.release()
        finally:
            file.truncate(0)
            self._left_at = os.fstat(file.fileno()).st_mtime_ns
            file.close()

    def require_here(self) -> None:
        """Raise IndexesInUse where a process of another data directory works on this database."""
        if self._lease is None or self._file is not None:
            return
        if self._lease.is_elsewhere(self._identity_here()):
            raise IndexesInUse(ELSEWHERE)

    def _identity_here(self) -> str:
        """Return the identity of the lock file, empty where no process ever worked here."""
        with disk_errors("The lock of the indexes"):
            if not self._path.exists():
                return ""
            with self._path.open("rb") as file:
                return _lock_identity(file)

    def _lease_here(self, file: IO[str]) -> None:
        if self._lease is not None and not self._lease.acquire(_lock_identity(file)):
            raise IndexesInUse(ELSEWHERE)


def _lock_identity(lock: IO[str] | IO[bytes]) -> str:
    """Return what is the same for all processes that the lock keeps apart, and for no others."""
    status = os.fstat(lock.fileno())
    machine = BOOT_ID.read_text().strip() if BOOT_ID.exists() else socket.gethostname()
    return f"{machine}:{status.st_dev}:{status.st_ino}"


def _changed_at(path: Path) -> int:
    """Return the last change in nanoseconds, 0 where there is no file yet."""
    return path.stat().st_mtime_ns if path.exists() else 0
