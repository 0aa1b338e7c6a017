"""`sync` in processes of its own: beside a running app, without it, and for as long as it runs."""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tools.trial.served import AT_MOST_SECONDS, ROOT, ServedApp

LEAVE = "Every parent gets 90 working days of parental leave per child."
LUNCH = "Lunch in the canteen costs 4.90 EUR from April."
BIKES = "A bicycle is leased for 36 months."

Record = dict[str, Any]  # Any: JSON


@dataclass
class Followed:
    """A folder, and a collection of its name that follows it."""

    app: ServedApp
    folder: Path
    watcher: subprocess.Popen[str] | None = None
    handled: int = field(default=0)

    @property
    def arguments(self) -> list[str]:
        return ["sync", str(self.folder), "--collection", self.folder.name, "--json"]

    def sync(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "sandbox_cli.py", *self.arguments, *options],
            cwd=ROOT,
            env=self.app.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=AT_MOST_SECONDS,
        )

    def watch(self) -> None:
        command = [sys.executable, "sandbox_cli.py", *self.arguments, "--watch", "--interval", "1"]
        with self._log.open("w", encoding="utf-8") as log, hearing_interrupts():
            self.watcher = subprocess.Popen(
                command, cwd=ROOT, env=self.app.environment, stdout=log, stderr=log, text=True
            )

    @property
    def _log(self) -> Path:
        return self.app.data_dir / f"{self.folder.name}.log"

    def reports(self) -> list[Record]:
        lines = self._log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def next_report(self) -> Record:
        """What the watcher did since this was last asked."""
        self.wait_until(lambda: len(self.reports()) > self.handled)
        report = self.reports()[self.handled]
        self.handled += 1
        return report

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """As long as those live who can bring it about; how long it takes says nothing."""
        end = time.monotonic() + AT_MOST_SECONDS
        while not is_so():
            assert time.monotonic() < end, self._told()
            assert self.watcher is None or self.watcher.poll() is None, self._told()
            time.sleep(0.2)

    def _told(self) -> str:
        watched = self._log.read_text(encoding="utf-8") if self._log.exists() else ""
        return f"{watched}\n{self.app.log}"

    def write(self, name: str, text: str) -> None:
        """A file that is there with all of its text at once, so that it is one change."""
        unfinished = self.folder / f".{name}"
        unfinished.write_text(text)
        unfinished.rename(self.folder / name)

    def wait_for_ready(self, count: int) -> None:
        """Until so many documents of the collection are ready; no command tells it as quickly."""
        query = (
            "SELECT count(*) FROM documents JOIN collections ON collections.id = collection_id "
            "JOIN document_versions ON document_versions.id = current_version_id "
            "WHERE collections.name = ? AND state = 'ready'"
        )
        with closing(sqlite3.connect(self.app.data_dir / "sandbox.db")) as database:
            self.wait_until(
                lambda: database.execute(query, [self.folder.name]).fetchone() == (count,)
            )

    def answers(self) -> set[str]:
        """The files that a search in the collection finds."""
        name = self.folder.name
        found = self.app.cli("search", "days", "--collection", name, "--k", "20", "--json")
        hits = [hit for line in found.splitlines() for hit in json.loads(line)["hits"]]
        return {hit["document"] for hit in hits}


@contextmanager
def hearing_interrupts() -> Iterator[None]:
    """Tests that run in the background of a shell ignore Ctrl+C, and so would what they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def followed(app: ServedApp, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Followed]:
    folder = tmp_path / request.node.name
    folder.mkdir()
    app.cli("collections", "add", folder.name, "--open")
    followed = Followed(app, folder)
    yield followed
    if followed.watcher is not None and followed.watcher.poll() is None:
        followed.watcher.kill()
        followed.watcher.wait()


def test_beside_an_app_the_app_does_it(followed: Followed) -> None:
    leave = followed.folder / "leave.txt"
    leave.write_text(LEAVE)
    (followed.folder / "odd.exe").write_bytes(b"MZ\x90\x00")

    first = followed.sync()
    followed.wait_for_ready(1)
    assert followed.answers() == {"leave.txt"}
    leave.rename(followed.folder / "renamed.txt")
    second = followed.sync()
    (followed.folder / "renamed.txt").unlink()
    third = followed.sync()

    assert [ran.returncode for ran in (first, second, third)] == [0, 0, 0], third.stderr
    reports = [json.loads(ran.stdout) for ran in (first, second, third)]
    assert reports[0]["uploaded"] == ["leave.txt", "odd.exe"]
    assert list(reports[0]["problems"]) == ["odd.exe"]
    assert reports[1]["moved"] == ["renamed.txt"]
    assert (reports[2]["removed"], reports[2]["deleted_chunks"]) == (["renamed.txt"], 1)
    assert followed.answers() == set()
    followed.app.cli("verify")


def test_what_the_app_refuses_ends_the_command_as_it_would_by_itself(followed: Followed) -> None:
    leave = followed.folder / "leave.txt"
    leave.write_text(LEAVE)
    followed.sync()
    leave.unlink()

    emptied = followed.sync()
    followed.folder.rmdir()
    missing = followed.sync()

    assert (emptied.returncode, missing.returncode) == (1, 2)
    assert "--allow-empty" in emptied.stderr
    assert "app cannot see the folder" in missing.stderr


def test_a_watched_folder_is_followed_while_the_app_comes_and_goes(followed: Followed) -> None:
    folder, app = followed.folder, followed.app
    followed.write("leave.txt", LEAVE)
    followed.watch()
    assert followed.next_report()["uploaded"] == ["leave.txt"]

    followed.write("lunch.txt", LUNCH)
    assert followed.next_report()["uploaded"] == ["lunch.txt"]
    followed.wait_for_ready(2)
    assert followed.answers() == {"leave.txt", "lunch.txt"}

    app.stop()
    followed.write("leave.txt", LEAVE.replace("90", "95"))
    assert followed.next_report()["uploaded"] == ["leave.txt"]
    followed.write("bikes.txt", BIKES)
    assert followed.next_report()["uploaded"] == ["bikes.txt"]

    app.start()
    (folder / "lunch.txt").unlink()
    report = followed.next_report()
    assert (report["removed"], report["deleted_chunks"]) == (["lunch.txt"], 1)
    app.stop()
    (folder / "bikes.txt").unlink()
    assert followed.next_report()["removed"] == ["bikes.txt"]

    assert followed.answers() == {"leave.txt"}
    app.cli("verify")
    assert followed.watcher is not None
    followed.watcher.send_signal(signal.SIGINT)
    assert followed.watcher.wait(timeout=AT_MOST_SECONDS) == 0
    app.start()
