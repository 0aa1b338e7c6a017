"""A folder sync that the terminal asks for and the app performs."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import select

from core.domain.clock import now
from core.domain.identity import SYSTEM
from core.errors import AccessDenied, Conflict, InvalidInput, NotFound, SandboxError
from core.storage.tables import CollectionRow, DocumentRow, SyncRunRow
from ingestion.sync.folder_sync import FolderSync, SyncReport
from ingestion.sync.runs import RunState, SyncRuns, forget_finished
from ingestion.sync.work import BackgroundSyncs
from tests.ingestion.conftest import ADMIN, COLLECTION, Harness

PATIENCE_S = 120


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / "leave.txt").write_text("Ninety days.")
    return folder


@pytest.fixture
def folder_sync(harness: Harness) -> FolderSync:
    return FolderSync(harness.database, harness.documents)


@pytest.fixture
def runs(harness: Harness, folder_sync: FolderSync) -> SyncRuns:
    return SyncRuns(harness.database, folder_sync)


@pytest.fixture
def app(runs: SyncRuns) -> Iterator[BackgroundSyncs]:
    app = BackgroundSyncs(runs)
    yield app
    app.stop()


def ask(runs: SyncRuns, folder: Path, *, allow_empty: bool = False) -> str:
    return runs.ask(SYSTEM, folder, COLLECTION, allow_empty=allow_empty)


def wait_for(runs: SyncRuns, run_id: str) -> SyncReport:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if report := runs.result(SYSTEM, run_id):
            return report
        time.sleep(0.05)
    raise TimeoutError


def change(harness: Harness, **values: object) -> None:
    with harness.database.begin() as session:
        session.execute(update(SyncRunRow).values(**values))


def row(harness: Harness) -> SyncRunRow:
    with harness.database.read() as session:
        return session.exec(select(SyncRunRow)).one()


def documents(harness: Harness) -> int:
    with harness.database.read() as session:
        return len(session.exec(select(DocumentRow)).all())


def test_the_report_of_the_app_is_the_one_of_a_run_by_oneself(
    runs: SyncRuns, app: BackgroundSyncs, folder: Path
) -> None:
    first = ask(runs, folder)
    assert runs.result(SYSTEM, first) is None
    app.start()
    report = wait_for(runs, first)
    (folder / "leave.txt").unlink()
    (folder / "broken.pdf").write_text("This is no PDF.")

    second = wait_for(runs, ask(runs, folder))

    assert (report.files, report.uploaded, report.problems) == (1, ("leave.txt",), {})
    assert (second.uploaded, second.removed) == (("broken.pdf",), ("leave.txt",))
    assert [deletion.chunks for deletion in second.deletions] == [1]
    assert list(second.problems or {}) == ["broken.pdf"]


def test_what_a_run_fails_with_reaches_whoever_asked(
    runs: SyncRuns, harness: Harness, folder: Path
) -> None:
    runs.perform(ask(runs, folder))
    (folder / "leave.txt").unlink()
    empty = ask(runs, folder)
    runs.perform(empty)
    gone = ask(runs, folder)
    folder.rmdir()
    runs.perform(gone)

    with pytest.raises(Conflict, match="--allow-empty"):
        runs.result(SYSTEM, empty)
    with pytest.raises(InvalidInput, match="app cannot see the folder"):
        runs.result(SYSTEM, gone)
    assert documents(harness) == 1
    folder.mkdir()
    allowed = ask(runs, folder, allow_empty=True)
    runs.perform(allowed)
    assert runs.result(SYSTEM, allowed) is not None
    assert documents(harness) == 0


def test_something_unexpected_ends_the_run_with_a_sentence(
    runs: SyncRuns, folder: Path, harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = ask(runs, folder)
    monkeypatch.setattr(harness.documents, "upload", lambda *_: 1 / 0)

    runs.perform(run_id)

    with pytest.raises(SandboxError, match="log of the app"):
        runs.result(SYSTEM, run_id)


def test_a_run_that_a_crash_left_is_done_again_but_not_for_ever(
    runs: SyncRuns, harness: Harness, folder: Path
) -> None:
    run_id = ask(runs, folder)
    change(harness, state="running", attempts=1)

    assert runs.unfinished() == [run_id]
    runs.perform(run_id)
    assert runs.result(SYSTEM, run_id) is not None

    change(harness, state="running", attempts=2)
    runs.perform(run_id)
    with pytest.raises(SandboxError, match="twice"):
        runs.result(SYSTEM, run_id)


def test_a_run_that_waited_for_days_does_nothing(
    runs: SyncRuns, harness: Harness, folder: Path
) -> None:
    run_id = ask(runs, folder)
    change(harness, asked_at=now() - timedelta(days=2))

    runs.perform(run_id)

    with pytest.raises(SandboxError, match="more than a day"):
        runs.result(SYSTEM, run_id)
    assert documents(harness) == 0


def test_an_app_that_ends_leaves_its_run_to_the_next_one(
    runs: SyncRuns, harness: Harness, folder: Path
) -> None:
    run_id = ask(runs, folder)
    runs.interrupt()
    runs.perform(run_id)
    assert (row(harness).state, row(harness).attempts) == (RunState.ASKED, 0)
    assert documents(harness) == 0

    app = BackgroundSyncs(runs)
    app.start()
    wait_for(runs, run_id)
    app.stop()

    assert documents(harness) == 1


def test_only_what_nobody_has_begun_can_be_withdrawn(
    runs: SyncRuns, harness: Harness, folder: Path
) -> None:
    run_id = ask(runs, folder)
    change(harness, state="running")
    assert not runs.withdraw(SYSTEM, run_id)
    change(harness, state="asked")

    assert runs.withdraw(SYSTEM, run_id)

    assert runs.unfinished() == []
    with pytest.raises(NotFound, match="Run sync again"):
        runs.result(SYSTEM, run_id)


def test_names_of_files_are_kept_for_a_day_and_forgotten_by_an_erasure(
    runs: SyncRuns, harness: Harness, folder: Path
) -> None:
    runs.perform(ask(runs, folder))
    change(harness, finished_at=now() - timedelta(days=2))
    second = ask(runs, folder)
    assert row(harness).id == second
    runs.perform(second)
    waiting = ask(runs, folder)

    with harness.database.begin() as session:
        forget_finished(session)

    assert row(harness).id == waiting


def test_nobody_but_the_terminal_may_ask(runs: SyncRuns, folder: Path) -> None:
    with pytest.raises(AccessDenied):
        runs.ask(ADMIN, folder, COLLECTION)
    with pytest.raises(NotFound):
        runs.ask(SYSTEM, folder, "nowhere")


def test_a_run_ends_with_its_collection(runs: SyncRuns, harness: Harness, folder: Path) -> None:
    run_id = ask(runs, folder)
    with harness.database.begin() as session:
        session.delete(session.get_one(CollectionRow, COLLECTION))

    runs.perform(run_id)

    assert runs.unfinished() == []
