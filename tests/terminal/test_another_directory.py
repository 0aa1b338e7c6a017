"""Indexes that lack what the database has are told, and nobody hears that nothing is found."""

from pathlib import Path

import pytest

from core.errors import IndexIncomplete
from tests.terminal.conftest import LEAVE, LUNCH, QUESTION, Terminal, opened_terminal

MONA = "mona@nordhafen.example"


@pytest.fixture
def first(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an app that read a document; the database lies elsewhere."""
    monkeypatch.setenv("SANDBOX_DATABASE__URL", database_url)
    folder = new_folder(tmp_path, "first")
    with opened_terminal(folder) as terminal:
        terminal("migrate")
        terminal("collections", "add", "Handbook", "--open")
        terminal("collections", "add", "Empty", "--open")
        terminal.add_person(MONA)
        add(terminal, "leave.txt", LEAVE)
    return folder


def new_folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


def add(terminal: Terminal, name: str, text: str) -> None:
    ran = terminal("ingest", str(terminal.file(name, text)), "--collection", "Handbook")
    assert ran.code == 0, ran.err


def start(terminal: Terminal) -> None:
    terminal.services.worker.start()
    terminal.services.worker.stop()


def test_another_data_directory_says_that_its_indexes_lack_the_passages(
    first: Path, tmp_path: Path
) -> None:
    with opened_terminal(new_folder(tmp_path, "second")) as second:
        with pytest.raises(IndexIncomplete, match=r"sandbox_cli.py reindex$"):
            start(second)
        ran = [second("search", QUESTION), second("ask", QUESTION, "--user", MONA)]
        found = {r["check"]: r for r in second("doctor", "--json").records}["index"]

        rebuilt = second("reindex")

        start(second)
        hits = second("search", QUESTION, "--json").records

    assert [(one.code, one.out) for one in ran] == [(1, ""), (1, "")]
    assert all("lack passages that are in the database" in one.err for one in ran)
    assert found["found"] == "the search indexes of this data directory have no passage of Handbook"
    assert found["fix"].endswith("run: python sandbox_cli.py reindex")
    assert rebuilt.code == 0
    assert LEAVE in str(hits)


def test_so_does_the_first_one_once_the_other_has_gone_on(first: Path, tmp_path: Path) -> None:
    with opened_terminal(new_folder(tmp_path, "second")) as second:
        second("reindex")
        add(second, "lunch.txt", LUNCH)

    with opened_terminal(first) as back, pytest.raises(IndexIncomplete):
        start(back)


@pytest.mark.parametrize("index", ["vectors", "keywords"])
def test_one_of_two_indexes_is_not_enough(first: Path, tmp_path: Path, index: str) -> None:
    (first / "data" / index).rename(tmp_path / index)

    with opened_terminal(first) as terminal, pytest.raises(IndexIncomplete):
        start(terminal)
