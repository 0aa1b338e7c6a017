"""Account rows as set-up, sign-in and the administration of people need them."""

import re

from sqlmodel import Session, col, func, select

from core.domain.identity import Role
from core.errors import Conflict, InvalidInput
from core.guardrails.text import clean_line
from core.storage.tables import UserRow

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
MAX_EMAIL = 254
MAX_NAME = 120


def has_accounts(session: Session) -> bool:
    """Return whether anybody has an account, active or not."""
    return session.exec(select(func.count(col(UserRow.id)))).one() > 0


def account_row(session: Session, email: str) -> UserRow | None:
    """Return the account of an e-mail address in any case, None if unknown."""
    return session.exec(select(UserRow).where(UserRow.email == email.strip().lower())).first()


def clean_email(email: str) -> str:
    """Return an address as it is stored; raise InvalidInput for text that is not an address."""
    cleaned = email.strip().lower()
    if len(cleaned) > MAX_EMAIL or not EMAIL.fullmatch(cleaned):
        raise InvalidInput("Enter a complete e-mail address, such as anna@company.com.")
    return cleaned


def clean_name(name: str) -> str:
    """Return the name as it is stored; raise InvalidInput if it is empty or too long."""
    cleaned = clean_line(name)
    if not cleaned or len(cleaned) > MAX_NAME:
        raise InvalidInput(f"Enter a name of at most {MAX_NAME} characters.")
    return cleaned


def add_account(
    session: Session, email: str, *, name: str, role: Role, password_hash: str
) -> UserRow:
    """Add the row of an account; raise Conflict if the address has one.

    The e-mail address and the name are clean.
    """
    if account_row(session, email) is not None:
        raise Conflict(f"There is already an account for {email}.")
    row = UserRow(email=email, name=name, role=role, password_hash=password_hash)
    session.add(row)
    session.flush()
    return row


def is_last_admin(session: Session, row: UserRow) -> bool:
    """Return whether nobody else who is active administers the app.

    Locking all administrators makes two who demote each other wait (PostgreSQL; SQLite has one
    writer anyway).
    """
    admins = session.exec(
        select(UserRow.id)
        .where(UserRow.role == Role.ADMIN, col(UserRow.is_active))
        .with_for_update()
    ).all()
    return set(admins) == {row.id}
