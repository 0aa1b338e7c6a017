"""The migrations and the tables in code say the same, on both engines, and keep what is stored."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    Table,
    select,
    text,
)

from admin.gaps.grouping import GapGrouping
from core.domain.ideas.titles import title_key
from core.storage.database import Database
from core.storage.migrate import MIGRATIONS, current_revision, drift, migrate, newest_revision
from core.storage.tables import (
    CollectionRow,
    ConversationRow,
    DocumentRow,
    DocumentVersionRow,
    PageRow,
    UserRow,
)
from tests.ingestion.fakes import HashingEmbedder

Row = dict[str, Any]  # Any: a row of any table
ADDED_UP = ("usage_days",)
"""Made from other tables at the next reading, and emptied on purpose."""
WHEN = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


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


def test_rows_of_every_table_survive_all_later_migrations(empty: Database) -> None:
    """Starts at the first revision; each one gets a row in every table it adds."""
    stored: dict[str, Row] = {}
    for revision in revisions():
        migrate(empty, revision)
        stored |= add_rows_to_new_tables(empty, known=stored.keys())
    for name in ADDED_UP:
        del stored[name]

    kept = only_rows(empty, stored)

    assert {name: shared(row, kept[name]) for name, row in stored.items()} == {
        name: shared(row, stored[name]) for name, row in kept.items()
    }


def test_every_table_gets_a_row_in_the_test_of_migrations(empty: Database) -> None:
    """Guards the test above: a table that it does not fill would prove nothing."""
    migrate(empty)

    rows = add_rows_to_new_tables(empty, known=())

    assert rows.keys() == tables(empty).keys()


def test_earlier_answers_and_ideas_learn_what_they_were_made_from(empty: Database) -> None:
    """An answer of which nothing is known stays without sources, and is withheld."""
    migrate(empty, "0011")
    before = tables(empty)
    with empty.begin() as session:
        for name, changes in EARLIER_CHAT:
            row = {column.name: value_for(column) for column in before[name].columns}
            session.execute(before[name].insert().values(row | changes))

    migrate(empty)

    found = tables(empty)
    with empty.read() as session:
        sources = found["answer_sources"].c
        rows = session.execute(
            select(sources.message_id, sources.document_id, sources.collection_id)
        ).all()
        origins = dict(session.execute(select(found["ideas"].c.id, found["ideas"].c.origin)).all())
    assert sorted(map(tuple, rows)) == [
        ("cites", "gone", ""),
        ("cites", "leave", "handbook"),
        ("follows", "gone", ""),
        ("follows", "leave", "handbook"),
    ]
    assert origins["of-cites"]["sources"] == [
        {"document_id": "gone", "collection_id": ""},
        {"document_id": "leave", "collection_id": "handbook"},
    ]
    assert "sources" not in origins["of-nothing"]
    assert origins["of-abstained"]["sources"] == []


def test_earlier_ideas_keep_everything_and_get_their_first_step(empty: Database) -> None:
    migrate(empty, "0022")
    before = tables(empty)["ideas"]
    row = {column.name: value_for(column) for column in before.columns}
    title = "Ask  the TRAVEL policy!"
    kept = row | {"title": title, "status": "submitted", "submitter_id": None}
    with empty.begin() as session:
        session.execute(before.insert().values(kept))
    stored = only_rows(empty, ["ideas"])["ideas"]

    migrate(empty)

    found = only_rows(empty, ["ideas", "idea_moves"])
    assert shared(found["ideas"], stored) == stored
    assert found["ideas"]["title_key"] == title_key(title) == "ask travel policy"
    assert found["ideas"]["row_version"] == 1
    assert found["ideas"]["stage_entered_at"] == stored["submitted_at"]
    move = found["idea_moves"]
    assert (move["idea_id"], move["from_status"], move["to_status"]) == (
        stored["id"],
        "draft",
        "submitted",
    )
    assert move["at"] == stored["submitted_at"]


def test_earlier_answers_name_no_generation_and_their_days_still_follow(empty: Database) -> None:
    migrate(empty, "0027")
    stored = add_rows_to_new_tables(empty, known=tables(empty).keys() - {"answer_usage"})

    migrate(empty)

    kept = only_rows(empty, ["answer_usage"])["answer_usage"]
    assert shared(kept, stored["answer_usage"]) == stored["answer_usage"]
    assert kept["index_generations"] == ""
    answers, changes = tables(empty)["answer_usage"], tables(empty)["usage_changes"]
    with empty.begin() as session:
        session.execute(changes.delete())
        session.execute(answers.update().values(index_generations="handbook:2"))
        assert len(session.execute(select(changes)).all()) == 2


def test_earlier_gaps_keep_everything_and_are_grouped_later(empty: Database) -> None:
    migrate(empty, "0003")
    before = tables(empty)
    with empty.begin() as session:
        for name in ("users", "collections", "conversations", "messages", "knowledge_gaps"):
            row = {column.name: value_for(column) for column in before[name].columns}
            row |= {"status": "answered", "owner_id": None, "role": "assistant"}
            session.execute(
                before[name].insert().values({k: v for k, v in row.items() if k in before[name].c})
            )
    stored = only_rows(empty, ["knowledge_gaps"])["knowledge_gaps"]

    migrate(empty)
    GapGrouping(empty, HashingEmbedder()).refresh()

    found = only_rows(empty, ["knowledge_gaps", "gap_topics", "gap_questions", "gap_outcomes"])
    gap, topic = found["knowledge_gaps"], found["gap_topics"]
    assert shared(gap, stored) == stored
    assert (gap["topic_id"], topic["status"]) == (topic["id"], "answered")
    assert found["gap_questions"]["outcome_id"] == found["gap_outcomes"]["id"]
    assert found["gap_outcomes"]["reply"] == stored["reply"]


def test_earlier_answers_were_written_by_what_should_have_written_them(empty: Database) -> None:
    migrate(empty, "0033")
    add_rows_to_new_tables(empty, known=())

    migrate(empty, "0037")

    assert only_rows(empty, ["messages"])["messages"]["fallback"] == ""


def answer(name: str, position: int, engine: str, *, abstained: bool = False) -> tuple[str, Row]:
    return "messages", {
        "id": name,
        "conversation_id": "chat",
        "position": position,
        "role": "assistant",
        "engine": engine,
        "abstained": abstained,
    }


def idea(name: str, number: int) -> tuple[str, Row]:
    origin = {"message_id": name, "citations": []}
    return "ideas", {
        "id": f"of-{name}",
        "number": number,
        "origin": origin,
        "submitter_id": None,
    }


EARLIER_CHAT: list[tuple[str, Row]] = [
    ("users", {"id": "anna"}),
    ("collections", {"id": "handbook", "owner_id": None}),
    ("documents", {"id": "leave", "collection_id": "handbook", "owner_id": None}),
    ("conversations", {"id": "chat", "user_id": "anna"}),
    answer("cites", 1, "passages"),
    answer("nothing", 3, "passages"),
    answer("follows", 5, "fake-1"),
    answer("abstained", 0, "passages", abstained=True),
    ("retrievals", {"message_id": "cites", "rank": 1, "document_id": "leave", "is_read": True}),
    ("retrievals", {"message_id": "cites", "rank": 2, "document_id": "gone", "is_read": True}),
    ("retrievals", {"message_id": "cites", "rank": 3, "document_id": "found", "is_read": False}),
    idea("cites", 1),
    idea("nothing", 2),
    idea("abstained", 3),
]


@pytest.fixture
def empty(database_url: str) -> Iterator[Database]:
    """A database that was never migrated, on each engine."""
    database = Database(database_url)
    yield database
    database.close()


def revisions() -> list[str]:
    """All revisions, the first one first."""
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    return [script.revision for script in scripts][::-1]


def tables(database: Database) -> dict[str, Table]:
    """The tables as the database knows them, parents before children."""
    metadata = MetaData()
    metadata.reflect(database.engine)
    return {t.name: t for t in metadata.sorted_tables if t.name != "alembic_version"}


def add_rows_to_new_tables(database: Database, known: Collection[str]) -> dict[str, Row]:
    """One row in each table that is not known yet, with its values; references hold."""
    new = {name: table for name, table in tables(database).items() if name not in known}
    with database.begin() as session:
        for table in new.values():
            row = {column.name: value_for(column) for column in table.columns}
            session.execute(table.insert().values(row))
    return only_rows(database, new)


def value_for(column: Column[Any]) -> object:  # Any: of any type
    """A value of the column's type; the same for every key, so that references find it."""
    match column.type:
        case Boolean():
            return True
        case Integer():
            return 7
        case Float():
            return 0.5
        case DateTime(timezone=timezone):
            return WHEN if timezone else WHEN.replace(tzinfo=None)
        case Date():
            return WHEN.date()
        case JSON():
            return {"kept": ["ü", 1]}
        case LargeBinary():
            return b"\x00kept"
        case _:
            return "kept"[: getattr(column.type, "length", None)]


