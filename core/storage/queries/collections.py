"""Which collections exist and which a person may read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session, col, func, select

from core.domain.access import may_read
from core.domain.identity import User
from core.domain.knowledge import Collection, Sensitivity
from core.errors import NotFound
from core.storage.tables import CollectionGroupRow, CollectionRow, DocumentRow, UserRow


def all_collections(session: Session) -> list[Collection]:
    """Every collection, by name; for administration only."""
    rows = session.exec(select(CollectionRow).order_by(col(CollectionRow.name))).all()
    return _to_collections(session, rows)


def readable_collections(session: Session, user: User) -> list[Collection]:
    """The collections this person may read, by name; empty is the default."""
    return [c for c in all_collections(session) if may_read(user, c)]


def collection_named(session: Session, name: str) -> Collection:
    """Raises NotFound if there is no collection of this name."""
    row = session.exec(select(CollectionRow).where(CollectionRow.name == name)).first()
    if row is None:
        raise NotFound(f"There is no collection named “{name}”.")
    return _to_collections(session, [row])[0]


def with_counts(session: Session, collections: Iterable[Collection]) -> list[Collection]:
    """The same with the number of documents that can be found; a search does not wait for it."""
    rows = session.exec(
        select(DocumentRow.collection_id, func.count(col(DocumentRow.id)))
        .where(col(DocumentRow.current_version_id).is_not(None))
        .group_by(col(DocumentRow.collection_id))
    ).all()
    counts = dict(rows)
    return [replace(one, document_count=counts.get(one.id, 0)) for one in collections]


def collection_by_id(session: Session, collection_id: str) -> Collection:
    """Raises NotFound if there is no such collection."""
    row = session.get(CollectionRow, collection_id)
    if row is None:
        raise NotFound("This collection does not exist any more.")
    return _to_collections(session, [row])[0]


def _to_collections(session: Session, rows: Sequence[CollectionRow]) -> list[Collection]:
    """Three queries, however many collections there are."""
    ids = [row.id for row in rows]
    groups: dict[str, set[str]] = defaultdict(set)
    for collection_id, group_id in session.exec(
        select(CollectionGroupRow.collection_id, CollectionGroupRow.group_id).where(
            col(CollectionGroupRow.collection_id).in_(ids)
        )
    ).all():
        groups[collection_id].add(group_id)
    owner_ids = {row.owner_id for row in rows if row.owner_id}
    names = dict(
        session.exec(select(UserRow.id, UserRow.name).where(col(UserRow.id).in_(owner_ids))).all()
    )
    return [_to_collection(row, groups[row.id], names) for row in rows]


def _to_collection(
    row: CollectionRow, group_ids: Iterable[str], names: Mapping[str, str]
) -> Collection:
    return Collection(
        id=row.id,
        name=row.name,
        description=row.description,
        is_open=row.is_open,
        group_ids=frozenset(group_ids),
        sensitivity=Sensitivity(row.sensitivity),
        embedding_model=row.embedding_model,
        embedding_dimension=row.embedding_dimension,
        owner_name=names.get(row.owner_id or "", ""),
        owner_id=row.owner_id or "",
        generation=row.generation,
    )
