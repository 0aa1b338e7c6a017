"""Finds the files that `ingest` was given, and names each of them."""

import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.domain.knowledge import Upload
from core.errors import InvalidInput
from ingestion.sync.folder_scan import cannot_be_opened, scan


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file on this machine; `name` is its path from what was given, unique among all of them."""

    path: Path
    name: str

    def upload(self) -> Upload:
        """Read the file; raise InvalidInput if it cannot be read."""
        if not self.path.is_file():
            raise InvalidInput("This is not a regular file.")
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise InvalidInput(cannot_be_opened(error)) from error
        return Upload(self.path.name, content, source_key=self.name)


def given_files(paths: Sequence[Path]) -> list[GivenFile]:
    """List files, and those in folders except hidden and temporary ones (see `folder_scan`).

    Raises InvalidInput for a folder that cannot be read, or if there is no file at all.
    """
    found = [one for path in paths for one in _found(path)]
    if not found:
        raise InvalidInput("The given folders contain no files.")
    unique = {file.path: file for file in _distinguished(found)}
    return list(unique.values())


def _found(path: Path) -> Iterator[GivenFile]:
    absolute = Path(os.path.abspath(path))  # noqa: PTH100  a link keeps its own name
    if not path.is_dir():
        yield GivenFile(absolute, absolute.name)
        return
    for relative in sorted(scan(path), key=lambda name: Path(name).parts):
        yield GivenFile(absolute / relative, relative)


def _distinguished(files: Sequence[GivenFile]) -> Iterable[GivenFile]:
    """Add folders to names that several files share until they differ."""
    named = list(dict.fromkeys(files))
    while doubles := _doubles(named):
        named = [_longer(file) if _key(file) in doubles else file for file in named]
    return named


def _doubles(files: Sequence[GivenFile]) -> set[str]:
    """Return the shared names that can still grow by a folder."""
    paths = dict.fromkeys((file.path, _key(file)) for file in files)
    counts = Counter(key for _, key in paths)
    can_grow = {_key(file) for file in files if _longer(file) != file}
    return {key for key, count in counts.items() if count > 1} & can_grow


def _longer(file: GivenFile) -> GivenFile:
    kept = len(Path(file.name).parts)
    parts = file.path.parts[1:]
    return GivenFile(file.path, "/".join(parts[-kept - 1 :]))


def _key(file: GivenFile) -> str:
    return unicodedata.normalize("NFC", file.name)
