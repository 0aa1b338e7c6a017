"""What databases and disks report becomes a sentence; errors of a statement stay what they are."""

import errno
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from core.domain.clock import new_id
from core.errors import (
    ConfigurationError,
    DatabaseBusy,
    DatabaseDamaged,
    DatabaseUnavailable,
    DiskUnavailable,
    NotFound,
)
from core.storage.database import Database
from core.storage.database_errors import database_errors
from core.storage.disk_errors import disk_error, disk_errors
from core.storage.originals import OriginalFiles
from core.storage.tables import GroupRow
from ingestion.background.ownership import IndexOwnership

CANARY = "secret-canary"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EFBIG, "the disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "no write access"),
        (errno.EPERM, "no write access"),
        (errno.ENOENT, "is missing"),
        (errno.ENOTDIR, "a file is in its place"),
        (errno.EIO, "Check the disk"),
        (0, "Check the disk"),
    ],
)
def test_a_refusal_of_the_system_says_what_is_kept_and_what_to_do(code: int, words: str) -> None:
    told = str(disk_error(OSError(code, "as it says", f"/data/{CANARY}"), "The uploaded files"))

    assert told.startswith("The uploaded files cannot be")
    assert words in told
    assert "kept" in told or "Nothing was changed" in told
    assert CANARY not in told
    assert told.endswith(".")


def test_what_is_meant_for_people_passes() -> None:
    with pytest.raises(NotFound), disk_errors("A file"):
        raise NotFound("There is none.")


def fill(database: Database) -> None:
    """More than the pages it has can hold."""
    with database.begin() as session:
        pages = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
        session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        session.add_all(GroupRow(name=new_id() * 2) for _ in range(2_000))


def test_a_full_database_is_told(sqlite_database: Database) -> None:
    with pytest.raises(DatabaseUnavailable, match="disk is full"):
        fill(sqlite_database)


def test_a_locked_database_is_told_as_busy(tmp_path: Path) -> None:
    first, second = (sqlite3.connect(tmp_path / "x.db", timeout=0.01) for _ in range(2))
    first.execute("BEGIN EXCLUSIVE")

    with pytest.raises(DatabaseBusy, match="Nothing was changed"), database_errors():
        second.execute("BEGIN IMMEDIATE")

    first.close()
    second.close()


def test_a_file_that_is_no_database_is_told_as_damaged(tmp_path: Path) -> None:
    (tmp_path / "sandbox.db").write_bytes(b"no database" * 1000)
    database = Database(f"sqlite:///{tmp_path / 'sandbox.db'}")

    with pytest.raises(DatabaseDamaged, match="backup"), database.read() as session:
        session.connection()

    database.close()


def test_a_wrong_statement_stays_an_error_of_its_own(database: Database) -> None:
    with database.begin() as session:
        session.add(GroupRow(name="hr"))

    with pytest.raises(IntegrityError), database.begin() as session:
        session.add(GroupRow(name="hr"))
    with pytest.raises((OperationalError, ProgrammingError)), database.read() as session:
        session.connection().execute(text("SELECT nothing FROM nowhere"))


def write_as_a_standby(database: Database) -> None:
    with database.begin() as session:
        session.connection().execute(text("SET TRANSACTION READ ONLY"))
        session.connection().execute(text("CREATE TABLE x (y int)"))


def lose_the_connection(database: Database, url: str) -> None:
    other = Database(url)
    with database.begin() as session:
        own = session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one()
        with other.begin() as second:
            second.connection().execute(text(f"SELECT pg_terminate_backend({own})"))
        other.close()
        session.connection().execute(text("SELECT 1"))


@pytest.mark.postgres
def test_a_postgres_that_only_reads_or_goes_away_is_told(postgres_url: str) -> None:
    database = Database(postgres_url)

    with pytest.raises(DatabaseUnavailable, match="read-only"):
        write_as_a_standby(database)
    with pytest.raises(DatabaseUnavailable, match="does not answer"):
        lose_the_connection(database, postgres_url)

    database.close()


@pytest.mark.parametrize(
    "url",
    ["nonsense", "mysql://root@localhost/x", "postgres://u@h/x", "postgresql+psycopg://h:port/x"],
)
def test_an_address_of_another_kind_says_how_to_write_it(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"postgresql\+psycopg://user:password@host/name"):
        Database(url)


def test_a_look_at_a_database_that_is_not_there_creates_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a' / 'sandbox.db'}")

    assert not database.is_there
    assert not (tmp_path / "a").exists()


def test_originals_and_the_lock_below_a_file_are_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the place of the folder")

    with pytest.raises(DiskUnavailable, match="The uploaded files"):
        OriginalFiles(tmp_path / "data" / "originals").put(b"content")
    with pytest.raises(DiskUnavailable, match="The lock of the indexes"):
        IndexOwnership(tmp_path / "data").acquire()
