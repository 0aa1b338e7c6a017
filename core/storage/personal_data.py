"""What each table holds of people, and what becomes of it when a person is erased."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from sqlalchemy import Column, Table
from sqlmodel import SQLModel

import core.storage.tables  # noqa: F401  registers every table


class PersonRule(StrEnum):
    """What becomes of a column that refers to the person."""

    ROW = "row"
    CLEAR = "clear"
    PSEUDONYM = "pseudonym"
    ID = "id"


class TextRule(StrEnum):
    """Whose words a column holds, and what becomes of them."""

    ROW = "row"
    BLANK = "blank"
    RECORD = "record"
    DOCUMENT = "document"
    FACT = "fact"

    @property
    def is_typed(self) -> bool:
        """Whether people type it, so that it may name somebody."""
        return self not in (TextRule.DOCUMENT, TextRule.FACT)


@dataclass(frozen=True, slots=True)
class TableRules:
    """The rules of one table, by the names of its columns."""

    people: Mapping[str, PersonRule]
    texts: Mapping[str, TextRule]


@cache
def rules() -> Mapping[str, TableRules]:
    """Return the rules of every table by its name."""
    content = tomllib.loads(
        files("core.storage").joinpath("personal_data.toml").read_text(encoding="utf-8")
    )
    return {
        name: TableRules(
            {column: PersonRule(rule) for column, rule in table.get("people", {}).items()},
            {column: TextRule(rule) for column, rule in table.get("texts", {}).items()},
        )
        for name, table in content.items()
    }


def person_columns(*wanted: PersonRule) -> Iterator[tuple[Table, Column[object], PersonRule]]:
    """Yield each column that refers to people with its rule, children before their parents."""
    for table in reversed(SQLModel.metadata.sorted_tables):
        for name, rule in rules()[table.name].people.items():
            if rule in wanted:
                yield table, table.c[name], rule


def text_columns(table: Table, *, typed_only: bool = False) -> list[Column[object]]:
    """Return the columns of a table that hold words, or those that people type."""
    texts = rules()[table.name].texts
    return [table.c[name] for name, rule in texts.items() if rule.is_typed or not typed_only]
