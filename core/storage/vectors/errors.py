"""Translates Chroma's errors: damaged files, a disk, or a server that does not answer."""

import errno
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import IndexDamaged, IndexUnavailable, SandboxError
from core.storage.disk_errors import disk_error

WHAT = "The vector index"
DAMAGED = (
    "The vector index is damaged, so nothing can be searched. Nothing is lost: the database has "
    "every passage. Stop the app and run: python sandbox_cli.py verify --repair"
)
AWAY = (
    "The Chroma server does not answer correctly. Nothing was changed. Start it, or check "
    "SANDBOX_VECTORS__URL, then try again."
)
BUSY = "The vector index is busy: another process is writing to it. Nothing was changed. Try again."
_SYSTEM_CODE = re.compile(r"os error (\d+)")
_SQLITE_CODE = re.compile(r"\(code: (\d+)\)")
_AS_SYSTEM_CODE = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_IOERR: errno.EIO,
}


@contextmanager
def chroma_errors(*, is_server: bool) -> Iterator[None]:
    """Raise IndexDamaged, IndexUnavailable or DiskUnavailable for what Chroma raises.

    What speaks of a call and not of the files, such as a wrong dimension, passes.
    """
    import httpx
    from chromadb.errors import InternalError

    try:
        yield
    except (InternalError, httpx.HTTPError) as error:
        raise _meaning(str(error), is_server=is_server) from error
    except OSError as error:
        raise disk_error(error, WHAT) from error
    except ValueError as error:
        if "connect" not in str(error):  # to a server, or to the database of files
            raise
        raise _meaning(str(error), is_server=is_server) from error
    except BaseException as error:  # a panic in Rust is no Exception
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise IndexDamaged(DAMAGED) from error


def _meaning(words: str, *, is_server: bool) -> SandboxError:
    if is_server:
        return IndexUnavailable(AWAY)
    if match := _SYSTEM_CODE.search(words):
        number = int(match.group(1))
        return disk_error(OSError(number, errno.errorcode.get(number, "")), WHAT)
    code = int(match.group(1)) if (match := _SQLITE_CODE.search(words)) else 0
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexUnavailable(BUSY)
    if code in _AS_SYSTEM_CODE:
        return disk_error(OSError(_AS_SYSTEM_CODE[code], "the database refuses"), WHAT)
    return IndexDamaged(DAMAGED)
