"""Budgets, what is spent and reserved of them, requests that were refused, and switches."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column
from core.storage.tables.ideas.columns import person_column

IN_FORCE = "on_at IS NULL"


def _micros() -> Column[int]:
    return Column(BigInteger, nullable=False)


class BudgetRow(SQLModel, table=True):
    """How much may be spent in a day or a month, in millionths of the currency unit.

    `scope` says whose requests it pays for. `row_version` counts the changes.
    """

    __tablename__ = "budgets"
    __table_args__ = (UniqueConstraint("scope", "subject_id", "period"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    scope: str = Field(max_length=10)
    subject_id: str = Field(default="", max_length=32)
    period: str = Field(max_length=5)
    limit_micros: int = Field(sa_column=_micros())
    currency: str = Field(max_length=3)
    row_version: int = 1
    set_by: str | None = person_column()
    set_at: datetime = time_column(default_factory=now)


class BudgetAccountRow(SQLModel, table=True):
    """What is spent and reserved of a budget in the period from `first_day` on.

    `subject_id` is the person, the group, or "" for the company. Every change of the sums is one
    UPDATE, whose condition holds that both together stay below the limit.
    """

    __tablename__ = "budget_accounts"
    __table_args__ = (UniqueConstraint("budget_id", "subject_id", "first_day"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    budget_id: str = Field(
        sa_column=Column(String(32), ForeignKey("budgets.id", ondelete="CASCADE"), nullable=False)
    )
    subject_id: str = Field(default="", max_length=32)
    first_day: date
    spent_micros: int = Field(default=0, sa_column=_micros())
    reserved_micros: int = Field(default=0, sa_column=_micros())
    unpriced: int = 0


class BudgetReservationRow(SQLModel, table=True):
    """Money that a request under way may cost; it is given back after `expires_at`."""

    __tablename__ = "budget_reservations"

    id: str = Field(primary_key=True, max_length=32)
    account_id: str = Field(
        sa_column=Column(
            String(32), ForeignKey("budget_accounts.id", ondelete="CASCADE"), primary_key=True
        )
    )
    amount_micros: int = Field(sa_column=_micros())
    expires_at: datetime = time_column(index=True)


class RefusedCallRow(SQLModel, table=True):
    """A request to a model that was not made; `reason` is one of core.domain.costs.refusals."""

    __tablename__ = "refused_calls"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    at: datetime = time_column(default_factory=now, index=True)
    user_id: str = Field(default="", max_length=32, index=True)
    group_names: str = Field(default="", max_length=400)
    surface: str = Field(default="", max_length=20)
    purpose: str = Field(default="", max_length=20)
    prompt_version: str = Field(default="", max_length=40)
    provider: str = Field(default="", max_length=60)
    model: str = Field(default="", max_length=120)
    reason: str = Field(max_length=20)


class SwitchRow(SQLModel, table=True):
    """Something that an administrator turned off, and turned on again at `on_at` if it was."""

    __tablename__ = "switches"
    __table_args__ = (
        Index(
            "uq_switches_in_force",
            "kind",
            "name",
            unique=True,
            sqlite_where=text(IN_FORCE),
            postgresql_where=text(IN_FORCE),
        ),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    kind: str = Field(max_length=10)
    name: str = Field(max_length=120)
    reason: str = Field(default="", max_length=200)
    off_by: str | None = person_column()
    off_at: datetime = time_column(default_factory=now)
    on_by: str | None = person_column()
    on_at: datetime | None = time_column(default=None, nullable=True)
