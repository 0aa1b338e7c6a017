"""`sync`: a collection that follows a folder."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from core.domain.identity import SYSTEM
from core.errors import SandboxError
from ingestion.folder_sync import SyncReport
from terminal.context import collection_named, services
from terminal.output import Json, emit, readable_errors, say

DEBOUNCE_MS = 2_000


def sync(
    folder: Annotated[Path, typer.Argument(help="A folder of this machine.")],
    collection: Annotated[str, typer.Option(help="Name of the collection that follows it.")],
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on and follow every change until Ctrl+C.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    interval: Annotated[
        int, typer.Option(help="With --watch: also look every so many seconds.", min=1)
    ] = 60,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Delete everything if the folder is empty.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Upload new and changed files, delete what disappeared; not beside a running app."""
    with readable_errors():
        collection_id = collection_named(collection)

        def run() -> None:
            # What disappeared is taken out of the indexes here, which one process may do at a time.
            with nullcontext() if dry_run else services().worker.exclusive():
                report = services().lifecycle.folder_sync.sync(
                    SYSTEM, folder, collection_id, is_dry=dry_run, allow_empty=allow_empty
                )
            _show(report, as_json=as_json)

        run()
        if watch:
            _watch(folder, interval, run)


def _watch(folder: Path, interval: int, run: Callable[[], None]) -> None:
    from watchfiles import watch

    # By time as well: a network share tells nobody what changes on it.
    changes = watch(
        folder,
        debounce=DEBOUNCE_MS,
        rust_timeout=interval * 1000,
        yield_on_timeout=True,
        raise_interrupt=False,
    )
    for _ in changes:
        try:
            run()
        except SandboxError as error:  # such as a disk that is away for a moment
            say(str(error), style="red")


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
