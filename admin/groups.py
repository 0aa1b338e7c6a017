"""Groups of people: what collections are opened to."""

from sqlmodel import Session, col, func, select

from core.domain.access import require_admin
from core.domain.identity import Actor, Group, User
from core.domain.text.plurals import count
from core.errors import Conflict, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.queries.audit import joined, record_event
from core.storage.queries.people import groups
from core.storage.tables import CollectionGroupRow, GroupRow, MembershipRow

MAX_NAME = 80


class Groups:
    """Administration of groups, for administrators or SYSTEM; changes count at the next request."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, actor: User) -> "list[Group]":
        """Return all groups with their sizes, by name."""
        require_admin(actor)
        with self._database.read() as session:
            return groups(session)

    def add(self, actor: User, name: str) -> Group:
        """Create a group. Raise InvalidInput for the name, Conflict if taken."""
        require_admin(actor)
        cleaned = clean_group_name(name)
        with self._database.begin() as session:
            _require_free(session, cleaned)
            row = GroupRow(name=cleaned)
            session.add(row)
            session.flush()
            record_event(session, actor, "group.added", row.id)
            return Group(row.id, row.name)

    def rename(self, actor: User, name: str, new_name: str) -> Group:
        """Rename a group; people and collections keep it. Raise as `add` does, and NotFound."""
        require_admin(actor)
        cleaned = clean_group_name(new_name)
        with self._database.begin() as session:
            row = _named(session, name)
            if cleaned != row.name:
                _require_free(session, cleaned)
            row.name = cleaned
            record_event(session, actor, "group.renamed", row.id)
            return Group(row.id, row.name, _members(session, row.id))

    def remove(self, actor: User, name: str, *, although_used: bool = False) -> Group:
        """Remove a group and return it as it was; its people lose the access it gave them.

        Raises NotFound, and Conflict if it is used and that was not said to be meant.
        """
        require_admin(actor)
        with self._database.begin() as session:
            row = _named(session, name)
            members, collections = _members(session, row.id), _collections(session, row.id)
            if (members or collections) and not although_used:
                raise Conflict(
                    f"The group “{row.name}” has {count(members, 'member')} and gives access to "
                    f"{count(collections, 'collection')}. Nothing was removed."
                )
            remove_group(session, actor, row)
            return Group(row.id, row.name, members)


def remove_group(session: Session, actor: Actor, row: GroupRow) -> None:
    """Remove a group; the record names its people, and the collections it gave access to."""
    people, opened = _people(session, row.id), _opened(session, row.id)
    session.delete(row)
    record_event(session, actor, "group.removed", row.id, members=people, collections=opened)


def clean_group_name(name: str) -> str:
    """Return a name as it is stored; raise InvalidInput if it is empty or too long."""
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > MAX_NAME:
        raise InvalidInput(f"Enter a group name of at most {MAX_NAME} characters.")
    return cleaned


def _named(session: Session, name: str) -> GroupRow:
    row = session.exec(select(GroupRow).where(GroupRow.name == name.strip())).first()
    if row is None:
        raise NotFound(f"There is no group “{name}”.")
    return row


def _require_free(session: Session, name: str) -> None:
    if session.exec(select(GroupRow.id).where(GroupRow.name == name)).first():
        raise Conflict(f"There is already a group named “{name}”.")


def _members(session: Session, group_id: str) -> int:
    count = select(func.count()).where(col(MembershipRow.group_id) == group_id)
    return session.exec(count).one()


def _people(session: Session, group_id: str) -> str:
    of_group = col(MembershipRow.group_id) == group_id
    return joined(session.exec(select(MembershipRow.user_id).where(of_group)))


def _opened(session: Session, group_id: str) -> str:
    of_group = col(CollectionGroupRow.group_id) == group_id
    return joined(session.exec(select(CollectionGroupRow.collection_id).where(of_group)))


def _collections(session: Session, group_id: str) -> int:
    count = select(func.count()).where(col(CollectionGroupRow.group_id) == group_id)
    return session.exec(count).one()
