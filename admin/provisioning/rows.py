"""Rows of people and groups as an identity provider sees them."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from scim2_models import Meta, NotFoundException, PreconditionFailedException
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import Select

from admin.provisioning.filters import Columns, Kind, SqlColumn
from admin.provisioning.models import (
    GroupOfPerson,
    ScimEmail,
    ScimGroup,
    ScimMember,
    ScimName,
    ScimPerson,
)
from core.errors import Conflict, NameTaken
from core.storage.tables import GroupRow, MembershipRow, ScimResourceRow, UserRow


class ResourceKind(StrEnum):
    """The kinds of resources."""

    PERSON = "user"
    GROUP = "group"


_SHARED: Columns = {
    "id": SqlColumn(col(ScimResourceRow.id), Kind.EXACT),
    "external_id": SqlColumn(col(ScimResourceRow.external_id), Kind.EXACT),
    "meta.created": SqlColumn(col(ScimResourceRow.created_at), Kind.TIME),
    "meta.last_modified": SqlColumn(col(ScimResourceRow.changed_at), Kind.TIME),
}
PERSON_COLUMNS: Columns = {
    **_SHARED,
    "user_name": SqlColumn(col(UserRow.email), Kind.LOWER),
    "display_name": SqlColumn(col(ScimResourceRow.display_name), Kind.TEXT),
    "name.formatted": SqlColumn(col(ScimResourceRow.formatted_name), Kind.TEXT),
    "name.given_name": SqlColumn(col(ScimResourceRow.given_name), Kind.TEXT),
    "name.family_name": SqlColumn(col(ScimResourceRow.family_name), Kind.TEXT),
    "active": SqlColumn(col(UserRow.is_active), Kind.FLAG),
}
GROUP_COLUMNS: Columns = {
    **_SHARED,
    "display_name": SqlColumn(col(GroupRow.name), Kind.TEXT),
}
OLDEST_FIRST = (col(ScimResourceRow.created_at), col(ScimResourceRow.id))


def people_query() -> Select[UserRow, ScimResourceRow]:
    """Return the query on all people whom identity providers look after."""
    return (
        select(UserRow, ScimResourceRow)
        .join(ScimResourceRow, col(ScimResourceRow.user_id) == UserRow.id)
        .where(col(ScimResourceRow.deleted_at).is_(None))
    )


def groups_query() -> Select[GroupRow, ScimResourceRow]:
    """Return the query on all groups that identity providers look after."""
    return select(GroupRow, ScimResourceRow).join(
        ScimResourceRow, col(ScimResourceRow.group_id) == GroupRow.id
    )


def person_rows(
    session: Session, person_id: str, *, to_change: bool = False
) -> tuple[UserRow, ScimResourceRow]:
    """Return the rows of a person; raise NotFoundException. Changes of one person wait in line.

    Raises Conflict for a change of an emergency account.
    """
    query = people_query().where(col(UserRow.id) == person_id)
    found = session.execute(query.with_for_update() if to_change else query).first()
    if found is None:
        raise NotFoundException(detail="There is no such user.")
    if to_change and found[0].is_emergency:
        raise Conflict("This is an emergency account, which provisioning does not change.")
    return found[0], found[1]


def group_rows(
    session: Session, group_id: str, *, to_change: bool = False
) -> tuple[GroupRow, ScimResourceRow]:
    """Return the rows of a group; raise NotFoundException. Changes of one group wait in line."""
    query = groups_query().where(col(GroupRow.id) == group_id)
    found = session.execute(query.with_for_update() if to_change else query).first()
    if found is None:
        raise NotFoundException(detail="There is no such group.")
    return found[0], found[1]


def person_of(row: UserRow, kept: ScimResourceRow, groups: Iterable[GroupRow] = ()) -> ScimPerson:
    """Return a person as it is sent."""
    name = ScimName(
        formatted=kept.formatted_name or None,
        given_name=kept.given_name or None,
        family_name=kept.family_name or None,
    )
    return ScimPerson(
        id=row.id,
        external_id=kept.external_id,
        user_name=row.email,
        name=name if any((name.formatted, name.given_name, name.family_name)) else None,
        display_name=kept.display_name or None,
        active=row.is_active,
        emails=[ScimEmail(**email) for email in kept.emails] or None,
        groups=[GroupOfPerson(value=group.id, display=group.name) for group in groups] or None,
        meta=_meta("User", kept, row.email, row.name, row.is_active),
    )


def group_of(row: GroupRow, kept: ScimResourceRow, members: Iterable[str] = ()) -> ScimGroup:
    """Return a group as it is sent; `members` are ids of people."""
    return ScimGroup(
        id=row.id,
        external_id=kept.external_id,
        display_name=row.name,
        members=[ScimMember(value=member, type="User") for member in members] or None,
        meta=_meta("Group", kept, row.name),
    )


def groups_of_people(session: Session, people: Sequence[str]) -> Mapping[str, list[GroupRow]]:
    """Return the groups of identity providers that each person is in, by name."""
    found: dict[str, list[GroupRow]] = defaultdict(list)
    query = (
        select(MembershipRow.user_id, GroupRow)
        .join(GroupRow, col(GroupRow.id) == MembershipRow.group_id)
        .join(ScimResourceRow, col(ScimResourceRow.group_id) == GroupRow.id)
        .where(col(MembershipRow.user_id).in_(people))
        .order_by(col(GroupRow.name))
    )
    for person_id, group in session.exec(query) if people else ():
        found[person_id].append(group)
    return found


def members_of_groups(session: Session, groups: Sequence[str]) -> Mapping[str, list[str]]:
    """Return the people of identity providers in each group; others in it are not told."""
    found: dict[str, list[str]] = defaultdict(list)
    query = (
        select(MembershipRow.group_id, MembershipRow.user_id)
        .join(ScimResourceRow, col(ScimResourceRow.user_id) == MembershipRow.user_id)
        .where(col(MembershipRow.group_id).in_(groups), col(ScimResourceRow.deleted_at).is_(None))
        .order_by(col(MembershipRow.user_id))
    )
    for group_id, person_id in session.exec(query) if groups else ():
        found[group_id].append(person_id)
    return found


def require_version(wanted: str, resource: ScimPerson | ScimGroup) -> None:
    """Raise PreconditionFailedException unless the header If-Match allows this version."""
    current = resource.meta.version if resource.meta else None
    allowed = [one.strip() for one in wanted.split(",") if one.strip()]
    if allowed and "*" not in allowed and current not in allowed:
        raise PreconditionFailedException(
            detail="It was changed in the meantime. Read it again, then repeat the change."
        )


def require_unknown(session: Session, kind: ResourceKind, external_id: str, own_id: str) -> None:
    """Raise NameTaken if another resource of this kind has this external id."""
    taken = select(ScimResourceRow.id).where(
        ScimResourceRow.kind == kind,
        ScimResourceRow.external_id == external_id,
        ScimResourceRow.id != own_id,
    )
    if external_id and session.exec(taken).first():
        raise NameTaken(f"Another {kind} has this externalId.")


def mark_changed(kept: ScimResourceRow, at: datetime) -> None:
    """Give a resource its next version."""
    kept.version += 1
    kept.changed_at = at


def _meta(resource_type: str, kept: ScimResourceRow, *told: object) -> Meta:
    """Return the meta data; the version also follows what administrators change."""
    return Meta(
        resource_type=resource_type,
        created=kept.created_at,
        last_modified=kept.changed_at,
        version=_version(kept.version, *told),
    )


def _version(*parts: object) -> str:
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()
    return f'W/"{digest[:16]}"'
