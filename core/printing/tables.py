"""Tables of plain values that become CSV and Excel files."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

Cell = str | int | float | Decimal | datetime | date | bool | None


@dataclass(frozen=True, slots=True)
class Table:
    """A header and rows of the same length; texts are as people wrote them."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
