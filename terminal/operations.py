"""`setup`, `migrate`, `reindex` and `doctor`: start the app and keep it healthy."""

from pathlib import Path
from typing import Annotated

import typer

from bootstrap import process
from core.domain.identity import SYSTEM
from terminal.context import collection_named, services
from terminal.documents.ingest import ingest
from terminal.output import Json, emit, emit_table, messages, progress, readable_errors, say

SAMPLES = Path(__file__).parent.parent / "data" / "samples"
SAMPLE_COLLECTION = "Company handbook"


def setup() -> None:
    """Prepare everything the app needs; quick if it was done before."""
    with readable_errors():
        process.prepare(messages.print)
        if not process.has_collections():
            _load_samples()


def _load_samples() -> None:
    messages.print("Loading the sample documents of a fictional company …")
    services().collections.add(
        SYSTEM,
        SAMPLE_COLLECTION,
        description="Handbook, travel, leave, IT, customs and more from a fictional company.",
        is_open=True,
    )
    ingest([SAMPLES], SAMPLE_COLLECTION)


def migrate(as_json: Json = False) -> None:
    """Upgrade the database to the newest version."""
    with readable_errors():
        version = process.migrate()
        if as_json:
            emit({"version": version})
        else:
            typer.echo(f"The database is at version {version}.")


def reindex(
    collection: Annotated[
        str | None, typer.Option("--collection", help="Only the collection with this name.")
    ] = None,
    model: Annotated[
        str, typer.Option("--model", help="Embedding model to use instead of the current one.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Rebuild the search indexes from the database; stop the app first."""
    with readable_errors(), services().worker.exclusive():
        rebuilding = services().reindexing
        wanted = None if collection is None else collection_named(collection)
        only = next((one for one in rebuilding.collections(SYSTEM) if one.id == wanted), None)
        found = rebuilding.begin(SYSTEM, only)
        if only is not None and len(found) > 1:
            say("The vector files are damaged, so all collections are rebuilt.")
        for one in found:
            new_model = model if wanted in (None, one.id) else ""
            passages = 0
            with progress() as bar:
                task = bar.add_task(one.name, total=None)
                for passages in rebuilding.rebuild(SYSTEM, one, new_model):
                    bar.update(task, completed=passages)
            emit_table([{"collection": one.name, "passages": passages}], as_json=as_json)
        rebuilding.end()


def doctor(as_json: Json = False) -> None:
    """Check settings, database, files, index, models, queue and provider; say what to do.

    The language model, if there is one, is asked for one token, which may cost.
    """
    with readable_errors():
        checks = list(process.checks())
    for check in checks:
        if as_json:
            emit({"check": check.name, "ok": check.is_ok, "found": check.found, "fix": check.fix})
        else:
            mark, style = ("ok ", "green") if check.is_ok else ("FIX", "red")
            say(f"{mark} {check.name}: {check.found} {check.fix}".rstrip(), style=style)
    if not all(check.is_ok for check in checks):
        raise typer.Exit(1)
