"""The migrations and the tables in code say the same, on both engines."""

from core.storage.database import Database
from core.storage.migrate import current_revision, drift, migrate, newest_revision


def test_migrated_database_matches_the_tables_in_code(database: Database) -> None:
    assert current_revision(database) == newest_revision()
    assert drift(database) == []


def test_migrating_down_to_nothing_and_up_again_works(database: Database) -> None:
    migrate(database, "base")

    migrate(database)

    assert drift(database) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    migrate(database)

    assert current_revision(database) == newest_revision()
