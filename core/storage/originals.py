"""Uploaded files on disk, named by the SHA-256 of their content."""

import hashlib
import os
from pathlib import Path

from core.domain.clock import new_id
from core.errors import NotFound


class OriginalFiles:
    """Stores each content once; a name supplied by a person never reaches the file system."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Stores the content and returns its SHA-256 as 64 hex digits."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            # Renaming makes a half-written file impossible to mistake for a stored one.
            unfinished = path.with_name(f"{new_id()}.part")
            unfinished.write_bytes(content)
            os.replace(unfinished, path)  # noqa: PTH105  atomic on every platform
        return sha256

    def get(self, sha256: str) -> bytes:
        """Raises NotFound if no file with this hash is stored."""
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise NotFound("The original file is no longer stored.") from error

    def remove(self, sha256: str) -> None:
        """Removes the file if it is there."""
        self._path(sha256).unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256
