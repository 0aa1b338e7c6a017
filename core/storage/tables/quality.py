"""What monitors of quality said, and which days were accepted as normal."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from core.domain.clock import now
from core.storage.tables.base import time_column


class DriftVerdictRow(SQLModel, table=True):
    """What one monitor said of the window before the day `until`; figures only, no text.

    `value` and `usual` are those of the window and of its reference, `low` and `high` between which
    the value lies if nothing changed; None where there is none.
    """

    __tablename__ = "drift_verdicts"

    monitor: str = Field(primary_key=True, max_length=40)
    until: date = Field(primary_key=True)
    since: date
    reference_since: date
    reference_until: date
    state: str = Field(max_length=10)
    value: float | None = None
    usual: float | None = None
    low: float | None = None
    high: float | None = None
    cases: int
    usual_cases: int
    computed_at: datetime = time_column(default_factory=now)


class DriftReferenceRow(SQLModel, table=True):
    """The days from `since` up to, and without, `until`, which an administrator accepted as normal.

    The newest row counts.
    """

    __tablename__ = "drift_references"

    id: int | None = Field(default=None, primary_key=True)
    since: date
    until: date
    accepted_by: str = Field(max_length=32)
    accepted_at: datetime = time_column(default_factory=now)
