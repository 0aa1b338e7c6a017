"""Who is to be erased: what they are called, and what nobody owns without them."""

from sqlmodel import Session, col, func, select

from core.name_directory import called
from core.storage.queries.people import all_names
from core.storage.queries.privacy.traces import Identity
from core.storage.tables import CollectionRow, DocumentRow, UserRow


def identity_of(session: Session, row: UserRow) -> Identity:
    """Return by what this person is found, beside everybody else with an account."""
    others = [one for one in all_names(session) if one[1] != row.email]
    name, words = row.name.casefold(), (row.name.casefold(), row.email)
    is_shared = any(name == other.casefold() for other, _ in others)
    return Identity(
        row.id,
        row.email,
        row.name,
        has_own_name=bool(called(row.name, row.email)) and not is_shared,
        shares_letters=any(
            word in text for word in words for one in others for text in map(str.casefold, one)
        ),
    )


def owned_by(session: Session, person_id: str) -> dict[str, int]:
    """Return how many collections and documents have no owner from now on."""
    return {
        name: session.exec(select(func.count()).where(column == person_id)).one()
        for name, column in (
            ("collections", col(CollectionRow.owner_id)),
            ("documents", col(DocumentRow.owner_id)),
        )
    }
