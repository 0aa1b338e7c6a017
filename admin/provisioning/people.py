"""People whom an identity provider creates, changes and deactivates."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from scim2_models import PatchOp, SearchRequest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from admin.accounts import account_row, add_account, clean_email
from admin.people import switch_account
from admin.provisioning.administrators import AdministratorGroup
from admin.provisioning.models import ScimPerson
from admin.provisioning.pages import Listing, ScimPage
from admin.provisioning.payloads import apply_patch, require_bounds
from admin.provisioning.person_fields import kept_fields, shown_name
from admin.provisioning.rows import (
    OLDEST_FIRST,
    PERSON_COLUMNS,
    ResourceKind,
    groups_of_people,
    mark_changed,
    people_query,
    person_of,
    person_rows,
    require_unknown,
    require_version,
)
from admin.provisioning.tokens import ScimClient
from core.domain.clock import now
from core.domain.identity import Role
from core.errors import NameTaken
from core.storage.database import Database
from core.storage.queries.audit import joined, record_event
from core.storage.tables import MembershipRow, ScimResourceRow, UserRow

TAKEN = "Another account has this userName or externalId."


class ProvisionedPeople:
    """People of an identity provider; each change is one transaction and recorded.

    Methods raise SCIMException (unknown, changed meanwhile), NameTaken, InvalidInput for what
    cannot be stored, and Conflict for the last active administrator.
    """

    def __init__(
        self,
        database: Database,
        *,
        administrators: AdministratorGroup,
        names_changed: Callable[[], None],
        clock: Callable[[], datetime] = now,
    ) -> None:
        """Take what it needs; `names_changed` is called after people came or changed their name."""
        self._database = database
        self._administrators = administrators
        self._names_changed = names_changed
        self._clock = clock

    def list(self, request: SearchRequest[ScimPerson]) -> ScimPage[ScimPerson]:
        """Return a page of the people."""
        listing = Listing(ScimPerson, people_query(), PERSON_COLUMNS, OLDEST_FIRST, _read)
        with self._database.read() as session:
            return listing.page(session, request)

    def get(self, person_id: str) -> ScimPerson:
        """Return one of them."""
        with self._database.read() as session:
            return _person(session, person_id)

    def create(self, client: ScimClient, wanted: ScimPerson) -> ScimPerson:
        """Create an account without a password, or bring back one that was deleted by SCIM."""
        require_bounds(wanted)
        with self._changing() as session:
            row, kept = self._new(session, client, wanted)
            self._write(session, client, (row, kept), wanted)
            return _person(session, row.id)

    def replace(
        self, client: ScimClient, person_id: str, wanted: ScimPerson, *, if_match: str = ""
    ) -> ScimPerson:
        """Put a person in the place of what is known of them."""
        with self._changing() as session:
            rows = person_rows(session, person_id, to_change=True)
            current = person_of(*rows)
            require_version(if_match, current)
            wanted.replace(current)
            self._write(session, client, rows, wanted)
            return _person(session, person_id)

    def patch(
        self, client: ScimClient, person_id: str, wanted: PatchOp[ScimPerson], *, if_match: str = ""
    ) -> ScimPerson:
        """Change parts of what is known of a person."""
        with self._changing() as session:
            rows = person_rows(session, person_id, to_change=True)
            current = person_of(*rows)
            require_version(if_match, current)
            apply_patch(wanted, current)
            self._write(session, client, rows, current)
            return _person(session, person_id)

    def delete(self, client: ScimClient, person_id: str, *, if_match: str = "") -> None:
        """Deactivate an account for good: what its owner wrote stays until it is erased.

        They leave all groups of identity providers.
        """
        with self._changing() as session:
            row, kept = person_rows(session, person_id, to_change=True)
            current = person_of(row, kept)
            require_version(if_match, current)
            self._leave_groups(session, client, row)
            if row.is_active:
                switch_account(session, client, row, is_active=False)
            kept.deleted_at = self._clock()
            mark_changed(kept, self._clock())
            record_event(session, client, "person.deprovisioned", row.id)

    @contextmanager
    def _changing(self) -> Iterator[Session]:
        try:
            with self._database.begin() as session:
                yield session
        except IntegrityError as error:  # another request was a moment faster
            raise NameTaken(TAKEN) from error
        self._names_changed()

    def _new(
        self, session: Session, client: ScimClient, wanted: ScimPerson
    ) -> tuple[UserRow, ScimResourceRow]:
        """Return the rows of a new account, or of the deleted one of this very person."""
        email = clean_email(wanted.user_name or "")
        known = _kept_by_external_id(session, wanted.external_id)
        account = account_row(session, email)
        if known is None and account is not None:
            known = session.get(ScimResourceRow, account.id)
            if known is None:
                raise NameTaken(
                    f"There is already an account for {email} that is not provisioned. An "
                    "administrator can hand it over to provisioning."
                )
        if known is None:
            return self._added(session, client, email, wanted)
        is_same = (known.external_id or "") == (wanted.external_id or "")
        row = session.get_one(UserRow, known.id)
        if known.deleted_at is None or not is_same or account not in (None, row):
            raise NameTaken(TAKEN)
        known.deleted_at = None
        record_event(session, client, "person.provisioned", row.id, is_back=True)
        if not row.is_active and wanted.active is not False:
            switch_account(session, client, row, is_active=True)
        return row, known

    def _added(
        self, session: Session, client: ScimClient, email: str, wanted: ScimPerson
    ) -> tuple[UserRow, ScimResourceRow]:
        name = shown_name(wanted, email)
        row = add_account(session, email, name=name, role=Role.EMPLOYEE, password_hash="")
        row.is_active = wanted.active is not False
        at = self._clock()
        kept = ScimResourceRow(
            id=row.id,
            kind=ResourceKind.PERSON,
            user_id=row.id,
            **kept_fields(wanted),
            created_at=at,
            changed_at=at,
        )
        require_unknown(session, ResourceKind.PERSON, kept.external_id or "", row.id)
        session.add(kept)
        record_event(
            session,
            client,
            "person.added",
            row.id,
            role=row.role,
            groups="",
            has_password=False,
            is_active=row.is_active,
        )
        return row, kept

    def _write(
        self,
        session: Session,
        client: ScimClient,
        rows: tuple[UserRow, ScimResourceRow],
        wanted: ScimPerson,
    ) -> None:
        """Store what differs, and record which attributes those are."""
        require_bounds(wanted)
        row, kept = rows
        email = clean_email(wanted.user_name or "")
        new = kept_fields(wanted)
        changed = [name for name, value in new.items() if getattr(kept, name) != value]
        if email != row.email:
            if account_row(session, email) is not None:
                raise NameTaken(TAKEN)
            row.email = email
            changed.append("user_name")
        if "external_id" in changed:
            require_unknown(session, ResourceKind.PERSON, str(new["external_id"] or ""), row.id)
        for name, value in new.items():
            setattr(kept, name, value)
        if changed:
            row.name = shown_name(wanted, email)
            record_event(
                session, client, "person.changed", row.id, attributes=joined(sorted(changed))
            )
        if wanted.active is not None and wanted.active is not row.is_active:
            switch_account(session, client, row, is_active=wanted.active)
            changed.append("active")
        if changed:
            mark_changed(kept, self._clock())
        session.flush()

    def _leave_groups(self, session: Session, client: ScimClient, row: UserRow) -> None:
        groups = groups_of_people(session, [row.id]).get(row.id, [])
        if not groups:
            return
        before = session.exec(
            select(MembershipRow.group_id).where(MembershipRow.user_id == row.id)
        ).all()
        left = {group.id for group in groups}
        session.exec(
            delete(MembershipRow).where(
                col(MembershipRow.user_id) == row.id, col(MembershipRow.group_id).in_(left)
            )
        )
        record_event(
            session,
            client,
            "person.groups_changed",
            row.id,
            before=joined(before),
            after=joined(set(before) - left),
        )
        was_administrator = any(
            self._administrators.people(group.name, [row.id]) for group in groups
        )
        if was_administrator:
            self._administrators.follow(session, client, before=[row.id], after=[])


def _kept_by_external_id(session: Session, external_id: str | None) -> ScimResourceRow | None:
    if not external_id:
        return None
    return session.exec(
        select(ScimResourceRow).where(
            ScimResourceRow.kind == ResourceKind.PERSON,
            ScimResourceRow.external_id == external_id,
        )
    ).first()


def _person(session: Session, person_id: str) -> ScimPerson:
    return _read(session, [person_rows(session, person_id)])[0]


def _read(session: Session, rows: Sequence[Any]) -> Sequence[ScimPerson]:  # Any: rows of a query
    groups = groups_of_people(session, [row.id for row, _ in rows])
    return [person_of(row, kept, groups.get(row.id, ())) for row, kept in rows]
