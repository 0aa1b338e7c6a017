"""`documents`: list them, show their reliability, set their details, read their passages."""

from datetime import date, datetime
from typing import Annotated

import typer

from core.domain.identity import SYSTEM
from core.domain.knowledge import DocumentOverview, DocumentState, Sensitivity
from core.errors import NotFound
from ingestion.library.catalogue import DocumentFilter, Order
from ingestion.library.fitness import Fitness
from ingestion.library.reviews import ReviewState
from ingestion.library.stewardship import Changes, Details
from terminal.context import collection_named, services, user_named
from terminal.output import Json, emit, emit_table, readable_errors

documents = typer.Typer(no_args_is_help=True, help="Documents and their owners.")

DocumentId = Annotated[str, typer.Argument(help="Id, as `documents list` shows it.")]


@documents.command("list")
def list_documents(
    collection: Annotated[str | None, typer.Option(help="Only from this collection.")] = None,
    state: Annotated[DocumentState | None, typer.Option(help="Only with this status.")] = None,
    review: Annotated[ReviewState | None, typer.Option(help="Only with this status.")] = None,
    search: Annotated[str, typer.Option(help="Words in the title or the file name.")] = "",
    order: Annotated[Order, typer.Option(help="Order of the list.")] = Order.NEWEST,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: Json = False,
) -> None:
    """List documents in their newest version with their reliability."""
    with readable_errors():
        collection_id = collection_named(collection) if collection else None
        wanted = DocumentFilter(collection_id, state, search, review=review)
        page = services().catalogue.page(SYSTEM, wanted, order=order, limit=limit)
        fitness = services().stewardship.fitness(SYSTEM, [d.id for d in page.documents])
        emit_table([_row(d, fitness.get(d.id)) for d in page.documents], as_json=as_json)


@documents.command("show")
def show_document(document_id: DocumentId, as_json: Json = False) -> None:
    """Show the owner of a document and its reliability."""
    with readable_errors():
        details = services().stewardship.details(SYSTEM, document_id)
        fitness = services().stewardship.fitness(SYSTEM, [document_id])[document_id]
        _emit_one(_facts(details) | _fitness(fitness), as_json=as_json)


@documents.command("set")
def set_documents(
    document_ids: Annotated[list[str], typer.Argument(help="Ids of one or more documents.")],
    owner: Annotated[
        str | None, typer.Option(help="E-mail address of the owner; empty for no owner.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Where the document comes from.")] = None,
    classification: Annotated[Sensitivity | None, typer.Option()] = None,
    rights: Annotated[str | None, typer.Option(help="Licence or note on rights.")] = None,
    review_by: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Date of the next review.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Set owner, origin, classification, rights or review date; the rest stays unchanged."""
    with readable_errors():
        changes = Changes(
            owner_id=_owner_id(owner),
            source=source,
            classification=classification,
            rights=rights,
            review_by=review_by.date() if review_by else None,
        )
        if not services().stewardship.update(SYSTEM, document_ids, changes):
            raise NotFound("None of these documents exist.")
        changed = [services().stewardship.details(SYSTEM, one) for one in document_ids]
        emit_table([_facts(details) for details in changed], as_json=as_json)


@documents.command("reviewed")
def review_document(
    document_id: DocumentId,
    next_review: Annotated[
        datetime, typer.Option("--next", formats=["%Y-%m-%d"], help="Date of the next review.")
    ],
    as_json: Json = False,
) -> None:
    """Record that a document was reviewed, and when its next review is due."""
    with readable_errors():
        details = services().stewardship.mark_reviewed(SYSTEM, document_id, next_review.date())
        _emit_one(_facts(details), as_json=as_json)


@documents.command("passages")
def show_passages(
    document_id: DocumentId,
    page: Annotated[int, typer.Option(min=1, help="Number of the page.")] = 1,
    as_json: Json = False,
) -> None:
    """Show how a page of the current version was split into passages."""
    with readable_errors():
        services().audit.note_reading(SYSTEM, "passages", document_id)
        passages = services().documents.passages(SYSTEM, _version_id(document_id), page)
        emit_table(
            [
                {
                    "number": one.number,
                    "headings": " > ".join(one.headings),
                    "characters": len(one.text),
                    "start": one.start,
                    "end": one.end,
                    "text": one.text,
                }
                for one in passages
            ],
            as_json=as_json,
        )


def _version_id(document_id: str) -> str:
    """Return the current version; raise NotFound if there is none."""
    version_id = services().stewardship.details(SYSTEM, document_id).current_version_id
    if not version_id:
        raise NotFound("This document has no version that is ready.")
    return version_id


def _owner_id(email: str | None) -> str | None:
    """Return the owner's id; None changes nothing, an empty address means no owner."""
    if email is None:
        return None
    return user_named(email).id if email.strip() else ""


def _emit_one(record: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        emit(record)
        return
    emit_table([{"what": key, "is": _word(value)} for key, value in record.items()], as_json=False)


def _row(document: DocumentOverview, fitness: Fitness | None) -> dict[str, object]:
    return {
        "id": document.id,
        "title": document.title,
        "collection": document.collection_name,
        "state": document.state.value,
        "version": document.version,
        "pages": document.page_count,
        "passages": document.chunk_count,
        "classification": document.classification.value,
        "owner": document.owner_name,
        "review_by": _day(document.review_by),
        "fitness": fitness.reliability.value if fitness else "",
    }


def _facts(details: Details) -> dict[str, object]:
    reviewed_at = details.reviewed_at
    return {
        "id": details.document_id,
        "title": details.title,
        "collection": details.collection_name,
        "owner": details.owner_name,
        "source": details.source,
        "classification": details.classification.value,
        "rights": details.rights,
        "review_by": _day(details.review_by),
        "review": details.review.value,
        "reviewed_at": reviewed_at.isoformat(timespec="minutes") if reviewed_at else "",
    }


def _fitness(fitness: Fitness) -> dict[str, object]:
    return {
        "fitness": fitness.reliability.value,
        "concerns": list(fitness.concerns),
        "pages": fitness.pages,
        "readable_pages": fitness.readable_pages,
        "quality": fitness.quality,
        "ocr_pages": fitness.ocr_pages,
        "ocr_confidence": fitness.ocr_confidence,
        "age_days": fitness.age_days,
        "times_cited": fitness.times_cited,
        "thumbs_down": fitness.thumbs_down,
        "open_findings": fitness.open_findings,
    }


def _word(value: object) -> object:
    if isinstance(value, list):
        return "; ".join(value)
    return "" if value is None else value


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
