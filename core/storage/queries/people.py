"""Reads and writes of accounts and groups that several features need."""

from collections.abc import Iterable
from dataclasses import replace

from sqlmodel import Session, col, func, select

from core.domain.identity import Group, PolicyStanding, Role, User
from core.errors import NotFound
from core.storage.queries.governance.policy import awaits_policy
from core.storage.tables import GroupRow, MembershipRow, UserRow

GROUP_NAMES_KEPT = 400


def user_by_id(session: Session, user_id: str) -> User | None:
    """Return the person with their groups as they are now, None if unknown."""
    rows = session.exec(
        select(UserRow, MembershipRow.group_id, awaits_policy(user_id))
        .join(MembershipRow, col(MembershipRow.user_id) == UserRow.id, isouter=True)
        .where(UserRow.id == user_id)
    ).all()
    if not rows:
        return None
    row, _, awaits = rows[0]
    return _user(row, {group for _, group, _ in rows if group}, awaits=awaits)


def as_now(session: Session, user: User) -> User:
    """Return the person as the database knows them now; inactive if their account is gone.

    The terminal and test cases act as somebody without an account, who stays as they are. Whoever
    was not asked for the policy is not asked now.
    """
    if not user.id:
        return user
    person = user_by_id(session, user.id) or replace(user, is_active=False)
    person = replace(person, origin=user.origin, needs_confirmation=user.needs_confirmation)
    is_asked = user.policy is not PolicyStanding.NOT_ASKED
    return person if is_asked else replace(person, policy=PolicyStanding.NOT_ASKED)


def joined_groups(session: Session, user: User) -> str:
    """Return the names of the person's groups as they are kept with usage, `Customs + Sales`.

    One text for all groups, so that nothing is counted twice for people in several. It is shortened
    to the 400 characters that are kept.
    """
    if not user.group_ids:
        return ""
    names = session.exec(
        select(GroupRow.name)
        .where(col(GroupRow.id).in_(sorted(user.group_ids)))
        .order_by(GroupRow.name)
    )
    joined = " + ".join(names)
    return joined if len(joined) <= GROUP_NAMES_KEPT else f"{joined[: GROUP_NAMES_KEPT - 1]}…"


def all_names(session: Session) -> list[tuple[str, str]]:
    """Return name and e-mail address of every account, also of those that are closed."""
    return list(session.exec(select(UserRow.name, UserRow.email).order_by(col(UserRow.id))))


def user_by_email(session: Session, email: str) -> User | None:
    """Return the person with this e-mail address in any case, None if unknown."""
    row = session.exec(select(UserRow).where(UserRow.email == email.strip().lower())).first()
    return None if row is None else to_user(session, row)


def to_user(session: Session, row: UserRow) -> User:
    """Return the domain value of an account row."""
    person = user_by_id(session, row.id)
    if person is None:
        raise NotFound("This account no longer exists.")
    return person


def _user(row: UserRow, group_ids: Iterable[str], *, awaits: bool) -> User:
    return User(
        id=row.id,
        email=row.email,
        name=row.name,
        role=Role(row.role),
        group_ids=frozenset(group_ids),
        is_active=row.is_active,
        policy=PolicyStanding.AWAITED if awaits else PolicyStanding.SETTLED,
    )


def groups(session: Session) -> list[Group]:
    """Return all groups with their sizes, by name."""
    members = func.count(col(MembershipRow.user_id))
    rows = session.exec(
        select(GroupRow, members)
        .join(MembershipRow, col(MembershipRow.group_id) == GroupRow.id, isouter=True)
        .group_by(col(GroupRow.id), col(GroupRow.name))
        .order_by(col(GroupRow.name))
    ).all()
    return [Group(row.id, row.name, count) for row, count in rows]


def group_ids_named(session: Session, names: list[str]) -> set[str]:
    """Return the ids of the groups with these names; groups that do not exist yet are created."""
    ids = set()
    for name in {n.strip() for n in names if n.strip()}:
        row = session.exec(select(GroupRow).where(GroupRow.name == name)).first()
        if row is None:
            row = GroupRow(name=name)
            session.add(row)
            session.flush()
        ids.add(row.id)
    return ids
