"""Writes the next migration: what the tables in code have and the migrated database lacks.

`make migration NAME="a column for …"`; the file is then read, completed and tested by a person.
"""

import sys
import tempfile
from pathlib import Path

from core.storage.database import Database
from core.storage.migrate import migrate, new_revision


def main() -> None:
    """Compare an empty SQLite database at the newest revision with the tables in code."""
    name = " ".join(sys.argv[1:]).strip()
    if not name:
        sys.exit('Say what changes: make migration NAME="a column for the colour of a collection"')
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.db'}")
        migrate(database)
        new_revision(database, name)  # prints the path of the new file
        database.close()


if __name__ == "__main__":
    main()
