"""A filled installation to break, and what has to be there again afterwards."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.domain.identity import SYSTEM
from terminal.context import services
from tests.terminal.conftest import LEAVE, LUNCH, Ran, Terminal, opened_terminal

MOST_CHARACTERS = 500
"""Longer is no sentence."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Two collections with a document each and one person, in the terminal's data directory."""

    terminal: Terminal
    patch: pytest.MonkeyPatch

    @property
    def data(self) -> Path:
        return self.terminal.folder / "data"

    def restart(self) -> None:
        """What is in memory is forgotten, as between two commands."""
        if services.cache_info().currsize:
            services().worker.stop()
            services().database.close()
        services.cache_clear()

    def run(self, *arguments: str) -> Ran:
        """A command in a process of its own, as far as memory goes."""
        self.restart()
        ran = self.terminal(*arguments)
        self.restart()
        return ran

    def require_whole(self) -> None:
        """Nothing is lost: people, documents, and answers from both indexes."""
        self.restart()
        assert self.terminal("verify", "--json").records[-1]["ok"]
        assert len(self.terminal("users", "list", "--json").records) == 1
        assert len(self.terminal("documents", "list", "--json").records) == 2
        for words in ("parental leave", "lunch canteen"):
            hits = self.terminal("search", words, "--json").records[0]["hits"]
            assert hits, words
        self.restart()


def require_sentence(ran: Ran) -> None:
    """One paragraph on standard error, nothing on standard output, exit code 1."""
    assert (ran.code, ran.out) == (1, ""), ran
    assert "Traceback" not in ran.err
    assert ran.err.count("\n") == 1, ran.err
    assert ran.err.rstrip().endswith((".", "setup", "--repair", "reindex")), ran.err
    assert len(ran.err) <= MOST_CHARACTERS, ran.err
    assert "genai-sandbox-" not in ran.err, "an error that nobody translated"


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    with opened_terminal(folder) as terminal:
        terminal("migrate")
        terminal("collections", "add", "Handbook", "--open")
        terminal("collections", "add", "Canteen", "--open")
        terminal.add_person("ole@nordhafen.example")
        terminal.file("leave.txt", LEAVE)
        terminal.file("lunch.txt", LUNCH)
        assert terminal("ingest", "files/leave.txt", "--collection", "Handbook").code == 0
        assert terminal("ingest", "files/lunch.txt", "--collection", "Canteen").code == 0
        assert len(terminal.services.documents.list(SYSTEM)) == 2
    return folder / "data"


@pytest.fixture
def installation(filled: Path, tmp_path: Path) -> Iterator[Installation]:
    """A copy of it to break."""
    shutil.copytree(filled, tmp_path / "data")
    with opened_terminal(tmp_path) as terminal, pytest.MonkeyPatch.context() as patch:
        terminal.file("new.txt", "Gate 7 in Kassel opens at 05:15.")
        yield Installation(terminal, patch)


Break = Callable[[Installation], object]
