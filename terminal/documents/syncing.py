"""`sync`: keep a collection like a folder."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from core.domain.identity import SYSTEM
from core.domain.text.plurals import count
from core.errors import Conflict, IndexesInUse, SandboxError, StillRunning
from ingestion.sync.folder_sync import SyncReport
from terminal.context import collection_named, services
from terminal.output import Json, emit, readable_errors, say

DEBOUNCE_MS = 2_000
POLL_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class _SyncRequest:
    """The folder that a collection is to match; `wait` is in seconds."""

    folder: Path
    collection_id: str
    allow_empty: bool
    wait: int


def sync(
    folder: Annotated[Path, typer.Argument(help="A folder on this machine.")],
    collection: Annotated[str, typer.Option(help="Name of the collection to keep in sync.")],
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep following changes until Ctrl+C.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be done.")
    ] = False,
    interval: Annotated[
        int, typer.Option(help="With --watch: also check every so many seconds.", min=1)
    ] = 60,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Delete everything if the folder is empty.")
    ] = False,
    wait: Annotated[
        int, typer.Option(help="Seconds to wait for a running app to do the work.", min=1)
    ] = 3600,
    as_json: Json = False,
) -> None:
    """Upload new and changed files, delete those that are gone; a running app does the work."""
    with readable_errors():
        request = _SyncRequest(folder, collection_named(collection), allow_empty, wait)
        if watch:
            _watch(request, interval)
            return
        _show(_look(request) if dry_run else _run(request), as_json=as_json)


def _look(request: _SyncRequest) -> SyncReport:
    """Report what would be done."""
    return services().lifecycle.folder_sync.sync(
        SYSTEM, request.folder, request.collection_id, is_dry=True, allow_empty=request.allow_empty
    )


def _run(request: _SyncRequest) -> SyncReport:
    """Run the sync here, or hand it to the app if it owns the indexes."""
    try:
        with services().worker.exclusive():
            return _run_here(request)
    except IndexesInUse:
        return _hand_over(request)


def _run_here(request: _SyncRequest) -> SyncReport:
    return services().lifecycle.folder_sync.sync(
        SYSTEM, request.folder, request.collection_id, allow_empty=request.allow_empty
    )


def _hand_over(request: _SyncRequest) -> SyncReport:
    """Wait for the app, or do the work here once the app has ended."""
    runs = services().lifecycle.sync_runs
    run_id = runs.ask(
        SYSTEM, request.folder, request.collection_id, allow_empty=request.allow_empty
    )
    end = time.monotonic() + request.wait
    while time.monotonic() < end:
        time.sleep(POLL_SECONDS)
        if report := runs.result(SYSTEM, run_id) or _without_app(request, run_id):
            return report
    if runs.withdraw(SYSTEM, run_id):
        raise Conflict(
            "Another process uses the indexes and did not start this sync within "
            f"{count(request.wait, 'second')}. Nothing was changed. Run sync again, or pass a "
            "longer --wait."
        )
    raise StillRunning(
        f"The sync did not finish within {count(request.wait, 'second')}. The app continues with "
        "it; see its Documents page."
    )


def _without_app(request: _SyncRequest, run_id: str) -> SyncReport | None:
    """Run the sync if no app owns the indexes; return None while one does."""
    runs = services().lifecycle.sync_runs
    try:
        with services().worker.exclusive():
            if report := runs.result(SYSTEM, run_id):
                return report
            runs.take_back(SYSTEM, run_id)
            return _run_here(request)
    except IndexesInUse:
        return None


def _watch(request: _SyncRequest, interval: int) -> None:
    from watchfiles import watch

    if code := _run_in_child():
        raise typer.Exit(code)
    # By time as well: a network share tells nobody what changes on it.
    changes = watch(
        request.folder,
        debounce=DEBOUNCE_MS,
        rust_timeout=interval * 1000,
        yield_on_timeout=True,
        raise_interrupt=False,
    )
    for _ in changes:
        try:
            report = _look(request)
        except SandboxError as error:  # such as a disk that is away for a moment
            say(str(error), style="red")
            continue
        if report.changed or report.touched:
            _run_in_child()


def _run_in_child() -> int:
    """Run the same command without --watch; return its exit code.

    In a process of its own: what this one had read of the indexes would be out of date once an app
    has written them in between.
    """
    arguments = [argument for argument in sys.argv if argument != "--watch"]
    return subprocess.run([sys.executable, *arguments], check=False).returncode


def _show(report: SyncReport, *, as_json: bool) -> None:
    problems = dict(report.problems or {})
    if as_json:
        emit(
            {
                "files": report.files,
                "changed": report.changed,
                "uploaded": list(report.uploaded),
                "moved": list(report.moved),
                "removed": list(report.removed),
                "deleted_documents": len(report.deletions),
                "deleted_chunks": sum(one.chunks for one in report.deletions),
                "problems": problems,
                "dry_run": report.is_dry,
            }
        )
        return
    would = "would be " if report.is_dry else ""
    typer.echo(
        f"{report.files:,} files, {report.changed:,} changed: {len(report.uploaded):,} {would}"
        f"uploaded, {len(report.moved):,} {would}moved, {len(report.removed):,} {would}removed."
    )
    for path, reason in problems.items():
        say(f"{path}: {reason}")
