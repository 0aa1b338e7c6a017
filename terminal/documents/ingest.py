"""`ingest`: read files and folders into a collection, and wait until they are searchable."""

import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from core.domain.batches import batched
from core.domain.identity import SYSTEM
from core.domain.knowledge import DocumentOverview, DocumentState
from core.domain.text.plurals import count
from core.errors import InvalidInput
from ingestion.values import Receipt, ReceiptStatus, VersionState
from terminal.context import collection_named, services
from terminal.documents.handing_in import GivenFile, given_files
from terminal.output import Json, emit, progress, readable_errors, say

POLL_SECONDS = 0.2
# Files handed in together: enough to embed in full batches, few enough to report often.
FILES_AT_ONCE = 16
# Groups of them that wait in the queue of a running app, which must not wait for this process.
GROUPS_AHEAD = 8
GOOD = ("ready", "duplicate")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document; `file` is the path it was given as, `seconds` its own time."""

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
    """Read documents into a collection and wait until they are searchable.

    A file in a folder is known by its path below it: the same name elsewhere is another document.
    """
    with readable_errors():
        started = time.monotonic()
        collection_id, files = collection_named(collection), given_files(paths)
        services().worker.resume_here()
        outcomes = list(_ingest(files, collection_id, as_json=as_json))
        counts = Counter(outcome.status for outcome in outcomes)
        _summarise(outcomes, counts, time.monotonic() - started, as_json=as_json)
    if any(outcome.status not in GOOD for outcome in outcomes):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """Files that were handed in together: what became of each, and those that could not be read."""

    files: tuple[GivenFile, ...]
    receipts: tuple[Receipt, ...]
    unreadable: tuple[Outcome, ...]

    @property
    def version_ids(self) -> list[str]:
        return [r.version_id for r in self.receipts if r.version_id]


def _ingest(files: Sequence[GivenFile], collection_id: str, *, as_json: bool) -> Iterator[Outcome]:
    with progress() as bar:
        task = bar.add_task("Documents", total=len(files))
        for group in _finished(files, collection_id):
            for outcome in _outcomes(group):
                _show(outcome, as_json=as_json)
                yield outcome
            bar.advance(task, len(group.files) + len(group.unreadable))


def _finished(files: Sequence[GivenFile], collection_id: str) -> Iterator[HandedIn]:
    """Yield group after group, each as soon as all its documents are in a final state."""
    waiting: deque[HandedIn] = deque()
    for some in batched(files, FILES_AT_ONCE):
        waiting.append(_hand_in(some, collection_id))
        while waiting and (len(waiting) > GROUPS_AHEAD or _is_done(waiting[0])):
            yield _waited_for(waiting.popleft())
    while waiting:
        yield _waited_for(waiting.popleft())


def _hand_in(files: Sequence[GivenFile], collection_id: str) -> HandedIn:
    """Hand files in; return when they are read, or at once if an app reads them."""
    read, uploads, unreadable = [], [], []
    for file in files:
        try:
            uploads.append(file.upload())
            read.append(file)
        except InvalidInput as error:
            unreadable.append(_unread(file.name, str(error)))
    # Before each group: an app may have started elsewhere meanwhile.
    services().worker.require_here()
    receipts = services().documents.upload(SYSTEM, collection_id, uploads)
    return HandedIn(tuple(read), tuple(receipts), tuple(unreadable))


def _is_done(group: HandedIn) -> bool:
    states = services().documents.states(SYSTEM, group.version_ids)
    return all(version.state.is_final for version in states)


def _waited_for(group: HandedIn) -> HandedIn:
    while not _is_done(group):
        time.sleep(POLL_SECONDS)
    return group


def _outcomes(group: HandedIn) -> Iterator[Outcome]:
    """Yield one outcome per document, and one per file that could not be read."""
    found = services().documents.overviews(SYSTEM, group.version_ids)
    overviews = {overview.version_id: overview for overview in found}
    states = {s.version_id: s for s in services().documents.states(SYSTEM, group.version_ids)}
    for receipt in group.receipts:
        version_id = receipt.version_id or ""
        name = group.files[receipt.upload].name
        yield _outcome(name, receipt, states.get(version_id), overviews.get(version_id))
    yield from group.unreadable


def _outcome(
    name: str, receipt: Receipt, version: VersionState | None, overview: DocumentOverview | None
) -> Outcome:
    """Describe one receipt; `overview` is None for a version that is no longer the newest."""
    status, reason = receipt.status.value, receipt.reason
    if receipt.status is ReceiptStatus.REGISTERED:
        status, reason = (version.state.value, version.reason) if version else ("deleted", "")
    elif receipt.status is ReceiptStatus.DUPLICATE:
        reason = reason or "The same content is already in the collection."
    is_new = receipt.status is ReceiptStatus.REGISTERED
    return Outcome(
        file=name,
        document=overview.file_name if overview else receipt.file_name,
        external_id=overview.external_id if overview else receipt.external_id,
        status=status,
        reason=reason,
        pages=overview.page_count if overview else 0,
        chunks=overview.chunk_count if overview else 0,
        seconds=round(overview.seconds, 3) if overview and is_new else 0.0,
    )


def _unread(name: str, reason: str) -> Outcome:
    return Outcome(name, Path(name).name, None, "failed", reason, 0, 0, 0.0)


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
    typer.echo(f"{count(len(outcomes), 'document')} in {seconds:.1f} s: {named}.")
