"""Transactions, times, foreign keys and concurrent writers, on both engines."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import col, func, select

from core.domain.clock import new_id, now
from core.storage.database import Database
from core.storage.migrate import current_revision, drift, is_ready
from core.storage.tables import (
    AuditEventRow,
    ChunkRow,
    CollectionRow,
    ConversationRow,
    DocumentRow,
    DocumentVersionRow,
    GroupRow,
    MembershipRow,
    MessageRow,
    PageRow,
    UserRow,
)

THREADS, WRITES = 8, 25
WRITERS = 60


class Interrupted(Exception):
    """Something goes wrong in the middle of a transaction."""


def count(database: Database) -> int:
    with database.read() as session:
        return session.exec(select(func.count(col(AuditEventRow.id)))).one()


def pragma(database: Database, name: str) -> object:
    with database.engine.connect() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


def test_many_writers_of_one_process_queue_instead_of_finding_the_database_locked(
    sqlite_database: Database,
) -> None:
    url = sqlite_database.engine.url.render_as_string(hide_password=False)
    # Shorter than all writers together: what SQLite itself waits does not decide.
    impatient = Database(url, busy_timeout_ms=1)
    together = Barrier(WRITERS)

    def write(_: int) -> None:
        together.wait()
        for _ in range(2):
            with impatient.begin() as session:
                session.add(AuditEventRow(action="test.done"))
                session.flush()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))

    assert count(impatient) == 2 * WRITERS
    impatient.close()


def test_a_transaction_is_kept_when_it_ends_well(database: Database) -> None:
    with database.begin() as session:
        session.add(AuditEventRow(action="test.done"))

    assert count(database) == 1


def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    def interrupted() -> None:
        with database.begin() as session:
            session.add(AuditEventRow(action="test.done"))
            session.flush()
            raise Interrupted

    with pytest.raises(Interrupted):
        interrupted()

    assert count(database) == 0


def test_after_an_error_the_next_transaction_works(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as session:
        session.add(MembershipRow(user_id="nobody", group_id="nothing"))

    with database.begin() as session:
        session.add(AuditEventRow(action="test.done"))
    assert count(database) == 1


def test_values_stay_readable_after_the_transaction(database: Database) -> None:
    with database.begin() as session:
        row = GroupRow(name="hr")
        session.add(row)

    assert (row.name, len(row.id)) == ("hr", 32)


def test_eight_threads_that_write_at_once_lose_nothing(database: Database) -> None:
    start = Barrier(THREADS)

    def write(thread: int) -> None:
        start.wait()
        for number in range(WRITES):
            with database.begin() as session:
                session.add(AuditEventRow(action=f"test.{thread}.{number}"))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(THREADS)))

    with database.read() as session:
        actions = session.exec(select(AuditEventRow.action)).all()
    assert sorted(actions) == sorted(
        f"test.{thread}.{number}" for thread in range(THREADS) for number in range(WRITES)
    )


def test_readers_see_what_was_kept_while_somebody_writes(database: Database) -> None:
    with database.begin() as writer:
        writer.add(AuditEventRow(action="test.done"))
        writer.flush()

        assert count(database) == 0

    assert count(database) == 1


def test_a_counter_read_and_written_in_one_sqlite_transaction_is_exact(
    sqlite_database: Database,
) -> None:
    """A write transaction takes its lock at the start, so that nobody reads a stale value."""
    with sqlite_database.begin() as session:
        session.add(GroupRow(id="counter", name="0"))

    def increase(_: int) -> None:
        with sqlite_database.begin() as session:
            row = session.get_one(GroupRow, "counter")
            row.name = str(int(row.name) + 1)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(increase, range(40)))

    with sqlite_database.read() as session:
        assert session.get_one(GroupRow, "counter").name == "40"


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-11))]
)
def test_a_time_comes_back_as_the_same_moment_in_utc(database: Database, zone: timezone) -> None:
    moment = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=zone)
    with database.begin() as session:
        row = UserRow(email="a@b.c", name="A", role="employee", created_at=moment)
        session.add(row)

    with database.read() as session:
        read = session.exec(select(UserRow.created_at)).one()
        same = session.exec(select(UserRow.id).where(UserRow.created_at == moment)).all()

    assert (read, read.tzinfo) == (moment, UTC)
    assert len(same) == 1


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.datetimes(
        min_value=datetime(1900, 1, 2),
        max_value=datetime(9999, 12, 30),
        timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
    )
)
def test_every_moment_survives_the_database(sqlite_database: Database, moment: datetime) -> None:
    event = AuditEventRow(action="test.done", at=moment)
    with sqlite_database.begin() as session:
        session.add(event)

    with sqlite_database.read() as session:
        assert session.get_one(AuditEventRow, event.id).at == moment


def test_times_are_ordered_as_they_happened_whatever_their_zone(database: Database) -> None:
    early = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=9)))
    late = datetime(2026, 1, 1, 4, tzinfo=UTC)
    with database.begin() as session:
        session.add_all(
            [AuditEventRow(action="late", at=late), AuditEventRow(action="early", at=early)]
        )

    with database.read() as session:
        found = session.exec(select(AuditEventRow.action).order_by(col(AuditEventRow.at))).all()

    assert found == ["early", "late"]


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    naive = now().replace(tzinfo=None)

    with pytest.raises(StatementError, match="naive datetimes"), database.begin() as session:
        session.add(AuditEventRow(action="test.done", at=naive))

    assert count(database) == 0


def test_a_naive_time_is_refused_in_a_query_as_well(database: Database) -> None:
    naive = now().replace(tzinfo=None)

    with pytest.raises(StatementError, match="naive datetimes"), database.read() as session:
        session.exec(select(AuditEventRow).where(AuditEventRow.at > naive)).all()


def test_a_time_that_is_not_known_stays_unknown(database: Database) -> None:
    with database.begin() as session:
        session.add(UserRow(id="u", email="a@b.c", name="A", role="employee"))
        session.flush()
        session.add(ConversationRow(id="c", user_id="u", title="Chat"))

    with database.read() as session:
        assert session.get_one(ConversationRow, "c").deleted_at is None


@pytest.mark.parametrize(
    "row",
    [
        MembershipRow(user_id="nobody", group_id="nothing"),
        ConversationRow(user_id="nobody", title="Chat"),
        DocumentRow(collection_id="nothing", source_key="a", title="A"),
        PageRow(version_id="nothing", number=1, start=0, text=""),
        MessageRow(conversation_id="n", position=0, role="user", text="", status="complete"),
    ],
    ids=lambda row: type(row).__name__,
)
def test_a_row_needs_the_rows_it_points_to(database: Database, row: MembershipRow) -> None:
    with pytest.raises(IntegrityError), database.begin() as session:
        session.add(type(row)(**row.model_dump()))


def test_deleting_a_collection_deletes_everything_in_it(database: Database) -> None:
    with database.begin() as session:
        for row in (
            CollectionRow(
                id="c",
                name="C",
                embedding_model="m",
                embedding_dimension=1,
                splitter_version="1",
            ),
            DocumentRow(id="d", collection_id="c", source_key="a", title="A"),
            DocumentVersionRow(
                id="v",
                document_id="d",
                file_name="a",
                media_type="text/plain",
                sha256="0" * 64,
                size_bytes=1,
                state="ready",
            ),
            PageRow(version_id="v", number=1, start=0, text=""),
            ChunkRow(
                collection_id="c",
                document_id="d",
                version_id="v",
                ordinal=1,
                page_from=1,
                page_to=1,
                start=0,
                end=1,
                text="a",
            ),
        ):
            session.add(row)
            session.flush()

    with database.begin() as session:
        session.delete(session.get_one(CollectionRow, "c"))

    with database.read() as session:
        for table in (DocumentRow, DocumentVersionRow, PageRow, ChunkRow):
            assert session.exec(select(table)).all() == []


def test_unique_names_are_unique(database: Database) -> None:
    with database.begin() as session:
        session.add(GroupRow(name="hr"))

    with pytest.raises(IntegrityError), database.begin() as session:
        session.add(GroupRow(name="hr"))


def test_json_and_letters_of_all_kinds_come_back_unchanged(database: Database) -> None:
    details = {"ä🦔": ["\u2028", None, 1.5, True, {"x": "\\'\""}]}
    with database.begin() as session:
        session.add(AuditEventRow(id=1, action="test.done", object_id="Ü🦔", details=details))

    with database.read() as session:
        row = session.get_one(AuditEventRow, 1)
    assert (row.details, row.object_id) == (details, "Ü🦔")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("journal_mode", "wal"),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("synchronous", 1),
        ("busy_timeout", 30_000),
    ],
)
def test_sqlite_is_set_up_on_every_connection(
    sqlite_database: Database, name: str, value: object
) -> None:
    first = pragma(sqlite_database, name)
    sqlite_database.close()

    assert first == pragma(sqlite_database, name) == value


def test_deleted_text_is_gone_from_the_sqlite_file(
    sqlite_database: Database, tmp_path: Path
) -> None:
    secret = "canary-of-the-harbour"
    with sqlite_database.begin() as session:
        session.add(GroupRow(id="g", name=secret))
    with sqlite_database.begin() as session:
        session.delete(session.get_one(GroupRow, "g"))
    sqlite_database.close()  # the last connection moves the write-ahead log into the file

    [file] = tmp_path.glob("sandbox.db*")
    assert secret.encode() not in file.read_bytes()


def test_the_folder_of_a_sqlite_database_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a' / 'b' / 'sandbox.db'}")

    assert current_revision(database) is None
    assert not is_ready(database)
    assert database.dialect == "sqlite"
    database.close()


def test_a_migrated_database_is_ready(database: Database) -> None:
    assert is_ready(database)
    assert drift(database) == []


def test_a_database_that_does_not_answer_is_not_ready() -> None:
    database = Database("postgresql+psycopg://nobody@127.0.0.1:9/nothing")

    assert not is_ready(database)
    database.close()


def test_identifiers_are_long_and_differ() -> None:
    ids = {new_id() for _ in range(1000)}

    assert len(ids) == 1000
    assert {len(one) for one in ids} == {32}
