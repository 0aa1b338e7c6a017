"""`erase` by id, file or collection, and what it leaves in the data directory."""

from pathlib import Path

import pytest

from core.domain.identity import SYSTEM
from ingestion.background.ownership import IndexOwnership
from tests.terminal.conftest import LEAVE, LUNCH, Terminal


@pytest.fixture
def handbook(terminal: Terminal) -> Terminal:
    terminal("collections", "add", "Handbook", "--open")
    terminal.file("leave.txt", LEAVE)
    terminal.file("lunch.txt", LUNCH)
    assert terminal("ingest", "files", "--collection", "Handbook").code == 0
    return terminal


def traces(terminal: Terminal, words: str) -> list[str]:
    found = (path for path in (terminal.folder / "data").rglob("*") if path.is_file())
    return [path.name for path in found if words.encode() in path.read_bytes()]


def test_a_file_is_erased_and_the_other_one_stays(handbook: Terminal) -> None:
    ran = handbook("erase", "--file", "leave.txt", "--yes", "--json")

    [receipt] = ran.records
    assert ran.code == 0
    assert (receipt["documents"], receipt["chunks"], receipt["remaining_chunks"]) == (1, 1, 0)
    assert receipt["vector_files_rebuilt"]
    assert traces(handbook, "parental leave") == []
    assert traces(handbook, "canteen")
    assert handbook("verify").code == 0


def test_a_collection_is_erased(handbook: Terminal) -> None:
    ran = handbook("erase", "--collection", "Handbook", "--yes")

    assert "Erased 2 documents with 2 passages" in ran.out
    assert traces(handbook, "canteen") == []


def test_what_was_deleted_is_erased(handbook: Terminal) -> None:
    documents = handbook.services.documents
    documents.delete_many(SYSTEM, [one.id for one in documents.list(SYSTEM)])

    assert handbook("erase", "--deleted", "--yes").code == 0
    assert traces(handbook, "canteen") == []


@pytest.mark.parametrize(
    "arguments", [("--yes",), ("abc", "--deleted", "--yes"), ("--file", "none.txt", "--yes")]
)
def test_it_has_to_be_said_what(handbook: Terminal, arguments: tuple[str, ...]) -> None:
    assert handbook("erase", *arguments).code == 2


def test_nothing_is_erased_without_being_asked_or_beside_the_app(handbook: Terminal) -> None:
    app = IndexOwnership(Path(handbook.folder / "data"))
    assert app.acquire()

    unasked = handbook("erase", "--file", "leave.txt")
    beside = handbook("erase", "--file", "leave.txt", "--yes")

    app.release()
    assert (unasked.code, beside.code) == (2, 1)
    assert "Another process uses this data directory" in beside.err
    assert traces(handbook, "parental leave")
