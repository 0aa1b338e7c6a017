"""`documents delete`, `versions` and `roll-back`: choose what answers are made from."""

from typing import Annotated

import typer

from core.domain.identity import SYSTEM
from core.domain.knowledge import DocumentState
from core.domain.text.plurals import count
from core.errors import InvalidInput, NotFound
from ingestion.library.version_history import VersionEntry
from terminal.context import services
from terminal.documents.stewardship import DocumentId
from terminal.output import Json, confirm, emit, emit_table, readable_errors, say


def delete_documents(
    document_ids: Annotated[list[str], typer.Argument(help="Ids of one or more documents.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: Json = False,
) -> None:
    """Delete documents with all their versions; stop the app first, or delete in the app.

    Bytes may stay in index files until they are used again; `erase` leaves none.
    """
    with readable_errors():
        if not yes:
            confirm(f"Delete {count(len(document_ids), 'document')}? This cannot be undone")
        with services().worker.exclusive():
            receipts = services().documents.delete_many(SYSTEM, document_ids)
        emit_table(
            [
                {
                    "id": one.document_id,
                    "title": one.title,
                    "versions": one.versions,
                    "pages": one.pages,
                    "passages": one.chunks,
                    "originals": one.originals,
                    "remaining_passages": one.remaining_chunks,
                }
                for one in receipts
            ],
            as_json=as_json,
        )
    if any(one.remaining_chunks for one in receipts):
        raise typer.Exit(1)


def list_versions(document_id: DocumentId, as_json: Json = False) -> None:
    """List the versions of a document, newest first."""
    with readable_errors():
        found = services().lifecycle.version_history.versions(SYSTEM, document_id)
        emit_table([_row(version) for version in found], as_json=as_json)


def roll_back(
    document_id: DocumentId,
    version: Annotated[
        int | None,
        typer.Option(
            min=1, help="Number of the version; the default is the one before the current."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Use an older version for answers again; stop the app first, or roll back in the app."""
    with readable_errors():
        history = services().lifecycle.version_history
        chosen = _chosen(history.versions(SYSTEM, document_id), version)
        with services().worker.exclusive():
            history.roll_back(SYSTEM, chosen.version_id)
        if as_json:
            emit({"document": document_id, "version": chosen.number, "answers": True})
        else:
            say(f"Answers now use version {chosen.number}.", style="green")


def _chosen(versions: list[VersionEntry], number: int | None) -> VersionEntry:
    """Return the version; raise NotFound for an unknown one, InvalidInput if none is before."""
    if number is not None:
        found = [one for one in versions if one.number == number]
        if not found:
            raise NotFound(f"This document has no version {number}.")
        return found[0]
    answering = next((one.number for one in versions if one.is_current), 0)
    ready = (one for one in versions if one.state is DocumentState.READY)
    older = [one for one in ready if one.number < answering]
    if not older:
        raise InvalidInput("There is no version before the current one.")
    return older[0]


def _row(version: VersionEntry) -> dict[str, object]:
    return {
        "version": version.number,
        "state": version.state.value,
        "answers": version.is_current,
        "file": version.file_name,
        "pages": version.page_count,
        "passages": version.chunk_count,
        "uploaded_by": version.uploaded_by,
        "uploaded_at": version.uploaded_at.isoformat(timespec="minutes"),
        "reason": version.reason,
    }
