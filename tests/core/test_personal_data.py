"""Every table says what it holds of people, and what becomes of it when a person is erased."""

import re

from sqlalchemy import JSON, Column, LargeBinary, Text
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

from core.storage.personal_data import PersonRule, TextRule, rules

LONG = 64
"""Longer texts than ids, codes and hashes could be somebody's words."""
PERSON = re.compile(
    r"(^|_)(user|person|actor|asker|author|reporter|reviewer|submitter|sponsor|editor|assignee|"
    r"subject|judge|by)_id$|_by$"
)
NO_PEOPLE = {"messages.replaced_by", "documents.review_by"}
"""Named like people: the answer that is shown instead, and a day."""
HASHES = ("sha256", "_hash", "key")


def refers_to_people(column: Column[object]) -> bool:
    named = f"{column.table.name}.{column.name}"
    of_accounts = any(key.column.table.name == "users" for key in column.foreign_keys)
    return of_accounts or (bool(PERSON.search(column.name)) and named not in NO_PEOPLE)


def could_hold_words(column: Column[object]) -> bool:
    if column.foreign_keys or column.name.endswith(HASHES):
        return False
    if isinstance(column.type, AutoString):
        return (column.type.length or LONG + 1) > LONG
    return isinstance(column.type, Text | JSON | LargeBinary)


def test_every_table_has_its_place_in_the_list() -> None:
    assert sorted(rules()) == sorted(SQLModel.metadata.tables)


def test_every_column_that_refers_to_a_person_has_a_rule() -> None:
    wanted = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if refers_to_people(column)
    }
    given = {f"{name}.{column}" for name, table in rules().items() for column in table.people}

    assert wanted - given == set(), "Say in core/storage/personal_data.toml what becomes of these."
    assert given - wanted == set(), "These refer to nobody."


def test_every_column_that_could_hold_words_has_a_rule() -> None:
    wanted = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.tables.values()
        for column in table.columns
        if could_hold_words(column)
    }
    given = {f"{name}.{column}" for name, table in rules().items() for column in table.texts}

    assert wanted - given == set(), "Say in core/storage/personal_data.toml whose words these are."
    assert given - wanted == set(), "These are too short to hold words, or there is no such column."


def test_a_new_table_with_people_or_words_would_be_noticed() -> None:
    from sqlalchemy import ForeignKey, MetaData, Table

    metadata = MetaData()
    Table("users", metadata, Column("id", AutoString(32), primary_key=True))
    table = Table(
        "letters",
        metadata,
        Column("id", AutoString(32), primary_key=True),
        Column("to", AutoString(32), ForeignKey("users.id")),
        Column("author_id", AutoString(32)),
        Column("text", Text()),
        Column("subject", AutoString(120)),
        Column("sha256", AutoString(64)),
    )

    assert [c.name for c in table.columns if refers_to_people(c)] == ["to", "author_id"]
    assert [c.name for c in table.columns if could_hold_words(c)] == ["text", "subject"]


def test_rules_and_foreign_keys_agree() -> None:
    """A column that must name somebody cannot be emptied, so its row has to go."""
    for name, table in rules().items():
        for column, rule in table.people.items():
            keys = SQLModel.metadata.tables[name].c[column].foreign_keys
            at_deletion = next(iter(keys)).ondelete if keys else None
            if rule is PersonRule.CLEAR and keys:
                assert at_deletion == "SET NULL", f"{name}.{column}"
            if at_deletion == "CASCADE":
                assert rule is PersonRule.ROW, f"{name}.{column}"


def test_only_rows_of_a_person_or_of_their_chats_take_words_along() -> None:
    of_chats = {"messages", "evaluation_cases", "gap_topics"}
    of_sessions = {"external_sessions"}
    for name, table in rules().items():
        if TextRule.ROW in table.texts.values():
            has_people = PersonRule.ROW in table.people.values()
            assert has_people or name in of_chats | of_sessions | {"users", "person_erasures"}, name
