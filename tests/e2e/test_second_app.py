"""One app works with a database: a second one, of another data directory, says so and ends."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import col, update

from core.storage.database import Database
from core.storage.lease import LAPSES_AFTER_S
from core.storage.tables import LeaseRow
from tools.trial.served import ROOT, ServedApp, app_on

LEAVE = "Every parent gets 90 working days of parental leave per child."
SENTENCE = "Another app uses this database from another data directory"


@pytest.fixture
def apps(database_url: str, tmp_path: Path) -> tuple[ServedApp, ServedApp]:
    """Two machines as far as the product can tell: one database, two data directories."""
    folders = (tmp_path / "first", tmp_path / "second")
    for folder in folders:
        folder.mkdir()
    first, second = (app_on(f, {"SANDBOX_DATABASE__URL": database_url}) for f in folders)
    return first, second


def test_a_second_app_waits_until_the_first_has_ended_or_is_given_up(
    apps: tuple[ServedApp, ServedApp], database_url: str, tmp_path: Path
) -> None:
    first, second = apps
    note = tmp_path / "leave.txt"
    note.write_text(LEAVE)
    ingest = ("sandbox_cli.py", "ingest", str(note), "--collection", "Handbook")
    first.cli("migrate")
    first.cli("collections", "add", "Handbook", "--open")
    first.start()
    try:
        beside = ended(second, *second.command[1:]), ended(second, *ingest)
        stored = [path for path in second.data_dir.rglob("originals/**/*") if path.is_file()]
        kill(first)
        let_the_lease_lapse(database_url)
        second.start()
    finally:
        kill(first)
        second.stop()

    for done in beside:
        assert (done.returncode, done.stderr.count(SENTENCE)) == (1, 1), done.stderr
        assert "Traceback" not in done.stderr
    assert stored == []


def ended(app: ServedApp, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command in the environment of this app, at its end."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=app.environment,
        capture_output=True,
        text=True,
        check=False,
    )


def kill(app: ServedApp) -> None:
    if app.process is not None:
        app.process.kill()
        app.process.wait()


def let_the_lease_lapse(database_url: str) -> None:
    """As if as much time had passed since its holder was heard of."""
    database = Database(database_url)
    with database.begin() as session:
        earlier = col(LeaseRow.seen_at) - LAPSES_AFTER_S - 1
        session.exec(update(LeaseRow).values(seen_at=earlier))
    database.close()
