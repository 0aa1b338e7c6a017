"""Looks for what a person is called: in every table, and in every file of the data directory."""

import json
import mmap
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    String,
    Table,
    cast,
    func,
    or_,
    select,
    true,
)
from sqlmodel import Session, SQLModel

from core.storage.disk_errors import disk_errors
from core.storage.personal_data import TextRule, rules

ERASED_NAME = "a former employee"
ESCAPE = "\\"
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a person is found: the id, the address, and the name where it is telling enough.

    A single word such as “Max” stands for too many people and things to be looked for.
    `has_own_name` is False where somebody else is called the same, or where it is the name of a
    task. `shares_letters` is True where the name or the address of somebody else holds theirs, as
    “hanna@” holds “anna@”: bytes of files cannot tell them apart.
    """

    id: str
    email: str
    name: str
    has_own_name: bool = True
    shares_letters: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The address and the name, as people write them."""
        is_telling = self.has_own_name and len(self.name.split()) > 1
        return (self.email, self.name) if is_telling else (self.email,)

    @property
    def pattern(self) -> re.Pattern[str]:
        """What finds these words where they are not part of longer ones."""
        email, *names = map(re.escape, self.words)
        parts = [rf"(?<![\w.+-]){email}(?![\w-]|\.\w)"]
        parts += [rf"(?<!\w){name}(?!\w)" for name in names]
        return re.compile("|".join(parts), re.IGNORECASE)


def mentions(session: Session, person: Identity) -> Counter[str]:
    """Return how many rows of each table name the person, those of documents as `documents`."""
    found: Counter[str] = Counter()
    for table in SQLModel.metadata.sorted_tables:
        texts = rules()[table.name].texts
        for columns, name in (
            ([c for c in _words(table) if texts.get(c.name) is not TextRule.DOCUMENT], table.name),
            ([table.c[n] for n, rule in texts.items() if rule is TextRule.DOCUMENT], "documents"),
        ):
            number = _naming(session, columns, person)
            if number:
                found[name] += number
    return found


def references(session: Session, person_id: str) -> Counter[str]:
    """Return how many rows of each table hold the id of the person."""
    found: Counter[str] = Counter()
    for table in SQLModel.metadata.sorted_tables:
        number = _count(session, table, list(_words(table)), (person_id,))
        if number:
            found[table.name] += number
    return found


def replace_mentions(session: Session, person: Identity) -> int:
    """Write “a former employee” for the name and the address in what others typed; count the rows.

    Words of documents, and of answers made from them, stay as they are.
    """
    return sum(_replace_in(session, table, person) for table in SQLModel.metadata.sorted_tables)


def _replace_in(session: Session, table: Table, person: Identity) -> int:
    texts = rules()[table.name].texts
    typed = [table.c[n] for n, rule in texts.items() if rule.is_typed and _is_text(table.c[n])]
    if not typed or table.name == "users":
        return 0
    condition, pattern = _mentions(typed, person.words), person.pattern
    if table.name == "messages":  # what an answer says are words of documents
        condition &= table.c.role == "user"
    keys = list(table.primary_key.columns)
    found = session.execute(select(*keys, *typed).where(condition)).all()
    rows = [row for row in found if _names(row[len(keys) :], pattern)]
    for row in rows:
        key, values = row[: len(keys)], row[len(keys) :]
        changed = {c: _cleaned(v, pattern) for c, v in zip(typed, values, strict=True)}
        where = [column == value for column, value in zip(keys, key, strict=True)]
        session.execute(table.update().where(*where).values(changed))
    return len(rows)


def _naming(session: Session, columns: Sequence[Column[object]], person: Identity) -> int:
    """Return how many rows name the person; what only holds the same letters does not count."""
    if not columns:
        return 0
    found = session.execute(select(*columns).where(_mentions(columns, person.words)))
    return sum(_names(row, person.pattern) for row in found)


def _names(values: Iterable[object], pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(_text(value)) for value in values)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cleaned(value: object, pattern: re.Pattern[str]) -> object:
    match value:
        case str():
            return pattern.sub(ERASED_NAME, value)
        case list():
            return [_cleaned(one, pattern) for one in value]
        case dict():
            return {name: _cleaned(one, pattern) for name, one in value.items()}
        case _:
            return value


def _words(table: Table) -> Iterator[Column[object]]:
    return (column for column in table.columns if _is_text(column))


def _is_text(column: Column[object]) -> bool:
    return not isinstance(column.type, LargeBinary) and column.type.python_type in (str, dict, list)


def _count(
    session: Session, table: Table, columns: Sequence[Column[object]], words: Sequence[str]
) -> int:
    if not columns:
        return 0
    query = select(func.count()).select_from(table).where(_mentions(columns, words))
    return session.scalar(query) or 0


def _mentions(columns: Iterable[Column[object]], words: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that one of the words stands in a column, as text or inside of JSON."""
    patterns = {f"%{_escaped(form)}%" for word in words for form in _forms(word)}
    tests = [
        cast(column, String).ilike(pattern, escape=ESCAPE)
        for column in columns
        for pattern in patterns
    ]
    return or_(*tests) if tests else ~true()


def _forms(word: str) -> set[str]:
    """Return a word as it is written, and as it is stored in JSON; ASCII letters in any case."""
    cases = {word, word.lower(), word.upper()}
    return cases | {json.dumps(one)[1:-1] for one in cases}


def _escaped(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)


def files_with(
    folder: Path, words: Sequence[str], *, without: Sequence[Path]
) -> tuple[int, list[str]]:
    """Return how many files were read, and which of them hold one of the words, in any encoding.

    Folders of `without` are left out. Names are relative to `folder`.
    """
    pattern = re.compile(
        b"|".join(
            re.escape(form.encode(encoding))
            for word in words
            for form in sorted(_forms(word))
            for encoding in ENCODINGS
        )
    )
    read, found = 0, []
    with disk_errors("The data directory"):
        for path in sorted(folder.rglob("*")):
            if (
                path.is_symlink()
                or not path.is_file()
                or any(path.is_relative_to(one) for one in without)
            ):
                continue
            read += 1
            if _holds(path, pattern):
                found.append(path.relative_to(folder).as_posix())
    return read, found


def _holds(path: Path, pattern: re.Pattern[bytes]) -> bool:
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                return False
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return pattern.search(content) is not None
    except (FileNotFoundError, ValueError):  # gone, or emptied, meanwhile
        return False
