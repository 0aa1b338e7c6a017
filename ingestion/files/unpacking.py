"""The files of zip archives, within limits that count nested archives too."""

import hashlib
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.errors import UnreadableDocument
from ingestion.files.archives import UploadLimits, check_cost, is_encrypted, opened
from ingestion.files.media import MediaType
from ingestion.files.validation import MAX_NAME, safe_name, validate

MAX_DEPTH = 2
# Folders and files that operating systems add to archives unasked.
SYSTEM_FOLDERS = ("__MACOSX", ".git", ".svn")
SYSTEM_NAMES = frozenset({".ds_store", "thumbs.db", "desktop.ini", ".gitignore", ".gitattributes"})
UTF8_FLAG = 0x800
DIGEST = 8


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive that passed the checks; `path` begins with the archive's name."""

    path: str
    media_type: MediaType
    content: bytes


@dataclass(frozen=True, slots=True)
class RefusedMember:
    """A file of an archive that failed the checks, with the reason."""

    path: str
    reason: str


class _Budget:
    """The rest of the limits, shared by an archive and those inside it."""

    def __init__(self, limits: UploadLimits) -> None:
        self.left = limits

    def charge(self, archive: zipfile.ZipFile) -> None:
        check_cost(archive, self.left)
        entries = archive.infolist()
        self.left = replace(
            self.left,
            max_entries=self.left.max_entries - len(entries),
            max_unpacked_bytes=self.left.max_unpacked_bytes - sum(e.file_size for e in entries),
        )


def members(name: str, content: bytes, limits: UploadLimits) -> Iterator[Member | RefusedMember]:
    """Yield the files of an archive and of the archives inside it, two deep.

    Paths consist of safe names only. Raises UnreadableDocument if the archive itself is
    damaged or too large.
    """
    yield from _members(name, content, _Budget(limits), depth=1)


def _members(
    path: str, content: bytes, budget: _Budget, *, depth: int
) -> Iterator[Member | RefusedMember]:
    with opened(content) as archive:
        budget.charge(archive)
        entries = [entry for entry in archive.infolist() if _is_wanted(entry)]
        taken: dict[str, str] = {}
        for entry in entries:
            name = unicodedata.normalize("NFC", _name(entry))
            inner = inner_path(path, name)
            if taken.setdefault(inner, name) != name:
                inner = inner_path(path, name, is_taken=True)
            yield from _inner(inner, _content(archive, entry, budget.left), budget, depth)
    if not entries:
        raise UnreadableDocument("The archive contains no files.")


def _inner(
    path: str, content: bytes | UnreadableDocument, budget: _Budget, depth: int
) -> Iterator[Member | RefusedMember]:
    try:
        if isinstance(content, UnreadableDocument):
            raise content
        media_type = validate(path, content, budget.left)
        if media_type is not MediaType.ZIP:
            yield Member(path, media_type, content)
        elif depth < MAX_DEPTH:
            yield from _members(path, content, budget, depth=depth + 1)
        else:
            yield RefusedMember(
                path, f"Archives nested more than {MAX_DEPTH} deep are not unpacked."
            )
    except UnreadableDocument as error:
        yield RefusedMember(path, str(error))


def _content(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: UploadLimits
) -> bytes | UnreadableDocument:
    if entry.file_size > limits.max_bytes:
        megabytes = limits.max_bytes // 2**20
        return UnreadableDocument(f"It is too large; at most {megabytes} MB are allowed.")
    if is_encrypted(entry):
        return UnreadableDocument("It is protected by a password. Unpack it and upload the file.")
    try:
        return archive.read(entry)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        return UnreadableDocument("It is damaged or uses an unknown compression.")
    except (ValueError, zipfile.zlib.error):  # type: ignore[attr-defined]  # no stub
        return UnreadableDocument("It is damaged.")


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    is_system = parts[0] in SYSTEM_FOLDERS or parts[-1].lower() in SYSTEM_NAMES
    return not entry.is_dir() and not is_system and not parts[-1].startswith(("~$", "._"))


def _name(entry: zipfile.ZipInfo) -> str:
    """Return the intended name: many programs write UTF-8 without saying so."""
    if entry.flag_bits & UTF8_FLAG:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.filename


def inner_path(outer: str, inner: str, *, is_taken: bool = False) -> str:
    """Return `archive.zip/folder/file.ext` of safe parts, unique, at most MAX_NAME characters.

    `is_taken` means that another name of the archive has the same safe parts.
    """
    parts = [p for p in inner.replace("\\", "/").split("/") if p.strip(" .")]
    safe = [safe_name(part) for part in parts] or ["document"]
    path = "/".join((outer, *safe))
    if len(path) <= MAX_NAME and not is_taken:
        return path
    digest = hashlib.sha256("/".join((outer, *parts)).encode("utf-8", "replace")).hexdigest()
    tail = safe[-1][-(MAX_NAME // 2) :]
    head = outer[: MAX_NAME - len(tail) - DIGEST - 2].rstrip("/")
    return f"{head}/{digest[:DIGEST]}/{tail}"
