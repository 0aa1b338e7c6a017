"""Which collections exist and which a person may read."""

from sqlmodel import Session, col, func, select

from core.domain.access import may_read
from core.domain.identity import User
from core.domain.knowledge import Collection, Sensitivity
from core.errors import NotFound
from core.storage.tables import CollectionGroupRow, CollectionRow, DocumentRow, UserRow


def all_collections(session: Session) -> list[Collection]:
    """Every collection, by name; for administration only."""
    rows = session.exec(select(CollectionRow).order_by(col(CollectionRow.name))).all()
    return [_to_collection(session, row) for row in rows]


def readable_collections(session: Session, user: User) -> list[Collection]:
    """The collections this person may read, by name; empty is the default."""
    return [c for c in all_collections(session) if may_read(user, c)]


def collection_named(session: Session, name: str) -> Collection:
    """Raises NotFound if there is no collection of this name."""
    row = session.exec(select(CollectionRow).where(CollectionRow.name == name)).first()
    if row is None:
        raise NotFound(f"There is no collection named “{name}”.")
    return _to_collection(session, row)


def collection_by_id(session: Session, collection_id: str) -> Collection:
    """Raises NotFound if there is no such collection."""
    row = session.get(CollectionRow, collection_id)
    if row is None:
        raise NotFound("This collection does not exist any more.")
    return _to_collection(session, row)


def _to_collection(session: Session, row: CollectionRow) -> Collection:
    groups = session.exec(
        select(CollectionGroupRow.group_id).where(CollectionGroupRow.collection_id == row.id)
    ).all()
    owner = session.get(UserRow, row.owner_id) if row.owner_id else None
    documents = session.exec(
        select(func.count(col(DocumentRow.id))).where(
            DocumentRow.collection_id == row.id, col(DocumentRow.current_version_id).is_not(None)
        )
    ).one()
    return Collection(
        id=row.id,
        name=row.name,
        description=row.description,
        is_open=row.is_open,
        group_ids=frozenset(groups),
        sensitivity=Sensitivity(row.sensitivity),
        embedding_model=row.embedding_model,
        embedding_dimension=row.embedding_dimension,
        owner_name=owner.name if owner else "",
        document_count=documents,
        owner_id=row.owner_id or "",
    )
