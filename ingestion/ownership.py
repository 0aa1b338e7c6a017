"""Sees to it that one process at a time writes the search indexes of a data directory."""

from pathlib import Path
from typing import IO


class IndexOwnership:
    """A lock file that the operating system releases when its process ends, however it ends."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "indexes.lock"
        self._file: IO[str] | None = None

    @property
    def is_owned(self) -> bool:
        return self._file is not None

    def acquire(self, *, blocking: bool = False) -> bool:
        """True if this process may write now, also if it already could."""
        import fcntl

        if self._file is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if blocking else fcntl.LOCK_NB))
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Lets the next process write."""
        file, self._file = self._file, None
        if file is not None:
            file.close()
