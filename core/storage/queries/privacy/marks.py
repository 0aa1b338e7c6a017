"""Moments that retention remembers."""

from datetime import datetime

from sqlmodel import Session

from core.storage.tables import RetentionMarkRow

LAST_RUN = "run"
"""When retention ran last by itself."""
USAGE = "usage"
"""From when single answers and requests are all there; earlier days are sums that stay."""

UNWRITTEN = "unwritten"
"""Since when files wait to be rewritten without what was deleted."""


def mark_of(session: Session, name: str) -> datetime | None:
    """Return a moment, None if there was none yet."""
    row = session.get(RetentionMarkRow, name)
    return row.moment if row else None


def drop_mark(session: Session, name: str) -> None:
    """Forget a moment."""
    row = session.get(RetentionMarkRow, name)
    if row is not None:
        session.delete(row)


def set_mark(session: Session, name: str, moment: datetime) -> None:
    """Remember a moment in place of the one before."""
    session.merge(RetentionMarkRow(name=name, moment=moment))
