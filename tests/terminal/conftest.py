"""The terminal on a fresh data directory; everything real but the embedding model."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import bootstrap.embedders
from bootstrap.services import Services
from core.domain.identity import SYSTEM
from sandbox_cli import app
from terminal.context import services
from tests.rag.conftest import HashingEmbedder

PASSWORD = "violet kettle orbit pancake"
LEAVE = "Every parent gets 90 working days of parental leave per child."
PAY = "The salary band of a team lead starts at 64,000 EUR a year."
LUNCH = "Lunch in the canteen costs 4.90 EUR from April."
QUESTION = "How many working days of parental leave does a parent get?"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:  # Any: JSON
        """The JSON objects on standard output, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Terminal:
    """Runs commands in this process."""

    folder: Path

    def __call__(self, *arguments: str, stdin: str | None = None) -> Ran:
        result = CliRunner().invoke(app, arguments, input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    @property
    def services(self) -> Services:
        """What the commands work with."""
        return services()

    def add_person(self, email: str, *groups: str) -> None:
        for group in groups:
            self.add_group(group)
        options = [option for group in groups for option in ("--group", group)]
        ran = self("users", "add", email, *options, "--password-stdin", stdin=f"{PASSWORD}\n")
        assert ran.code == 0, ran.err

    def add_group(self, name: str) -> None:
        """Creates a group unless there is one of this name."""
        if all(group.name != name for group in self.services.groups.list(SYSTEM)):
            self.services.groups.add(SYSTEM, name)

    def file(self, name: str, content: str | bytes) -> Path:
        """A new file below the folder of this terminal."""
        path = self.folder / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def lines(self, name: str, *records: Mapping[str, object]) -> str:
        """The path of a new JSONL file."""
        return str(self.file(name, "".join(f"{json.dumps(record)}\n" for record in records)))


def _no_settings(folder: Path) -> Path:
    empty = folder / "empty.env"
    empty.touch()
    return empty


@contextmanager
def opened_terminal(folder: Path) -> Iterator[Terminal]:
    """A terminal whose data lives in `folder`; closes what its commands opened."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("SANDBOX_ENV_FILE", str(_no_settings(folder)))  # no .env of a developer
        patch.setenv("SANDBOX_DATA_DIR", str(folder / "data"))
        patch.setattr(bootstrap.embedders, "build_embedder", lambda *_, **__: HashingEmbedder())
        services.cache_clear()
        yield Terminal(folder)
        if services.cache_info().currsize:
            services().worker.stop()
            services().database.close()
        services.cache_clear()


@pytest.fixture
def unmigrated(tmp_path: Path) -> Iterator[Terminal]:
    """Before the first command."""
    with opened_terminal(tmp_path) as terminal:
        yield terminal


@pytest.fixture(scope="session")
def migrated_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with an empty, migrated database, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    with opened_terminal(folder) as terminal:
        terminal("migrate")
    return folder / "data"


@pytest.fixture
def terminal(migrated_data: Path, tmp_path: Path) -> Iterator[Terminal]:
    """With an empty, migrated database."""
    shutil.copytree(migrated_data, tmp_path / "data")
    with opened_terminal(tmp_path) as terminal:
        yield terminal


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """An open handbook, salaries for the group hr; for all tests of a module, which only ask."""
    with opened_terminal(tmp_path_factory.mktemp("stocked")) as terminal:
        terminal("migrate")
        terminal("collections", "add", "Handbook", "--open")
        terminal.add_group("hr")
        terminal("collections", "add", "Pay", "--group", "hr")
        terminal.add_person("hanna@nordhafen.example", "hr")
        terminal.add_person("ole@nordhafen.example")
        leave, pay = terminal.file("leave.txt", LEAVE), terminal.file("pay.txt", PAY)
        lunch = {"_id": "canteen-1", "title": "Canteen", "text": LUNCH}
        records = terminal.lines("records.jsonl", lunch)
        assert terminal("ingest", str(leave), records, "--collection", "Handbook").code == 0
        assert terminal("ingest", str(pay), "--collection", "Pay").code == 0
        yield terminal
