"""Ways in which files break."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

Damage = Callable[[Path], object]


def garbage(path: Path) -> None:
    path.write_bytes(os.urandom(max(path.stat().st_size, 4096)))


def half(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def cut_to_nothing(path: Path) -> None:
    path.write_bytes(b"")


def middle(path: Path) -> None:
    """Keep the first page of a database and turn the rest into noise."""
    content = path.read_bytes()
    path.write_bytes(content[:4096] + os.urandom(len(content) - 4096))


def some_bits(path: Path) -> None:
    """Flip some bits, as a failing disk does."""
    content = bytearray(path.read_bytes())
    for position in range(len(content) // 3, min(len(content) // 3 + 4, len(content))):
        content[position] ^= 0xFF
    path.write_bytes(bytes(content))


def text(path: Path) -> None:
    path.write_text("this is no database\n" * 300)


def folder_in_its_place(path: Path) -> None:
    path.unlink()
    path.mkdir()


def without_log(damage: Damage) -> Damage:
    """Damage an SQLite database and remove its log, which would bring pages back."""

    def damaged(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        damage(path)

    return damaged
