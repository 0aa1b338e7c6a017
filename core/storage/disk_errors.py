"""Translates errors of disks into an error that says what is kept and what to do.

`disk_errors` stands around the code that reads and writes files, and nowhere else. It is separate
from the errors of databases because a child process that serves vectors does not load their
libraries.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import DiskUnavailable

KEPT = "Stored data is kept. What was being written is lost."


@contextmanager
def disk_errors(subject: str) -> Iterator[None]:
    """Raise DiskUnavailable for an OSError of the block.

    `subject` begins the sentence, such as “The uploaded files”.
    """
    try:
        yield
    except OSError as error:
        raise disk_error(error, subject) from error


def disk_error(error: OSError, subject: str) -> DiskUnavailable:
    """Return the meaning of a refusal by the operating system."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return DiskUnavailable(
                f"{subject} cannot be written: the disk is full. {KEPT} "
                "Free some space and try again."
            )
        case errno.EROFS | errno.EACCES | errno.EPERM:
            return DiskUnavailable(
                f"{subject} cannot be opened or written: the disk is read-only, or this account "
                f"has no write access. {KEPT} Give the account that runs the app write access to "
                "the data directory, or set SANDBOX_DATA_DIR."
            )
        case errno.ENOENT | errno.ENOTDIR | errno.EEXIST | errno.EISDIR:
            return DiskUnavailable(
                f"{subject} cannot be opened: a folder of the data directory is missing, or a file "
                "is in its place. Nothing was changed. Check SANDBOX_DATA_DIR, and whether its "
                "disk is mounted."
            )
        case _:
            return DiskUnavailable(
                f"{subject} cannot be read or written ({error.strerror or type(error).__name__}). "
                f"{KEPT} Check the disk of the data directory."
            )