def only_rows(database: Database, names: Collection[str]) -> dict[str, Row]:
    """The row of each of these tables; fails if one has none or several."""
    found = tables(database)
    with database.read() as session:
        return {n: dict(session.execute(_mine(found[n])).mappings().one()) for n in names}


def _mine(table: Table) -> Select[Any]:
    """All rows, but not those that triggers write."""
    rows = select(table)
    is_noted = table.name == "usage_changes"
    return rows.where(table.c.id == value_for(table.c.id)) if is_noted else rows


def shared(row: Row, other: Row) -> Row:
    """The columns that both have: a migration may add some, and drop some on purpose."""
    return {name: value for name, value in row.items() if name in other}


def test_a_step_back_before_files_of_chats_makes_no_document_of_the_company_of_them(
    database: Database,
) -> None:
    with database.begin() as session:
        for row in (
            UserRow(id="ole", email="ole@nordhafen.example", name="Ole", role="employee"),
            ConversationRow(id="chat", user_id="ole", title="My contract"),
            _collection("c1", None),
            _collection("c2", "chat"),
            DocumentRow(id="d1", collection_id="c1", source_key="a.txt", title="Handbook"),
            DocumentRow(id="d2", collection_id="c2", source_key="b.txt", title="Contract"),
            _version("v1", "d1"),
            _version("v2", "d2"),
            PageRow(version_id="v1", number=1, start=0, text="Leave."),
            PageRow(version_id="v2", number=1, start=0, text="Secret."),
        ):
            session.add(row)
            session.flush()

    migrate(database, "0042")

    with database.engine.connect() as connection:
        titles = connection.execute(text("SELECT title FROM documents")).scalars().all()
        pages = connection.execute(text("SELECT text FROM pages")).scalars().all()
    assert (titles, pages) == (["Handbook"], ["Leave."])


def _collection(collection_id: str, conversation_id: str | None) -> CollectionRow:
    return CollectionRow(
        id=collection_id,
        name=collection_id,
        embedding_model="hashing",
        embedding_dimension=8,
        splitter_version="test",
        conversation_id=conversation_id,
    )


def _version(version_id: str, document_id: str) -> DocumentVersionRow:
    return DocumentVersionRow(
        id=version_id,
        document_id=document_id,
        file_name="a.txt",
        media_type="text/plain",
        sha256="0" * 64,
        size_bytes=1,
        state="ready",
    )
