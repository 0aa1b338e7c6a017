"""Keeps the files of the product from other accounts on the machine."""

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path

OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""The permissions of the group and of everybody."""

logger = logging.getLogger(__name__)


def keep_private(folder: Path) -> None:
    """Make files of this process and its children private to its account from now on.

    A folder of an earlier version, open to others, is closed with all that is in it; what belongs
    to another account or lies on a read-only disk stays as it is, and the doctor says so. A
    missing folder is not made.
    """
    os.umask(OF_OTHERS)
    if not folder.is_dir() or not folder.stat().st_mode & OF_OTHERS:
        return
    for path in (folder, *folder.rglob("*")):
        with suppress(OSError):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~OF_OTHERS)
    is_closed = not folder.stat().st_mode & OF_OTHERS
    logger.info("data directory open to other accounts is_closed_now=%s", is_closed)
