"""The process that works on the data of this database."""

from sqlmodel import Field, SQLModel


class LeaseRow(SQLModel, table=True):
    """A right that one process has until it gives it back, or has not been heard of for a while.

    `place` tells where it runs; `seen_at` is in seconds by the clock of the database.
    """

    __tablename__ = "leases"

    name: str = Field(primary_key=True, max_length=40)
    holder: str = Field(max_length=32)
    place: str = Field(max_length=200)
    seen_at: float
