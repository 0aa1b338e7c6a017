"""`sync` from the terminal."""

import threading
import time
from collections.abc import Iterator

import pytest
from sqlmodel import select

from core.storage.tables import SyncRunRow
from ingestion.background.ownership import IndexOwnership
from tests.terminal.conftest import LEAVE, LUNCH, Ran, Terminal


def test_a_folder_is_followed(terminal: Terminal) -> None:
    terminal("collections", "add", "Handbook", "--open")
    leave = terminal.file("leave.txt", LEAVE)
    terminal.file("sub/lunch.txt", LUNCH)
    arguments = ("sync", str(leave.parent), "--collection", "Handbook", "--json")

    dry = terminal(*arguments, "--dry-run")
    first, second = terminal(*arguments), terminal(*arguments)
    leave.unlink()
    third = terminal(*arguments)

    assert [ran.code for ran in (dry, first, second, third)] == [0, 0, 0, 0]
    assert dry.records[0]["uploaded"] == first.records[0]["uploaded"]
    assert first.records[0]["uploaded"] == ["leave.txt", "sub/lunch.txt"]
    assert second.records[0]["changed"] == 0
    assert (third.records[0]["removed"], third.records[0]["deleted_chunks"]) == (["leave.txt"], 1)
    assert terminal("verify").code == 0


def test_a_folder_that_is_not_there_is_bad_usage(terminal: Terminal) -> None:
    terminal("collections", "add", "Handbook", "--open")

    assert terminal("sync", "nowhere", "--collection", "Handbook").code == 2


@pytest.fixture
def elsewhere(terminal: Terminal) -> Iterator[IndexOwnership]:
    """Another process that owns the indexes and does nothing else; a file waits in a folder."""
    terminal("collections", "add", "Handbook", "--open")
    terminal.file("leave.txt", LEAVE)
    ownership = IndexOwnership(terminal.folder / "data")
    ownership.acquire()
    yield ownership
    ownership.release()


def wait_and_sync(terminal: Terminal, seconds: int) -> Ran:
    folder = str(terminal.folder / "files")
    return terminal("sync", folder, "--collection", "Handbook", "--json", "--wait", str(seconds))


def begin(terminal: Terminal) -> None:
    """As the app does, as soon as a run was asked for."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        with terminal.services.database.begin() as session:
            for row in session.exec(select(SyncRunRow)).all():
                row.state = "running"
                return
        time.sleep(0.05)


def test_a_run_that_nobody_begins_is_withdrawn(
    terminal: Terminal, elsewhere: IndexOwnership
) -> None:
    ran = wait_and_sync(terminal, 1)

    assert (ran.code, ran.out) == (1, "")
    assert "did not start this sync within 1 second" in ran.err
    assert terminal.services.lifecycle.sync_runs.unfinished() == []


def test_a_run_that_takes_too_long_is_left_to_the_app(
    terminal: Terminal, elsewhere: IndexOwnership
) -> None:
    app = threading.Thread(target=begin, args=[terminal])
    app.start()

    ran = wait_and_sync(terminal, 2)
    app.join()

    assert (ran.code, ran.out) == (3, "")
    assert "The app continues with it; see its Documents page." in ran.err
    assert len(terminal.services.lifecycle.sync_runs.unfinished()) == 1


def test_a_run_whose_app_was_ended_is_done_here(
    terminal: Terminal, elsewhere: IndexOwnership
) -> None:
    def begin_and_end() -> None:
        begin(terminal)
        elsewhere.release()

    app = threading.Thread(target=begin_and_end)
    app.start()

    ran = wait_and_sync(terminal, 30)
    app.join()

    assert (ran.code, ran.records[0]["uploaded"]) == (0, ["leave.txt"])
    assert terminal.services.lifecycle.sync_runs.unfinished() == []
    assert terminal("verify").code == 0


def test_only_looking_needs_no_app(terminal: Terminal, elsewhere: IndexOwnership) -> None:
    ran = terminal("sync", str(terminal.folder / "files"), "--collection", "Handbook", "--dry-run")

    assert ran.code == 0
    assert "1 would be uploaded" in ran.out
