"""Uploaded files on disk, named by the SHA-256 of their content."""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from core.domain.clock import new_id
from core.errors import NotFound
from core.storage.disk_errors import disk_errors

SHA256_DIGITS = 64
FILES = "The uploaded files"


class OriginalFiles:
    """Stores each content once; a name supplied by a person never reaches the file system.

    Raises DiskUnavailable where the folder cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Store the content and return its SHA-256 as 64 hex digits."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        with disk_errors(FILES):
            if not path.exists():
                self._write(path, content)
        return sha256

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Renaming makes a half-written file impossible to mistake for a stored one.
        unfinished = path.with_name(f"{new_id()}.part")
        try:
            unfinished.write_bytes(content)
            os.replace(unfinished, path)  # noqa: PTH105  atomic on every platform
        except OSError:
            unfinished.unlink(missing_ok=True)  # a full disk needs the space
            raise

    def get(self, sha256: str) -> bytes:
        """Return the content; raise NotFound if no file with this hash is stored."""
        with disk_errors(FILES):
            try:
                return self._path(sha256).read_bytes()
            except FileNotFoundError as error:
                raise NotFound("The original file is no longer stored.") from error

    def has(self, sha256: str) -> bool:
        """Tell whether a file with this hash is stored."""
        with disk_errors(FILES):
            return self._path(sha256).exists()

    def remove(self, sha256: str) -> None:
        """Remove the file if it is there."""
        with disk_errors(FILES):
            self._path(sha256).unlink(missing_ok=True)

    def stored(self, *, older_than_s: float = 0.0) -> Iterator[str]:
        """Yield the SHA-256 of every file that was stored at least `older_than_s` seconds ago."""
        newest = time.time() - older_than_s
        for path in self._folder.glob("??/*"):
            if len(path.name) == SHA256_DIGITS and path.stat().st_mtime <= newest:
                yield path.name

    def remove_abandoned(self, *, older_than_s: float) -> int:
        """Remove files that a crash left half-written so many seconds ago; count them."""
        newest = time.time() - older_than_s
        with disk_errors(FILES):
            abandoned = [p for p in self._folder.glob("??/*.part") if p.stat().st_mtime <= newest]
            for path in abandoned:
                path.unlink(missing_ok=True)
        return len(abandoned)

    def is_intact(self, sha256: str) -> bool:
        """Return whether the stored file still has the content it is named by; raise NotFound."""
        with disk_errors(FILES):
            try:
                with self._path(sha256).open("rb") as file:
                    return hashlib.file_digest(file, "sha256").hexdigest() == sha256
            except FileNotFoundError as error:
                raise NotFound("The original file is no longer stored.") from error

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256
