"""Checks the files of a tantivy index, and translates tantivy's errors.

tantivy reads checksums without comparing them, and panics over some damaged files.
"""

import errno
import json
import re
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import IndexDamaged, SandboxError
from core.storage.disk_errors import disk_error

WHAT = "The keyword index"
DAMAGED = (
    "The keyword index is damaged, so its collection cannot be searched. Nothing is lost: the "
    "database has every passage. Stop the app and run: python sandbox_cli.py verify --repair"
)
META = "meta.json"
# The end of each file: a JSON object, its length and a magic number, both in 4 bytes.
_LENGTH, _TRAILER = 4, 8
_CHUNK = 1 << 20
_SYSTEM_CODE = re.compile(r"\bcode: (\d+)")


@contextmanager
def keyword_errors() -> Iterator[None]:
    """Raise IndexDamaged or DiskUnavailable for what tantivy and the file system raise."""
    try:
        yield
    except OSError as error:
        raise _of_disk(error) from error
    except ValueError as error:  # tantivy raises it for everything
        raise _meaning(error) from error
    except BaseException as error:  # a panic in Rust is no Exception
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise IndexDamaged(DAMAGED) from error


def require_intact(folder: Path) -> None:
    """Compare the files in use with their checksums; raise IndexDamaged."""
    meta = folder / META
    if not meta.exists():
        return
    try:
        segments = json.loads(meta.read_bytes())["segments"]
        used = {segment["segment_id"].replace("-", "") for segment in segments}
    except (ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(DAMAGED) from error
    for path in folder.iterdir():
        # A deletion has the number of the commit between: `segment.12.del`.
        if path.name.partition(".")[0] in used and not _is_intact(path):
            raise IndexDamaged(DAMAGED)


def remove_files(path: Path) -> None:
    """Remove a folder with all that is in it, or a file in its place; it may be missing."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _is_intact(path: Path) -> bool:
    size = path.stat().st_size
    with path.open("rb") as file:
        if size < _TRAILER:
            return False
        file.seek(size - _TRAILER)
        length = int.from_bytes(file.read(_LENGTH), "little")
        body = size - _TRAILER - length
        if body < 0:
            return False
        file.seek(body)
        try:
            expected = json.loads(file.read(length))["crc"]
        except (ValueError, KeyError, TypeError):
            return False
        file.seek(0)
        checksum = 0
        while body > 0 and (piece := file.read(min(body, _CHUNK))):
            checksum, body = zlib.crc32(piece, checksum), body - len(piece)
    return bool(checksum == expected)


def _meaning(error: ValueError) -> SandboxError:
    code = _SYSTEM_CODE.search(str(error))
    if code is None:
        return IndexDamaged(DAMAGED)
    number = int(code.group(1))
    return _of_disk(OSError(number, errno.errorcode.get(number, "")))


def _of_disk(error: OSError) -> SandboxError:
    return disk_error(error, WHAT)
