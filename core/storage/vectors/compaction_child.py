"""Compacts Chroma's database, in a process of its own.

Chroma brings an SQLite library of its own. Two of them in one process do not see each other's locks
(https://www.sqlite.org/howtocorrupt.html, 2.2.1), so that a search would read half-written pages.
"""

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from core.errors import IndexUnavailable
from core.storage.compaction import compact_file


def main(path: Path) -> None:
    """Write the segments in use to standard output, or null if the database stays busy."""
    try:
        compact_file(path)
    except IndexUnavailable:
        segments = None
    else:
        segments = _segments(path)
    sys.stdout.write(json.dumps(segments))


def _segments(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM segments")]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
