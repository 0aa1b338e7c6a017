"""Keeps the files of the product from other accounts on the machine."""

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path

from core.errors import ConfigurationError

OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""The permissions of the group and of everybody."""

logger = logging.getLogger(__name__)


def keep_private(folder: Path) -> None:
    """Make files of this process and its children private to its account from now on.

    A folder of an earlier version, open to others, is closed with all that is in it; a file that
    belongs to another account stays as it is, and the doctor says so. A missing folder is not made.
    Raises ConfigurationError if the folder itself cannot be closed to everybody. A group may stay:
    an operator of containers gives a volume to one on purpose.
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
    if folder.stat().st_mode & stat.S_IRWXO:
        raise ConfigurationError(
            f"Every account of this machine can read {folder}, and this one cannot close it. Give "
            "the folder to the account of the app (chown), or set SANDBOX_DATA_DIR to a folder of "
            "its own; a subfolder will do."
        )
