"""Costs beside those of the models; money is kept in millionths of the currency unit."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from core.domain.clock import new_id, now
from core.storage.tables.base import time_column
from core.storage.tables.ideas.columns import money_column, person_column, reference, text_column


class CostItemRow(SQLModel, table=True):
    """What is paid once or every month: an amount, or millionths of an hour and an hourly rate.

    Months are given by their first day; without a last one it goes on. `row_version` counts the
    changes.
    """

    __tablename__ = "cost_items"

    id: str = Field(default_factory=new_id, primary_key=True, max_length=32)
    name: str = Field(max_length=120)
    kind: str = Field(max_length=20)
    rhythm: str = Field(max_length=20)
    amount_micros: int | None = money_column()
    hours_micros: int | None = money_column()
    rate_micros: int | None = money_column()
    currency: str = Field(max_length=3)
    first_month: date
    last_month: date | None = None
    note: str = text_column()
    idea_id: str | None = reference("ideas.id")
    row_version: int = 1
    added_by: str | None = person_column()
    added_at: datetime = time_column(default_factory=now)
