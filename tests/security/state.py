"""What a call left behind: the rows of the database before and after, and the words it returned."""

import io
import sqlite3
import zipfile
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from types import GeneratorType

from langchain_core.retrievers import BaseRetriever
from pypdf import PdfReader

from tests.security.world import CANARIES

Rows = Mapping[str, frozenset[str]]
"""The rows of each table, as text."""

GROWING = frozenset({"audit_events", "audit_seals"})
"""Tables to which a refused call may add a row, which holds no words."""


class Snapshot:
    """A copy of a SQLite database to compare with, and to go back to."""

    def __init__(self, path: Path) -> None:
        self._live = sqlite3.connect(path)
        self._copy = sqlite3.connect(":memory:")
        self._live.backup(self._copy)
        self._rows = _rows(self._copy)
        self._version = self._current_version()

    def changed_tables(self) -> dict[str, frozenset[str]]:
        """Return what was there before and is not there any more or is new, by table."""
        if self._current_version() == self._version:
            return {}
        now = _rows(self._live)
        lost = {table: rows - now[table] for table, rows in self._rows.items()}
        new = {table: rows - self._rows[table] for table, rows in now.items()}
        return {
            table: lost[table] | (frozenset() if table in GROWING else new[table])
            for table in now
            if lost[table] or (new[table] and table not in GROWING)
        }

    def restore(self) -> None:
        """Put everything back."""
        if self._current_version() != self._version:
            self._copy.backup(self._live)
            self._version = self._current_version()

    def close(self) -> None:
        self._live.close()
        self._copy.close()

    def _current_version(self) -> int:
        version: int = self._live.execute("PRAGMA data_version").fetchone()[0]
        return version


def _rows(connection: sqlite3.Connection) -> dict[str, frozenset[str]]:
    names = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if not name.startswith("sqlite_")
    ]
    return {
        name: frozenset(map(repr, connection.execute(f'SELECT * FROM "{name}"').fetchall()))  # noqa: S608  names of the database itself
        for name in names
    }


def finished(result: object) -> object:
    """Run what a call only promised: generators to their end, and a retriever once."""
    if isinstance(result, GeneratorType | Generator | Iterator):
        return list(result)
    if isinstance(result, BaseRetriever):
        return result.invoke("What is the severance for a team lead?")
    return result


def canaries_in(result: object) -> set[str]:
    """Return the words of the world that a result tells."""
    words = _words(result).lower()
    return {canary for canary in CANARIES if canary in words}


def _words(result: object) -> str:
    if isinstance(result, bytes):
        return _words_of_file(result)
    return repr(result)


def _words_of_file(content: bytes) -> str:
    if content.startswith(b"%PDF"):
        return "".join(
            "".join(p.extract_text().split()) for p in PdfReader(io.BytesIO(content)).pages
        )
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "".join(
                archive.read(name).decode("utf-8", "ignore") for name in archive.namelist()
            )
    return content.decode("utf-8", "ignore")
