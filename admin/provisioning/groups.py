"""Groups that an identity provider creates, fills and removes; all others are not its own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from scim2_models import PatchOp, SearchRequest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from admin.groups import clean_group_name, remove_group
from admin.provisioning.administrators import AdministratorGroup
from admin.provisioning.members import (
    Members,
    apply_steps,
    member_steps,
    members_of,
    require_people,
    store_members,
)
from admin.provisioning.models import ScimGroup
from admin.provisioning.pages import Listing, ScimPage
from admin.provisioning.payloads import apply_patch, require_bounds
from admin.provisioning.rows import (
    GROUP_COLUMNS,
    OLDEST_FIRST,
    ResourceKind,
    group_of,
    group_rows,
    groups_query,
    mark_changed,
    members_of_groups,
    require_unknown,
    require_version,
)
from admin.provisioning.tokens import ScimClient
from core.domain.clock import now
from core.errors import NameTaken
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import GroupRow, ScimResourceRow


class ProvisionedGroups:
    """Groups of an identity provider; each change is one transaction and recorded.

    People who are in a group and not provisioned stay in it, and are not told. Methods raise
    SCIMException (unknown, changed meanwhile, a member that is no user), NameTaken, InvalidInput,
    and Conflict where a change would leave no active administrator.
    """

    def __init__(
        self,
        database: Database,
        *,
        administrators: AdministratorGroup,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._database = database
        self._administrators = administrators
        self._clock = clock

    def list(
        self, request: SearchRequest[ScimGroup], *, with_members: bool = True
    ) -> ScimPage[ScimGroup]:
        """Return a page of the groups; without members, these are not read at all."""
        read = partial(_read, with_members=with_members or request.filter is not None)
        listing = Listing(ScimGroup, groups_query(), GROUP_COLUMNS, OLDEST_FIRST, read)
        with self._database.read() as session:
            return listing.page(session, request)

    def get(self, group_id: str, *, with_members: bool = True) -> ScimGroup:
        """Return one of them."""
        with self._database.read() as session:
            rows = [group_rows(session, group_id)]
            return _read(session, rows, with_members=with_members)[0]

    def create(self, client: ScimClient, wanted: ScimGroup) -> ScimGroup:
        """Create a group; raise NameTaken also for the name of a group that is not provisioned."""
        require_bounds(wanted)
        with self._changing() as session:
            name, at = clean_group_name(wanted.display_name or ""), self._clock()
            _require_free(session, name)
            row = GroupRow(name=name)
            session.add(row)
            session.flush()
            kept = ScimResourceRow(
                id=row.id,
                kind=ResourceKind.GROUP,
                group_id=row.id,
                external_id=wanted.external_id or None,
                created_at=at,
                changed_at=at,
            )
            require_unknown(session, ResourceKind.GROUP, wanted.external_id or "", row.id)
            session.add(kept)
            record_event(session, client, "group.added", row.id)
            session.flush()
            members = Members(frozenset(), members_of(wanted))
            self._store(session, client, row, members, name=name)
            return group_of(row, kept, sorted(members.after))

    def replace(
        self, client: ScimClient, group_id: str, wanted: ScimGroup, *, if_match: str = ""
    ) -> ScimGroup:
        """Put a group in the place of what is known of it, members included."""
        with self._changing() as session:
            rows = group_rows(session, group_id, to_change=True)
            before = members_of_groups(session, [group_id]).get(group_id, [])
            current = group_of(*rows, before)
            require_version(if_match, current)
            wanted.replace(current)
            members = Members(frozenset(before), members_of(wanted))
            self._write(session, client, rows, wanted, members)
            return group_of(*rows, sorted(members.after))

    def patch(
        self, client: ScimClient, group_id: str, wanted: PatchOp[ScimGroup], *, if_match: str = ""
    ) -> ScimGroup:
        """Change parts of a group and return it without its members.

        Of requests at the same moment, none is lost.
        """
        steps, others = member_steps(wanted)
        with self._changing() as session:
            rows = group_rows(session, group_id, to_change=True)
            before = members_of_groups(session, [group_id]).get(group_id, [])
            current = group_of(*rows, () if steps else before)
            require_version(if_match, current)
            if others:
                rest = type(wanted).model_construct(operations=others)
                apply_patch(rest, current)
            after = apply_steps(steps, before) if steps else members_of(current)
            self._write(session, client, rows, current, Members(frozenset(before), after))
            return group_of(*rows)

    def delete(self, client: ScimClient, group_id: str, *, if_match: str = "") -> None:
        """Remove a group, and with it the access that it gave."""
        with self._changing() as session:
            row, kept = group_rows(session, group_id, to_change=True)
            current = group_of(row, kept)
            require_version(if_match, current)
            members = members_of_groups(session, [group_id]).get(group_id, [])
            remove_group(session, client, row)
            session.flush()
            self._administrators.follow(
                session, client, before=self._administrators.people(row.name, members), after=()
            )

    @contextmanager
    def _changing(self) -> Iterator[Session]:
        try:
            with self._database.begin() as session:
                yield session
        except IntegrityError as error:  # another request was a moment faster
            raise NameTaken("Another group has this displayName or externalId.") from error

    def _write(
        self,
        session: Session,
        client: ScimClient,
        rows: tuple[GroupRow, ScimResourceRow],
        wanted: ScimGroup,
        members: Members,
    ) -> None:
        require_bounds(wanted)
        row, kept = rows
        name, external_id = clean_group_name(wanted.display_name or ""), wanted.external_id or None
        is_changed = members.before != members.after
        if name != row.name:
            _require_free(session, name)
            record_event(session, client, "group.renamed", row.id)
            is_changed = True
        if external_id != kept.external_id:
            require_unknown(session, ResourceKind.GROUP, external_id or "", row.id)
            kept.external_id = external_id
            is_changed = True
        self._store(session, client, row, members, name=name)
        if is_changed:
            mark_changed(kept, self._clock())
        session.flush()

    def _store(
        self,
        session: Session,
        client: ScimClient,
        row: GroupRow,
        members: Members,
        *,
        name: str,
    ) -> None:
        require_people(session, members.added)
        before = self._administrators.people(row.name, members.before)
        row.name = name
        session.flush()
        store_members(session, client, row.id, members)
        after = self._administrators.people(name, members.after)
        self._administrators.follow(session, client, before=before, after=after)


def _require_free(session: Session, name: str) -> None:
    row = session.exec(select(GroupRow).where(GroupRow.name == name)).first()
    if row is None:
        return
    is_known = session.get(ScimResourceRow, row.id) is not None
    raise NameTaken(
        f"There is already a group named “{name}”."
        if is_known
        else f"There is already a group named “{name}” that is not provisioned. An administrator "
        "can hand it over to provisioning."
    )


def _read(
    session: Session, rows: Sequence[Any], *, with_members: bool
) -> Sequence[ScimGroup]:  # Any: rows of a query
    ids = [row.id for row, _ in rows] if with_members else []
    members = members_of_groups(session, ids)
    return [group_of(row, kept, members.get(row.id, ())) for row, kept in rows]
