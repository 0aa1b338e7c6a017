"""Which account a vouched-for person gets, and its groups and role."""

from collections.abc import Iterable

from sqlmodel import Session, col, delete, select

from admin.accounts import (
    MAX_EMAIL,
    MAX_NAME,
    account_row,
    add_account,
    clean_email,
    clean_name,
    has_accounts,
    is_last_admin,
)
from admin.signing_in.notices import note_change
from admin.signing_in.sessions import session_of_token
from admin.single_sign_on.values import AccountRules, Vouched
from core.domain.clock import now
from core.domain.ideas.life import Happening
from core.domain.identity import Role
from core.errors import InvalidInput, SignInFailed
from core.guardrails.text import clean_line
from core.storage.queries.audit import joined, record_event
from core.storage.queries.people import group_ids_named
from core.storage.tables import (
    ExternalIdentityRow,
    ExternalSessionRow,
    GroupRow,
    MembershipRow,
    ScimResourceRow,
    UserRow,
)

DEACTIVATED = "Your account in the sandbox is deactivated. Ask an administrator for help."
NOT_SET_UP = (
    "The sandbox is not set up yet. The first administrator opens the link that the app prints at "
    "its start."
)
NO_ACCOUNT = (
    "You have no account in the sandbox yet. Ask an administrator to make one, and to connect it."
)
NOT_CONNECTED = (
    "An account with your e-mail address exists and is not connected yet. Sign in with its "
    "password once and choose “Connect” on the page My account, or ask an administrator."
)
OUTSIDE = "Your e-mail address is not one of those that may use the sandbox. Ask an administrator."
UNVERIFIED = "Your e-mail address is not verified at the company sign-in. Verify it there first."
NO_ADDRESS = "The company sign-in did not tell your e-mail address. Tell an administrator."


def identity_row(session: Session, issuer: str, subject: str) -> ExternalIdentityRow | None:
    """Return the identity by which an account is found."""
    wanted = ExternalIdentityRow.issuer == issuer, ExternalIdentityRow.subject == subject
    return session.exec(select(ExternalIdentityRow).where(*wanted)).first()


def account_of(
    session: Session, person: Vouched, rules: AccountRules
) -> tuple[UserRow, ExternalIdentityRow]:
    """Return the account that issuer and subject open; connect or make one where rules allow it.

    Raises SignInFailed with a sentence on what to do.
    """
    identity = identity_row(session, person.issuer, person.subject)
    if identity is None:
        provisioned = _provisioned_account(session, person)
        known = provisioned or _account_to_connect(session, person, rules)
        if known is not None:
            by = "provisioning" if provisioned else "rule"
            identity = connect(session, known, person, by=by)
        else:
            made = _new(session, person, rules)
            identity = _add_identity(session, made, person, by="first sign-in")
    row = session.get_one(UserRow, identity.user_id)
    if not row.is_active:
        raise SignInFailed(DEACTIVATED)
    identity.last_seen_at, identity.email = now(), person.email[:MAX_EMAIL]
    return row, identity


def connect(session: Session, row: UserRow, person: Vouched, *, by: str) -> ExternalIdentityRow:
    """Let an identity open an account that exists; the event says by what it was decided.

    Its owner is told; whoever calls it sends the notices.
    """
    identity = _add_identity(session, row, person, by=by)
    note_change(session, None, row.id, Happening.ACCOUNT_CONNECTED)
    return identity


def _add_identity(
    session: Session, row: UserRow, person: Vouched, *, by: str
) -> ExternalIdentityRow:
    identity = ExternalIdentityRow(
        issuer=person.issuer, subject=person.subject, user_id=row.id, email=person.email[:MAX_EMAIL]
    )
    session.add(identity)
    session.flush()
    record_event(session, None, "identity.connected", row.id, by=by, identity=identity.id)
    return identity


def note_identity(
    session: Session, token: str, identity_id: str, *, provider_session: str = ""
) -> None:
    """Note which identity opened the session of a token."""
    opened = session_of_token(session, token)
    if opened is None:
        raise SignInFailed(NO_ACCOUNT)
    session.add(
        ExternalSessionRow(
            session_id=opened.id, identity_id=identity_id, provider_session=provider_session
        )
    )


