"""`ingest`: files and folders into a collection, waiting until they answer."""

import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from core.domain.batches import batched
from core.domain.identity import SYSTEM
from core.domain.knowledge import DocumentOverview, DocumentState, Upload
from core.errors import InvalidInput
from ingestion.values import Receipt, ReceiptStatus
from terminal.context import collection_named, services
from terminal.output import Json, emit, progress, readable_errors, say

POLL_SECONDS = 0.2
# Files handed in together: enough to embed in full batches, few enough to report often.
FILES_AT_ONCE = 16
# Groups of them that wait in the queue of a running app, which must not wait for this process.
GROUPS_AHEAD = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document."""

    file: str
    document: str
    external_id: str | None
    status: str
    reason: str
    pages: int
    chunks: int
    seconds: float


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.", exists=True)],
    collection: Annotated[str, typer.Option(help="Name of the collection.")],
    as_json: Json = False,
) -> None:
    """Read documents into a collection and wait until they are searchable."""
    with readable_errors():
        started = time.monotonic()
        services().worker.resume_here()
        outcomes = list(_ingest(paths, collection_named(collection), as_json=as_json))
        counts = Counter(outcome.status for outcome in outcomes)
        _summarise(outcomes, counts, time.monotonic() - started, as_json=as_json)
    if counts["failed"] or counts["quarantined"]:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Files that were uploaded together; `at` is on the clock of `time.monotonic`."""

    receipts: tuple[Receipt, ...]
    files: int
    at: float

    @property
    def version_ids(self) -> list[str]:
        return [r.version_id for r in self.receipts if r.version_id]


def _ingest(paths: Sequence[Path], collection_id: str, *, as_json: bool) -> Iterator[Outcome]:
    files = list(_files(paths))
    if not files:
        raise InvalidInput("There is no file in the given folders.")
    with progress() as bar:
        task = bar.add_task("Documents", total=len(files))
        before = time.monotonic()
        for group in _finished(files, collection_id):
            for outcome in _outcomes(group, since=max(group.at, before)):
                _show(outcome, as_json=as_json)
                yield outcome
            bar.advance(task, group.files)
            before = time.monotonic()


def _finished(files: Sequence[Path], collection_id: str) -> Iterator[HandedIn]:
    """Group by group, each as soon as all its documents are in a final state."""
    waiting: deque[HandedIn] = deque()
    for some in batched(files, FILES_AT_ONCE):
        waiting.append(_hand_in(some, collection_id))
        while waiting and (len(waiting) > GROUPS_AHEAD or _is_done(waiting[0])):
            yield _waited_for(waiting.popleft())
    while waiting:
        yield _waited_for(waiting.popleft())


def _hand_in(files: Sequence[Path], collection_id: str) -> HandedIn:
    """Returns when they are read, or at once if an app reads them."""
    at = time.monotonic()
    uploads = [Upload(file.name, file.read_bytes()) for file in files]
    receipts = services().documents.upload(SYSTEM, collection_id, uploads)
    return HandedIn(tuple(receipts), len(files), at)


def _is_done(group: HandedIn) -> bool:
    states = services().documents.states(SYSTEM, group.version_ids)
    return all(version.state.is_final for version in states)


def _waited_for(group: HandedIn) -> HandedIn:
    while not _is_done(group):
        time.sleep(POLL_SECONDS)
    return group


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            hidden = (p for p in sorted(path.rglob("*")) if p.is_file())
            yield from (p for p in hidden if not p.name.startswith("."))
        else:
            yield path


def _outcomes(group: HandedIn, *, since: float) -> Iterator[Outcome]:
    """One a document, with an equal share of the time."""
    found = services().documents.overviews(SYSTEM, group.version_ids)
    overviews = {overview.version_id: overview for overview in found}
    seconds = (time.monotonic() - since) / max(len(group.receipts), 1)
    for receipt in group.receipts:
        yield _outcome(receipt, overviews.get(receipt.version_id or ""), seconds)


def _outcome(receipt: Receipt, overview: DocumentOverview | None, seconds: float) -> Outcome:
    status, reason = receipt.status.value, receipt.reason
    if receipt.status is ReceiptStatus.REGISTERED and overview is not None:
        status, reason = overview.state.value, overview.reason
    elif receipt.status is ReceiptStatus.DUPLICATE and overview is not None:
        reason = reason or "The same content is in the collection already."
    return Outcome(
        file=receipt.file_name,
        document=overview.file_name if overview else receipt.file_name,
        external_id=overview.external_id if overview else None,
        status=status,
        reason=reason,
        pages=overview.page_count if overview else 0,
        chunks=overview.chunk_count if overview else 0,
        seconds=round(seconds, 3),
    )


def _show(outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "file": outcome.file,
                "document": outcome.document,
                "external_id": outcome.external_id,
                "status": outcome.status,
                "reason": outcome.reason,
                "pages": outcome.pages,
                "chunks": outcome.chunks,
                "seconds": outcome.seconds,
            }
        )
    elif outcome.status != DocumentState.READY:
        say(f"{outcome.file}: {outcome.status}. {outcome.reason}")


def _summarise(
    outcomes: Sequence[Outcome], counts: Counter[str], seconds: float, *, as_json: bool
) -> None:
    if as_json:
        emit(
            {
                "summary": True,
                "documents": len(outcomes),
                **{name: counts[name] for name in ("ready", "duplicate", "quarantined", "failed")},
                "pages": sum(outcome.pages for outcome in outcomes),
                "chunks": sum(outcome.chunks for outcome in outcomes),
                "seconds": round(seconds, 3),
            }
        )
        return
    named = ", ".join(f"{number} {name}" for name, number in counts.items())
    typer.echo(f"{len(outcomes)} documents in {seconds:.1f} s: {named}.")
