"""Reads collections: all of them, or those that a person may read.

Files of conversations are in collections of their own, which only `indexed_collections` and
`collection_by_id` return.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from core.domain.access import may_read
from core.domain.identity import User
from core.domain.knowledge import Collection, Sensitivity
from core.errors import NotFound
from core.storage.queries.spending.switches import is_document_on
from core.storage.tables import CollectionGroupRow, CollectionRow, DocumentRow, UserRow

GONE = "This collection no longer exists."


def all_collections(session: Session) -> list[Collection]:
    """Return every collection of the company, by name; for administration only."""
    return _collections(session, col(CollectionRow.conversation_id).is_(None))


def indexed_collections(session: Session) -> list[Collection]:
    """Return everything that has indexes, files of conversations too; for upkeep only."""
    return _collections(session)


def readable_collections(session: Session, user: User) -> list[Collection]:
    """Return the collections this person may read, by name; none unless access was given."""
    return [c for c in all_collections(session) if may_read(user, c)]


def collection_named(session: Session, name: str) -> Collection:
    """Return the collection of this name; raise NotFound if there is none."""
    is_shared = col(CollectionRow.conversation_id).is_(None)
    collections = _collections(session, CollectionRow.name == name, is_shared)
    if not collections:
        raise NotFound(f"There is no collection named “{name}”.")
    return collections[0]


def with_counts(session: Session, collections: Iterable[Collection]) -> list[Collection]:
    """Add the number of documents that can be found; only lists need it, searches do not."""
    rows = session.exec(
        select(DocumentRow.collection_id, func.count(col(DocumentRow.id)))
        .where(col(DocumentRow.current_version_id).is_not(None), is_document_on())
        .group_by(col(DocumentRow.collection_id))
    ).all()
    counts = dict(rows)
    return [
        replace(collection, document_count=counts.get(collection.id, 0))
        for collection in collections
    ]


def collection_by_id(session: Session, collection_id: str) -> Collection:
    """Return the collection, also one of a conversation; raise NotFound if it does not exist."""
    collections = _collections(session, CollectionRow.id == collection_id)
    if not collections:
        raise NotFound(GONE)
    return collections[0]


def shared_collection(session: Session, collection_id: str) -> Collection:
    """Return a collection of the company; raise NotFound if there is no such."""
    collection = collection_by_id(session, collection_id)
    if collection.conversation_id:
        raise NotFound(GONE)
    return collection


def shared_row(session: Session, collection_id: str) -> CollectionRow:
    """Return the row of a collection of the company, to be changed; raise NotFound."""
    row = session.get(CollectionRow, collection_id)
    if row is None or row.conversation_id is not None:
        raise NotFound(GONE)
    return row


def classes_of(session: Session, document_ids: Iterable[str]) -> dict[str, Sensitivity]:
    """Return the class of each document: its own or that of its collection, the higher one."""
    rows = session.exec(
        select(DocumentRow.id, DocumentRow.classification, CollectionRow.sensitivity)
        .join(CollectionRow, col(CollectionRow.id) == DocumentRow.collection_id)
        .where(col(DocumentRow.id).in_(set(document_ids)))
    )
    return {id_: highest_class(map(Sensitivity, classes)) for id_, *classes in rows}


def highest_class_of(session: Session, document_ids: Iterable[str]) -> Sensitivity:
    """Return the highest class of these documents, the highest there is if one is unknown."""
    ids = set(document_ids)
    classes = classes_of(session, ids)
    return highest_class(classes.values()) if len(classes) == len(ids) else Sensitivity.RESTRICTED


def highest_class(classes: Iterable[Sensitivity]) -> Sensitivity:
    """Return the highest of these classes; of none, the highest there is."""
    order = list(Sensitivity)
    return max(classes, key=order.index, default=Sensitivity.RESTRICTED)


def _collections(session: Session, *conditions: ColumnElement[bool] | bool) -> list[Collection]:
    """Return collections by name, in one query: every page run and every search asks for them."""
    rows = session.exec(
        select(CollectionRow, UserRow.name, CollectionGroupRow.group_id)
        .join(UserRow, col(UserRow.id) == CollectionRow.owner_id, isouter=True)
        .join(
            CollectionGroupRow,
            col(CollectionGroupRow.collection_id) == CollectionRow.id,
            isouter=True,
        )
        .where(*conditions)
        .order_by(col(CollectionRow.name))
    ).all()
    groups: dict[str, set[str]] = defaultdict(set)
    for row, _, group_id in rows:
        if group_id is not None:
            groups[row.id].add(group_id)
    once = {row.id: (row, owner or "") for row, owner, _ in rows}
    return [_to_collection(row, groups[row.id], owner) for row, owner in once.values()]


def _to_collection(row: CollectionRow, group_ids: Iterable[str], owner_name: str) -> Collection:
    return Collection(
        id=row.id,
        name=row.name,
        description=row.description,
        is_open=row.is_open,
        group_ids=frozenset(group_ids),
        sensitivity=Sensitivity(row.sensitivity),
        embedding_model=row.embedding_model,
        embedding_dimension=row.embedding_dimension,
        owner_name=owner_name,
        owner_id=row.owner_id or "",
        generation=row.generation,
        conversation_id=row.conversation_id or "",
    )
