"""Reads incidents, and lets changes of their list wait for each other."""

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select, text

from core.domain.governance.incidents import (
    Incident,
    IncidentKind,
    IncidentOutcome,
    IncidentState,
    Severity,
)
from core.errors import InvalidInput
from core.guardrails.text import clean
from core.storage.tables import IncidentRow, UserRow

MAX_WORDS = 2_000
NUMBERS_LOCK = 7_260_035
"""The lock that new incidents take: any number that no other lock has."""
_Reporter, _Owner = aliased(UserRow), aliased(UserRow)


def incidents_where(session: Session, *conditions: ColumnElement[bool] | bool) -> list[Incident]:
    """Return incidents, the newest first."""
    rows = session.exec(
        select(IncidentRow, _Reporter.name, _Owner.name)
        .join(_Reporter, col(_Reporter.id) == IncidentRow.reporter_id, isouter=True)
        .join(_Owner, col(_Owner.id) == IncidentRow.owner_id, isouter=True)
        .where(*conditions)
        .order_by(col(IncidentRow.number).desc())
    ).all()
    return [_incident(*row) for row in rows]


def checked_words(words: str) -> str:
    """Return what can be seen of a text; raise InvalidInput if it is too long."""
    cleaned = clean(words).text.strip()
    if len(cleaned) > MAX_WORDS:
        raise InvalidInput(f"Keep the text below {MAX_WORDS:,} characters.")
    return cleaned


def take_turns(session: Session) -> None:
    """Take turns, so that no two incidents get one number; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text(f"SELECT pg_advisory_xact_lock({NUMBERS_LOCK})"))


def _incident(row: IncidentRow, reporter: str | None, owner: str | None) -> Incident:
    return Incident(
        id=row.id,
        number=row.number,
        kind=IncidentKind(row.kind),
        is_near_miss=row.is_near_miss,
        state=IncidentState(row.state),
        reported_at=row.reported_at,
        words=row.words,
        message_id=row.message_id or "",
        engine=row.engine,
        reporter_id=row.reporter_id or "",
        reporter_name=reporter or "",
        severity=Severity(row.severity) if row.severity else None,
        owner_id=row.owner_id or "",
        owner_name=owner or "",
        outcome=IncidentOutcome(row.outcome) if row.outcome else None,
        reply=row.reply,
        closed_at=row.closed_at,
        version=row.row_version,
    )
