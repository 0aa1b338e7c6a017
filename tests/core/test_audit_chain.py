"""The chain of seals over the audit log: what was done to it beside the program is named."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from core.domain.identity import SYSTEM, Role, User
from core.errors import ConfigurationError
from core.storage.audit.anchor import Anchor, Head, head_of
from core.storage.audit.chain import AuditChain
from core.storage.audit.checking import ChainReport, Damage, Finding, check_chain
from core.storage.audit.key import SecretKey
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import AuditEventRow, AuditSealRow

ANNA = User("anna", "anna@nordhafen.example", "Anna", Role.ADMIN, origin="net:0123456789abcdef")
SETTING = "a key by chance, of more than 32 characters"
ENTRIES = 1_000
WRITERS, EACH = 16, 100
TABLES = ("audit_events", "audit_seals", "audit_subjects")


@pytest.fixture
def chain(tmp_path: Path) -> AuditChain:
    return AuditChain(SecretKey(tmp_path / "audit.key"), Anchor(tmp_path / "audit.head"))


@pytest.fixture
def sealed(database: Database, chain: AuditChain) -> Iterator[Database]:
    """The database as the program opens it."""
    url = database.engine.url.render_as_string(hide_password=False)
    opened = Database(url, audit=chain)
    yield opened
    opened.close()


def record(database: Database, count: int, *, subjects: tuple[str, ...] = ()) -> None:
    with database.begin() as session:
        for number in range(count):
            record_event(
                session, ANNA, "document.delete", f"d{number}", subjects=subjects, chunks=number
            )


def check(database: Database, chain: AuditChain, *noted: Head) -> ChainReport:
    with database.read() as session:
        return check_chain(session, chain.key, chain.anchor, noted=noted)


def tamper(database: Database, *statements: str) -> None:
    """Does what somebody can do who owns the database: removes the triggers, then writes."""
    with database.engine.begin() as connection:
        for table in TABLES:
            if database.dialect == "postgresql":
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            else:
                for name in ("updated", "deleted", "replaced"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_{name}"))
        for statement in statements:
            connection.execute(text(statement))


def test_what_the_program_writes_is_whole(sealed: Database, chain: AuditChain) -> None:
    record(sealed, 3, subjects=("ben", "cleo"))
    record(sealed, 2)

    report = check(sealed, chain)

    assert (report.is_whole, report.entries, report.findings) == (True, 5, ())
    assert report.kept == report.head == chain.anchor.read()


def test_a_log_without_entries_is_whole(sealed: Database, chain: AuditChain) -> None:
    assert check(sealed, chain).is_whole


@pytest.mark.parametrize(
    ("table", "column"),
    [("audit_events", "actor_id"), ("audit_seals", "previous"), ("audit_subjects", "user_id")],
)
def test_the_database_refuses_to_change_or_remove_an_entry(
    sealed: Database, chain: AuditChain, table: str, column: str
) -> None:
    record(sealed, 2, subjects=("ben",))
    replaced = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    other = replaced if sealed.dialect == "sqlite" else f"TRUNCATE {table}"

    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", other):
        with pytest.raises(DBAPIError, match="can only grow"), sealed.begin() as session:
            session.connection().execute(text(statement))

    assert check(sealed, chain).is_whole


CHANGES = {
    "who": "UPDATE audit_events SET actor_id = 'ben' WHERE id = {}",
    "what": "UPDATE audit_events SET action = 'document.upload' WHERE id = {}",
    "which": "UPDATE audit_events SET object_id = '' WHERE id = {}",
    "result": "UPDATE audit_events SET outcome = 'refused' WHERE id = {}",
    "from where": "UPDATE audit_events SET origin = '' WHERE id = {}",
    "details": "UPDATE audit_events SET details = '{{\"chunks\": 4711}}' WHERE id = {}",
    "back-dated": "UPDATE audit_events SET at = '2020-01-01 00:00:00.000000' WHERE id = {}",
    "whose text": "INSERT INTO audit_subjects (event_id, user_id) VALUES ({}, 'dora')",
    "nobody's text": "DELETE FROM audit_subjects WHERE event_id = {}",
    "digest": "UPDATE audit_seals SET digest = previous WHERE event_id = {}",
    "link": "UPDATE audit_seals SET previous = digest WHERE event_id = {}",
}


def damage_by(database: Database, chain: AuditChain, *statements: str) -> ChainReport:
    """What a check finds after these statements, which are undone."""
    with database.begin() as session:
        for statement in statements:
            session.connection().execute(text(statement))
        report = check_chain(session, chain.key, chain.anchor)
        session.rollback()
    return report


def test_any_of_a_thousand_entries_is_named_if_it_is_changed_or_removed(
    sealed: Database, chain: AuditChain
) -> None:
    record(sealed, ENTRIES - 3)
    record(sealed, 3, subjects=("ben",))
    tamper(sealed)

    for number in (1, 2, 500, ENTRIES - 1):
        for change in CHANGES.values():
            if "audit_subjects" not in change or number > ENTRIES - 3:
                report = damage_by(sealed, chain, change.format(number))
                assert report.findings == (Finding(Damage.CHANGED, number, number),), change
        event = f"DELETE FROM audit_events WHERE id = {number}"
        seal = f"DELETE FROM audit_seals WHERE event_id = {number}"
        only_event, both = damage_by(sealed, chain, event), damage_by(sealed, chain, event, seal)
        only_seal = damage_by(sealed, chain, seal)
        assert only_event.findings == (Finding(Damage.REMOVED, number, number),)
        assert both.findings == (Finding(Damage.REMOVED, number),)
        assert only_seal.findings == (
            Finding(Damage.REMOVED, number),
            Finding(Damage.UNSEALED, event_id=number),
        )
    assert check(sealed, chain).is_whole


def test_the_newest_entry_is_named_too(sealed: Database, chain: AuditChain) -> None:
    record(sealed, 9)
    record(sealed, 1, subjects=("ben",))
    tamper(sealed)

    for name, change in CHANGES.items():
        found = damage_by(sealed, chain, change.format(10)).findings
        heads = (Finding(Damage.OTHER_HEAD, 10, 10),) if name == "digest" else ()
        assert found == (Finding(Damage.CHANGED, 10, 10), *heads)


def test_entries_that_changed_places_are_named(sealed: Database, chain: AuditChain) -> None:
    record(sealed, ENTRIES)

    tamper(
        sealed,
        "UPDATE audit_events SET id = -1 WHERE id = 10",
        "UPDATE audit_events SET id = 10 WHERE id = 20",
        "UPDATE audit_events SET id = 20 WHERE id = -1",
    )

    assert {one.event_id for one in check(sealed, chain).findings} == {10, 20}


def test_closing_the_gap_of_a_removed_entry_is_noticed(sealed: Database, chain: AuditChain) -> None:
    record(sealed, 10)

    tamper(
        sealed,
        "DELETE FROM audit_events WHERE id = 4",
        "DELETE FROM audit_seals WHERE number = 4",
        *(f"UPDATE audit_seals SET number = {n - 1} WHERE number = {n}" for n in range(5, 11)),
    )

    assert {one.event_id for one in check(sealed, chain).findings} >= {5, 6, 7, 8, 9, 10}


def test_a_tail_that_was_cut_off_is_named(sealed: Database, chain: AuditChain) -> None:
    record(sealed, ENTRIES)
    tamper(sealed)

    for left in (0, 1, 500, ENTRIES - 1):
        report = damage_by(
            sealed,
            chain,
            f"DELETE FROM audit_events WHERE id > {left}",
            f"DELETE FROM audit_seals WHERE number > {left}",
        )
        assert report.findings == (Finding(Damage.CUT, left + 1),)


@pytest.mark.parametrize("left", [0, 3])
def test_a_cut_stays_named_when_the_program_goes_on(
    sealed: Database, chain: AuditChain, left: int
) -> None:
    record(sealed, 5)
    tamper(
        sealed,
        f"DELETE FROM audit_events WHERE id > {left}",
        f"DELETE FROM audit_seals WHERE number > {left}",
    )

    record(sealed, 20)

    assert [one.damage for one in check(sealed, chain).findings] == [Damage.OTHER_HEAD]


def test_seals_that_were_wiped_are_not_made_anew_in_silence(
    sealed: Database, chain: AuditChain
) -> None:
    record(sealed, 5)
    tamper(sealed, "DELETE FROM audit_seals", "UPDATE audit_events SET actor_id = 'ben'")

    record(sealed, 5)

    assert [one.damage for one in check(sealed, chain).findings] == [Damage.OTHER_HEAD]


def test_a_head_that_was_noted_finds_a_cut_although_the_file_was_put_back(
    sealed: Database, chain: AuditChain, tmp_path: Path
) -> None:
    record(sealed, 3)
    earlier = (tmp_path / "audit.head").read_text()
    record(sealed, 2)
    noted = chain.anchor.read()
    assert noted is not None
    tamper(
        sealed, "DELETE FROM audit_events WHERE id > 3", "DELETE FROM audit_seals WHERE number > 3"
    )
    (tmp_path / "audit.head").write_text(earlier)

    assert check(sealed, chain).is_whole
    assert check(sealed, chain, noted).findings == (Finding(Damage.CUT, 4),)


@pytest.mark.parametrize("content", [None, "", "12:abc", "\xff\x00" * 40, "1" * 500])
def test_a_lost_head_is_named_and_never_written_anew_in_silence(
    sealed: Database, chain: AuditChain, tmp_path: Path, content: str | None
) -> None:
    record(sealed, 3)
    (tmp_path / "audit.head").unlink()
    if content is not None:
        (tmp_path / "audit.head").write_text(content, encoding="latin-1")

    record(sealed, 3)

    assert check(sealed, chain).findings == (Finding(Damage.NO_HEAD),)


@pytest.mark.parametrize("number", [-7, 0, 6, 2_000_000_000])
def test_an_entry_that_was_added_with_a_forged_seal_is_named(
    sealed: Database, chain: AuditChain, number: int
) -> None:
    record(sealed, 5)

    tamper(
        sealed,
        "INSERT INTO audit_events (id, at, actor_id, action, object_id, outcome, details) VALUES "
        "(99, '2026-01-01 00:00:00', 'ben', 'person.added', '', 'ok', '{}')",
        "INSERT INTO audit_seals (number, event_id, previous, digest, key_id) SELECT "
        f"{number}, 99, digest, digest, key_id FROM audit_seals WHERE number = 5",
    )

    # A huge number looks like a thousand missing entries, which are named first.
    report = check(sealed, chain)
    named = Finding(Damage.CHANGED, number, 99)
    assert named in report.findings or report.damaged == 1_001


def test_an_entry_that_was_added_without_a_seal_is_named(
    sealed: Database, database: Database, chain: AuditChain
) -> None:
    record(sealed, 2)

    record(database, 1)  # a database without a chain, as a foreign program has it
    record(sealed, 1)

    assert check(sealed, chain).findings == (Finding(Damage.UNSEALED, event_id=3),)


def test_the_first_seal_takes_in_what_was_recorded_before(
    sealed: Database, database: Database, chain: AuditChain
) -> None:
    record(database, 1_499)
    record(database, 1, subjects=("ben",))

    record(sealed, 1)

    report = check(sealed, chain)
    assert (report.is_whole, report.entries) == (True, 1_501)


def test_sixteen_writers_do_not_fork_the_chain(sealed: Database, chain: AuditChain) -> None:
    start = Barrier(WRITERS)

    def write(_: int) -> None:
        start.wait()
        for _ in range(EACH):
            record(sealed, 1, subjects=("ben",))

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))

    report = check(sealed, chain)
    assert (report.findings, report.entries) == ((), WRITERS * EACH)


def test_an_event_of_a_transaction_that_fails_leaves_no_gap(
    sealed: Database, chain: AuditChain
) -> None:
    def fail(database: Database) -> None:
        with database.begin() as session:
            record_event(session, ANNA, "document.delete")
            raise RuntimeError

    record(sealed, 1)
    with pytest.raises(RuntimeError):
        fail(sealed)
    with sealed.begin() as session:
        inner = session.begin_nested()
        record_event(session, ANNA, "document.delete")
        session.flush()
        inner.rollback()
        record_event(session, ANNA, "document.upload")

    report = check(sealed, chain)
    assert (report.is_whole, report.entries) == (True, 2)


def test_seals_of_another_key_are_told_from_changed_entries(
    sealed: Database, chain: AuditChain, tmp_path: Path
) -> None:
    record(sealed, 2)
    other = AuditChain(SecretKey(tmp_path / "other.key"), chain.anchor)

    found = check(sealed, other).findings

    assert [one.damage for one in found] == [Damage.OTHER_KEY, Damage.OTHER_KEY]


def test_the_key_is_made_once_for_this_account_alone_or_comes_from_a_setting(
    tmp_path: Path,
) -> None:
    path = tmp_path / "data" / "audit.key"
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(lambda _: SecretKey(path).name, range(32)))

    assert len(names) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["audit.key"]
    assert SecretKey(path, SETTING).name not in names
    with pytest.raises(ConfigurationError, match="SANDBOX_AUDIT__KEY"):
        SecretKey(path, "short")


def test_a_damaged_key_is_told_and_not_replaced(sealed: Database, tmp_path: Path) -> None:
    (tmp_path / "audit.key").write_text("gone")

    with pytest.raises(ConfigurationError, match=re.escape("audit.key")):
        record(sealed, 1)

    assert (tmp_path / "audit.key").read_text() == "gone"


def test_the_account_of_the_terminal_is_that_of_the_system_and_an_address_is_a_keyed_hash(
    sealed: Database, chain: AuditChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "somebody-else")
    with sealed.begin() as session:
        record_event(session, SYSTEM, "group.added")

    with sealed.read() as session:
        [event] = session.exec(select(AuditEventRow)).all()
    assert event.origin.startswith("os:")
    assert "somebody-else" not in event.origin
    assert chain.key.origin("192.0.2.7") == chain.key.origin("192.0.2.7")
    assert chain.key.origin("192.0.2.7") != chain.key.origin("192.0.2.8")
    assert "192.0.2.7" not in chain.key.origin("192.0.2.7")
    assert chain.key.origin("") == ""


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@given(
    st.lists(
        st.tuples(
            TEXTS,
            st.dictionaries(
                TEXTS,
                st.one_of(
                    TEXTS,
                    st.integers(-(2**63), 2**63),
                    st.booleans(),
                    st.none(),
                    st.floats(allow_nan=False, allow_infinity=False),
                ),
            ),
            st.sets(st.sampled_from(["ben", "cleo", "dora"])),
        ),
        min_size=1,
        max_size=6,
    ),
    st.data(),
)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_recorded_is_whole_until_one_field_of_one_entry_changes(
    sealed: Database,
    chain: AuditChain,
    events: list[tuple[str, dict[str, str | int | float | bool | None], set[str]]],
    data: st.DataObject,
) -> None:
    with sealed.begin() as session:
        for object_id, details, people in events:
            named = {f"_{name}": value for name, value in details.items()}
            record_event(session, ANNA, "test.done", object_id, subjects=people, **named)  # type: ignore[arg-type]  # names begin with _
    assert check(sealed, chain).is_whole

    with sealed.read() as session:
        ids = session.exec(select(AuditSealRow.event_id)).all()
    wanted = data.draw(st.sampled_from(ids))
    column = data.draw(st.sampled_from(["actor_id", "action", "object_id", "outcome", "origin"]))
    tamper(sealed, f"UPDATE audit_events SET {column} = {column} || 'x' WHERE id = {wanted}")
    found = {one.event_id for one in check(sealed, chain).findings}
    tamper(
        sealed,
        f"UPDATE audit_events SET {column} = substr({column}, 1, length({column}) - 1) "
        f"WHERE id = {wanted}",
    )

    assert found == {wanted}
    assert check(sealed, chain).is_whole


def test_a_head_is_written_as_it_is_read() -> None:
    head = Head(12, "ab" * 32)

    assert head_of(f" {head}\n") == head
    assert [head_of(other) for other in ("", "12", "x:y", f"{head}0", f"-{head}")] == [None] * 5