def follow_groups(
    session: Session, row: UserRow, named: Iterable[str] | None, rules: AccountRules
) -> None:
    """Give the account the groups that the rules know, and take those of them it has no more.

    Groups that the rules do not name stay as they are. Changes are audited with before and after.
    """
    if not rules.groups:
        return
    wanted = {rules.groups[name] for name in named or () if name in rules.groups}
    wanted_ids = group_ids_named(session, sorted(wanted))
    before = _memberships(session, row.id)
    after = (before - _known(session, rules.groups.values())) | wanted_ids
    if after == before:
        return
    gone = col(MembershipRow.group_id).in_(before - after)
    session.exec(delete(MembershipRow).where(col(MembershipRow.user_id) == row.id, gone))
    session.add_all(MembershipRow(user_id=row.id, group_id=one) for one in sorted(after - before))
    session.flush()
    record_event(
        session,
        None,
        "person.groups_changed",
        row.id,
        before=joined(before),
        after=joined(after),
        by="identity provider",
    )


def follow_role(
    session: Session, row: UserRow, named: Iterable[str] | None, rules: AccountRules
) -> None:
    """Make members of certain groups administrators, and others none, where the rules say so.

    The last active administrator and emergency accounts stay what they are.
    """
    if not rules.admin_groups or row.is_emergency:
        return
    is_admin = not rules.admin_groups.isdisjoint(named or ())
    if is_admin == (row.role == Role.ADMIN) or (not is_admin and is_last_admin(session, row)):
        return
    before, row.role = row.role, Role.ADMIN if is_admin else Role.EMPLOYEE
    record_event(
        session,
        None,
        "person.role_changed",
        row.id,
        before=before,
        after=row.role,
        by="identity provider",
    )


def _provisioned_account(session: Session, person: Vouched) -> UserRow | None:
    """Return the account that provisioning made for, or was handed over with, this identifier."""
    if not person.external_id:
        return None
    return session.exec(
        select(UserRow)
        .join(ScimResourceRow, col(ScimResourceRow.user_id) == UserRow.id)
        .where(
            ScimResourceRow.external_id == person.external_id,
            col(ScimResourceRow.deleted_at).is_(None),
            col(UserRow.is_emergency).is_(False),
        )
    ).first()


def _account_to_connect(session: Session, person: Vouched, rules: AccountRules) -> UserRow | None:
    """Return the account with this address if it may be opened; never by the address alone."""
    row = account_row(session, person.email) if person.email else None
    if row is None:
        return None
    if person.may_connect and not row.is_emergency:
        return row
    is_listed = person.is_email_verified and _domain(person.email) in rules.connects_domains
    if not is_listed or row.role == Role.ADMIN or row.is_emergency:
        raise SignInFailed(NOT_CONNECTED)
    return row


def _new(session: Session, person: Vouched, rules: AccountRules) -> UserRow:
    if not has_accounts(session):
        raise SignInFailed(NOT_SET_UP)
    if not rules.makes_accounts:
        raise SignInFailed(NO_ACCOUNT)
    if not person.email:
        raise SignInFailed(NO_ADDRESS)
    if rules.needs_verified_email and not person.is_email_verified:
        raise SignInFailed(UNVERIFIED)
    if _domain(person.email) not in rules.domains:
        raise SignInFailed(OUTSIDE)
    try:
        email = clean_email(person.email)
        shown = clean_line(person.name) or email.partition("@")[0].replace(".", " ").title()
        name = clean_name(shown[:MAX_NAME])
    except InvalidInput as error:
        raise SignInFailed(NO_ADDRESS) from error
    row = add_account(session, email, name=name, role=Role.EMPLOYEE, password_hash="")
    record_event(
        session, None, "person.added", row.id, role=row.role, groups="", has_password=False
    )
    return row


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()


def _known(session: Session, names: Iterable[str]) -> set[str]:
    named = col(GroupRow.name).in_(sorted(set(names)))
    return set(session.exec(select(GroupRow.id).where(named)).all())


def _memberships(session: Session, user_id: str) -> set[str]:
    mine = MembershipRow.user_id == user_id
    return set(session.exec(select(MembershipRow.group_id).where(mine)).all())
