"""A look at a folder: the files it holds, and what changed since the last one."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from core.errors import InvalidInput

TEMPORARY_STARTS = (".", "~$")
TEMPORARY_ENDS = (".tmp", ".part", ".crdownload", "~")


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file with its size and time, which tell without reading it whether it changed."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as last seen, with the documents that exist because of it."""

    seen: SeenFile
    sha256: str
    document_ids: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes to make; `moved` maps a new path to the one where the same content was.

    `hashes` holds the SHA-256 of every file that was read to find them.
    """

    to_upload: tuple[SeenFile, ...]
    touched: tuple[SeenFile, ...]
    moved: Mapping[str, str]
    gone: tuple[str, ...]
    hashes: Mapping[str, str]
    unreadable: Mapping[str, str]


def scan(folder: Path) -> dict[str, SeenFile]:
    """Return all files below the folder, by relative path.

    Raises InvalidInput if the folder does not exist, or if it or a folder in it cannot be read, as
    unseen files would be taken for deleted. Hidden and temporary files are left out, and so are
    links to files outside.
    """
    if not folder.is_dir():
        raise InvalidInput(f"The folder {folder} does not exist. Nothing was changed.")
    return {seen.path: seen for seen in _files(folder, folder.resolve())}


def compare(folder: Path, seen: Mapping[str, SeenFile], known: Mapping[str, KnownFile]) -> Changes:
    """Compare files with what is known; read only those whose size or time changed."""
    candidates = [s for p, s in seen.items() if p not in known or known[p].seen != s]
    hashes, unreadable = _hashes(folder, candidates)
    gone = {path for path in known if path not in seen}
    moved = _moves(candidates, hashes, known, gone)
    touched = [s for s in candidates if s.path in known and _is_same(s, hashes, known)]
    left = {s.path for s in touched} | set(moved) | set(unreadable)
    return Changes(
        to_upload=tuple(s for s in candidates if s.path not in left),
        touched=tuple(touched),
        moved=moved,
        gone=tuple(sorted(gone - set(moved.values()))),
        hashes=hashes,
        unreadable=unreadable,
    )


def cannot_be_opened(error: OSError) -> str:
    """Return why a file could not be read, for a report."""
    return f"The file cannot be opened: {error.strerror}."


def _files(folder: Path, inside: Path) -> Iterator[SeenFile]:
    for directory, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(directory) / name
            try:
                if not _is_wanted(path, inside):
                    continue
                status = path.stat()
            except FileNotFoundError:  # deleted a moment ago
                continue
            except OSError as error:
                _refuse(error)
            relative = path.relative_to(folder).as_posix()
            yield SeenFile(relative, status.st_size, status.st_mtime_ns)


def _refuse(error: OSError) -> NoReturn:
    raise InvalidInput(
        f"{error.filename} cannot be read ({error.strerror}). Nothing was changed."
    ) from error


def _is_wanted(path: Path, inside: Path) -> bool:
    name = path.name.lower()
    if name.startswith(TEMPORARY_STARTS) or name.endswith(TEMPORARY_ENDS):
        return False
    # Unlike Path.resolve, realpath accepts links that form a circle.
    if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(inside):
        return False
    return path.is_file()


def _hashes(folder: Path, files: list[SeenFile]) -> tuple[dict[str, str], dict[str, str]]:
    hashes: dict[str, str] = {}
    unreadable: dict[str, str] = {}
    for seen in files:
        try:
            with (folder / seen.path).open("rb") as file:
                hashes[seen.path] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            unreadable[seen.path] = cannot_be_opened(error)
    return hashes, unreadable


def _moves(
    candidates: list[SeenFile],
    hashes: Mapping[str, str],
    known: Mapping[str, KnownFile],
    gone: set[str],
) -> dict[str, str]:
    """Return new paths with the content of a path that is gone, each used once."""
    left = {known[path].sha256: path for path in sorted(gone) if known[path].document_ids}
    moved: dict[str, str] = {}
    for seen in candidates:
        sha256 = hashes.get(seen.path, "")
        if seen.path not in known and sha256 in left:
            moved[seen.path] = left.pop(sha256)
    return moved


def _is_same(seen: SeenFile, hashes: Mapping[str, str], known: Mapping[str, KnownFile]) -> bool:
    return hashes.get(seen.path) == known[seen.path].sha256
