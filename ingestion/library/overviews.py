"""Queries for the list of documents and for single versions; all take a session first."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, or_, select

from core.domain.access import require_policy
from core.domain.identity import User
from core.domain.knowledge import DocumentOverview, DocumentState, Sensitivity
from core.errors import NotFound
from core.storage.queries.collections import collection_by_id
from core.storage.queries.privacy.attachments import is_shared_version, may_open
from core.storage.queries.spending.switches import documents_off
from core.storage.tables import CollectionRow, DocumentRow, DocumentVersionRow, PageRow, UserRow
from ingestion.values import PageView

Owner = aliased(UserRow)
_OWNER = Owner.name
GONE = "This document does not exist, or you cannot access it."


def overviews(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    *,
    limit: int,
    offset: int,
    order: Sequence[Any] = (),  # Any: columns and their orderings share no public type
) -> list[DocumentOverview]:
    """Return documents in their newest version, newest upload first unless ordered otherwise."""
    latest = (col(DocumentVersionRow.uploaded_at).desc(), col(DocumentRow.id))
    rows = session.exec(
        newest_versions(DocumentRow, DocumentVersionRow, CollectionRow.name, UserRow.name, _OWNER)
        .join(CollectionRow, col(CollectionRow.id) == DocumentRow.collection_id)
        .join(UserRow, col(UserRow.id) == DocumentVersionRow.uploaded_by, isouter=True)
        .join(Owner, col(Owner.id) == DocumentRow.owner_id, isouter=True)
        .where(*conditions)
        .order_by(*order, *latest)
        .limit(limit)
        .offset(offset)
    ).all()
    return [_overview(*row) for row in rows]


def count_documents(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    """Return how many documents `overviews` has in all."""
    count: int = session.exec(newest_versions(func.count()).where(*conditions)).one()
    return count


def conditions_for(
    collection_id: str | None, state: DocumentState | None, search: str
) -> list[ColumnElement[bool]]:
    """Return the filters of the list; `search` looks into title and file name."""
    conditions: list[ColumnElement[bool]] = []
    if collection_id is not None:
        conditions.append(col(DocumentRow.collection_id) == collection_id)
    if state is not None:
        conditions.append(col(DocumentVersionRow.state) == state.value)
    if search.strip():
        words = search.strip()
        conditions.append(
            or_(
                col(DocumentRow.title).icontains(words, autoescape=True),
                col(DocumentVersionRow.file_name).icontains(words, autoescape=True),
            )
        )
    return conditions


def readable_version(
    session: Session, user: User, version_id: str
) -> tuple[DocumentRow, DocumentVersionRow]:
    """Return a ready version, also an old one; raises NotFound unless this person may read it.

    Only administrators still read a document that is turned off. A file of a conversation is open
    to the person of that conversation and to nobody else.
    """
    require_policy(user)
    version = session.get(DocumentVersionRow, version_id)
    document = session.get(DocumentRow, version.document_id) if version else None
    if version is None or document is None or version.state != DocumentState.READY:
        raise NotFound(GONE)
    if not may_open(session, user, collection_by_id(session, document.collection_id)):
        raise NotFound(GONE)
    if not user.is_admin and documents_off(session, [document.id]):
        raise NotFound(GONE)
    return document, version


def page_view(
    session: Session, document: DocumentRow, version: DocumentVersionRow, number: int
) -> PageView:
    """Return a page of a version; raises NotFound if it has no such page."""
    page = session.get(PageRow, (version.id, number))
    if page is None:
        raise NotFound(f"“{document.title}” has no page {number}.")
    return PageView(
        document_id=document.id,
        document_title=document.title,
        version_id=version.id,
        version=version.number,
        is_current=document.current_version_id == version.id,
        file_name=version.file_name,
        media_type=version.media_type,
        number=number,
        page_count=version.page_count,
        label=page.label,
        text=page.text,
        quality=page.quality,
        ocr_confidence=page.ocr_confidence,
    )


def newest_states(*columns: Any) -> Any:  # noqa: ANN401  select() has one overload per column count
    """Select like `newest_versions`, for columns and conditions of versions alone.

    Files of conversations are in neither.

    It takes half the time when all of them are counted.
    """
    is_listed = ~_is_followed(), is_shared_version()
    return select(*columns).select_from(DocumentVersionRow).where(*is_listed)


def newest_versions(*columns: Any) -> Any:  # noqa: ANN401  select() has one overload per column count
    """Select from the newest versions of documents, joined with the documents.

    An index is asked for each row whether there is a newer version: a page of 50 asks 50 times,
    whereas a maximum for each document would be computed for all documents.
    """
    return newest_states(*columns).join(
        DocumentRow, col(DocumentRow.id) == DocumentVersionRow.document_id
    )


def _is_followed() -> ColumnElement[bool]:
    newer = aliased(DocumentVersionRow)
    return (
        select(newer.id)
        .where(
            newer.document_id == DocumentVersionRow.document_id,
            col(newer.number) > DocumentVersionRow.number,
        )
        .correlate(DocumentVersionRow)
        .exists()
    )


def _overview(
    document: DocumentRow,
    version: DocumentVersionRow,
    collection_name: str,
    uploader: str | None,
    owner: str | None,
) -> DocumentOverview:
    return DocumentOverview(
        id=document.id,
        version_id=version.id,
        collection_id=document.collection_id,
        collection_name=collection_name,
        title=document.title,
        file_name=version.file_name,
        external_id=document.external_id,
        media_type=version.media_type,
        size_bytes=version.size_bytes,
        version=version.number,
        state=DocumentState(version.state),
        reason=version.reason,
        page_count=version.page_count,
        chunk_count=version.chunk_count,
        progress=version.progress,
        uploaded_by=uploader or "",
        uploaded_at=version.uploaded_at,
        owner_name=owner or "",
        classification=Sensitivity(document.classification),
        review_by=document.review_by,
        seconds=version.seconds,
    )
