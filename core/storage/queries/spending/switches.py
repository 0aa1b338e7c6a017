"""What administrators turned off: providers, models, prompts and documents."""

from collections.abc import Collection

from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from core.domain.costs.refusals import SwitchedOff, SwitchKind
from core.storage.tables import DocumentRow, SwitchRow


def switched_off(session: Session, names: Collection[SwitchedOff]) -> list[SwitchedOff]:
    """Return those of these things that are turned off; of names, upper case does not matter."""
    wanted = [
        and_(col(SwitchRow.kind) == each.kind.value, is_named(each.name))
        for each in names
        if each.name
    ]
    if not wanted:
        return []
    rows = session.exec(
        select(SwitchRow.kind, SwitchRow.name).where(col(SwitchRow.on_at).is_(None), or_(*wanted))
    )
    return sorted((SwitchedOff(SwitchKind(k), name) for k, name in rows), key=lambda s: s.kind)


def is_named(name: str) -> ColumnElement[bool]:
    """Return the condition under which a switch is for something of this name, in any case."""
    return func.lower(SwitchRow.name) == name.lower()


def documents_off(session: Session, document_ids: Collection[str]) -> frozenset[str]:
    """Return those of these documents that are turned off."""
    return frozenset(session.exec(names_of_documents_off())) & frozenset(document_ids)


def is_document_on() -> ColumnElement[bool]:
    """Return the condition under which a document of a query on documents is not turned off."""
    return col(DocumentRow.id).not_in(names_of_documents_off())


def names_of_documents_off() -> SelectOfScalar[str]:
    """Return the query for the ids of all documents that are turned off."""
    return select(SwitchRow.name).where(
        SwitchRow.kind == SwitchKind.DOCUMENT.value, col(SwitchRow.on_at).is_(None)
    )
