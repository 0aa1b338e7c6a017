"""Collections: what exists, who may read it, and the pinned way of indexing it."""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, select

from core.domain.access import require_active, require_admin
from core.domain.identity import User
from core.domain.knowledge import Collection, Sensitivity
from core.errors import Conflict, InvalidInput, NotFound
from core.guardrails.text import clean, clean_line
from core.storage.database import Database
from core.storage.queries.audit import joined, record_event
from core.storage.queries.collections import (
    all_collections,
    collection_by_id,
    readable_collections,
    shared_row,
    with_counts,
)
from core.storage.queries.people import group_ids_named
from core.storage.tables import CollectionGroupRow, CollectionRow, UserRow

MAX_NAME = 80


class Collections:
    """Creates collections and opens them to groups; without a group nobody may read one.

    New collections are pinned to the embedding model, its dimension and the splitter version.
    """

    def __init__(
        self,
        database: Database,
        *,
        embedding_model: str,
        embedding_dimension: int,
        splitter_version: str,
    ) -> None:
        self._database = database
        self._embedding_model = embedding_model
        self._embedding_dimension = embedding_dimension
        self._splitter_version = splitter_version

    def add(  # noqa: PLR0913  each field of the form by its name
        self,
        actor: User,
        name: str,
        *,
        description: str = "",
        groups: Sequence[str] = (),
        is_open: bool = False,
        sensitivity: Sensitivity = Sensitivity.INTERNAL,
    ) -> Collection:
        """Create a collection; admins only. Raise InvalidInput for the name, Conflict if taken."""
        require_admin(actor)
        row = CollectionRow(
            name=_clean_name(name),
            description=clean(description).text.strip(),
            is_open=is_open,
            sensitivity=sensitivity,
            owner_id=actor.id or None,
            embedding_model=self._embedding_model,
            embedding_dimension=self._embedding_dimension,
            splitter_version=self._splitter_version,
        )
        with self._database.begin() as session:
            _require_free_name(session, row.name)
            session.add(row)
            session.flush()
            _open_to(session, row.id, groups)
            collection = collection_by_id(session, row.id)
            record_event(
                session,
                actor,
                "collection.added",
                row.id,
                is_open=is_open,
                groups=joined(collection.group_ids),
                sensitivity=sensitivity,
            )
            return collection

    def list_all(self, actor: User) -> list[Collection]:
        """Return every collection, by name; admins only."""
        require_admin(actor)
        with self._database.read() as session:
            return with_counts(session, all_collections(session))

    def readable(self, user: User) -> list[Collection]:
        """Return the collections this person gets answers from, by name."""
        require_active(user)
        with self._database.read() as session:
            return with_counts(session, readable_collections(session, user))

    def rename(self, actor: User, collection_id: str, name: str) -> Collection:
        """Rename a collection. Raise InvalidInput for the name, Conflict if taken, NotFound."""
        require_admin(actor)
        cleaned = _clean_name(name)
        with self._database.begin() as session:
            row = shared_row(session, collection_id)
            if cleaned != row.name:
                _require_free_name(session, cleaned)
            row.name = cleaned
            record_event(session, actor, "collection.renamed", row.id)
            return collection_by_id(session, row.id)

    def set_access(
        self, actor: User, collection_id: str, *, groups: Sequence[str], is_open: bool
    ) -> Collection:
        """Replace the groups that may read it; admins only; raise NotFound."""
        require_admin(actor)
        with self._database.begin() as session:
            row = shared_row(session, collection_id)
            before = collection_by_id(session, row.id)
            row.is_open = is_open
            ended = col(CollectionGroupRow.collection_id) == row.id
            session.exec(delete(CollectionGroupRow).where(ended))
            _open_to(session, row.id, groups)
            collection = collection_by_id(session, row.id)
            record_event(
                session,
                actor,
                "collection.access_changed",
                row.id,
                was_open=before.is_open,
                is_open=is_open,
                before=joined(before.group_ids),
                after=joined(collection.group_ids),
            )
            return collection

    def set_owner(self, actor: User, collection_id: str, owner_id: str) -> Collection:
        """Make an active person the owner; an empty id means no owner.

        Admins only; owning a collection opens its knowledge gaps, not its documents. Raises
        NotFound for a collection or person that does not exist.
        """
        require_admin(actor)
        with self._database.begin() as session:
            row = shared_row(session, collection_id)
            owner = session.get(UserRow, owner_id) if owner_id else None
            if owner_id and (owner is None or not owner.is_active):
                raise NotFound("This account no longer exists, or it is deactivated.")
            before, row.owner_id = row.owner_id or "", owner_id or None
            record_event(
                session, actor, "collection.owner_changed", row.id, before=before, after=owner_id
            )
            return collection_by_id(session, row.id)


def _clean_name(name: str) -> str:
    cleaned = clean_line(name)
    if not cleaned or len(cleaned) > MAX_NAME:
        raise InvalidInput(f"Enter a collection name of at most {MAX_NAME} characters.")
    return cleaned


def _require_free_name(session: Session, name: str) -> None:
    if session.exec(select(CollectionRow.id).where(CollectionRow.name == name)).first():
        raise Conflict(f"There is already a collection named “{name}”.")


def _open_to(session: Session, collection_id: str, names: Sequence[str]) -> None:
    ids = group_ids_named(session, list(names))
    session.add_all(CollectionGroupRow(collection_id=collection_id, group_id=i) for i in ids)
    session.flush()
