"""`erase`: remove documents, and their bytes from every file."""

from collections.abc import Iterator
from typing import Annotated

import typer

from core.domain.identity import SYSTEM
from core.domain.knowledge import DocumentOverview
from core.domain.text.plurals import count
from core.errors import InvalidInput, NotFound
from ingestion.erasing.erasure import ErasureReceipt
from terminal.context import collection_named, services
from terminal.output import Json, confirm, emit, readable_errors, say

DOCUMENTS_TOGETHER = 500


def erase(
    document: Annotated[
        list[str] | None, typer.Argument(help="Ids of documents.", show_default=False)
    ] = None,
    file: Annotated[str | None, typer.Option(help="Documents with this file name.")] = None,
    collection: Annotated[
        str | None, typer.Option(help="Documents in this collection; without --file, all of them.")
    ] = None,
    deleted: Annotated[
        bool,
        typer.Option("--deleted", help="Erase the traces of everything that was deleted before."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: Json = False,
) -> None:
    """Delete documents and every byte of them; stop the app first, or erase in the app."""
    with readable_errors():
        document_ids = _chosen(document or [], file, collection, deleted=deleted)
        if not yes:
            _ask(len(document_ids))
        with services().worker.exclusive():
            erasure = services().lifecycle.erasure
            receipt = (
                erasure.erase_deleted(SYSTEM) if deleted else erasure.erase(SYSTEM, document_ids)
            )
        _show(receipt, as_json=as_json)


def _chosen(
    document_ids: list[str], file: str | None, collection: str | None, *, deleted: bool
) -> list[str]:
    is_named = file is not None or collection is not None
    if sum((bool(document_ids), is_named, deleted)) != 1:
        raise InvalidInput(
            "Choose documents by id or by --file and --collection, or pass --deleted."
        )
    if not is_named:
        return document_ids
    collection_id = collection_named(collection) if collection else None
    found = [d.id for d in _all(collection_id) if file is None or d.file_name == file]
    if not found:
        raise NotFound("No document matches.")
    return found


def _all(collection_id: str | None) -> Iterator[DocumentOverview]:
    documents, offset = services().documents, 0
    while some := documents.list(SYSTEM, collection_id, limit=DOCUMENTS_TOGETHER, offset=offset):
        yield from some
        offset += len(some)


def _ask(documents: int) -> None:
    what = count(documents, "document") if documents else "all traces of deleted documents"
    confirm(f"Erase {what}? This cannot be undone")


def _show(receipt: ErasureReceipt, *, as_json: bool) -> None:
    record = {
        "documents": len(receipt.deletions),
        "versions": sum(one.versions for one in receipt.deletions),
        "pages": sum(one.pages for one in receipt.deletions),
        "chunks": sum(one.chunks for one in receipt.deletions),
        "originals": sum(one.originals for one in receipt.deletions),
        "remaining_chunks": sum(one.remaining_chunks for one in receipt.deletions),
        "answers_redacted": receipt.redaction.answers,
        "ideas_redacted": receipt.redaction.ideas,
        "cases_retired": receipt.redaction.cases,
        "indexes_rebuilt": receipt.collections,
        "vector_files_rebuilt": receipt.files_rebuilt,
    }
    if as_json:
        emit(record)
        return
    typer.echo(
        f"Erased {count(record['documents'], 'document')} with "
        f"{count(record['chunks'], 'passage')}. Quotes removed from "
        f"{count(receipt.redaction.answers, 'earlier answer')}."
    )
    if not receipt.files_rebuilt:
        say(
            "The vectors are on a Chroma server. Run “chroma vacuum” on its folder to remove "
            "their last traces.",
            "yellow",
        )
