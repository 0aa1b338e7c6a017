"""Columns that many tables of ideas have."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Text
from sqlmodel import Field

# Any: what sqlmodel.Field itself returns.


def text_column(default: str | None = "") -> Any:  # noqa: ANN401  see above
    """Return a column for a text of any length, empty unless it must be given."""
    column: Column[str] = Column(Text, nullable=False, server_default=default)
    return Field(sa_column=column) if default is None else Field(default=default, sa_column=column)


def json_column(factory: type[list[Any]] | type[dict[str, Any]]) -> Any:  # noqa: ANN401  see above
    """Return a column for a list or a mapping, empty at first."""
    column: Column[Any] = Column(
        JSON, nullable=False, server_default="[]" if factory is list else "{}"
    )
    return Field(default_factory=factory, sa_column=column)


def money_column() -> Any:  # noqa: ANN401  see above
    """Return a column for an amount in millionths of the currency unit, None where unknown."""
    column: Column[int | None] = Column(BigInteger, nullable=True)
    return Field(default=None, sa_column=column)


def person_column(*, index: bool = False) -> Any:  # noqa: ANN401  see above
    """Return a column for a person, None for the terminal and for people whose account is gone."""
    return Field(
        default=None, foreign_key="users.id", index=index, ondelete="SET NULL", max_length=32
    )


def idea_key() -> Any:  # noqa: ANN401  see above
    """Return the first part of a key that begins with an idea."""
    return Field(foreign_key="ideas.id", primary_key=True, ondelete="CASCADE", max_length=32)


def person_key() -> Any:  # noqa: ANN401  see above
    """Return a part of a key that is a person."""
    return Field(
        foreign_key="users.id", primary_key=True, ondelete="CASCADE", index=True, max_length=32
    )


def idea_column() -> Any:  # noqa: ANN401  see above
    """Return a column for the idea that a row belongs to."""
    return Field(foreign_key="ideas.id", index=True, ondelete="CASCADE", max_length=32)


def reference(target: str) -> Any:  # noqa: ANN401  see above
    """Return a column that names a row of another table, None where that is gone."""
    column: Column[str | None] = Column(
        ForeignKey(target, ondelete="SET NULL"), nullable=True, index=True
    )
    return Field(default=None, sa_column=column)
