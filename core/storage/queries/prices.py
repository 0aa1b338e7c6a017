"""Prices of models: the stored list and the one in force."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlmodel import Session, col, select

from core.domain.prices import Price, choose_price
from core.storage.tables import PriceRow


def find_price(session: Session, model: str, at: datetime) -> Price | None:
    """Return the stored price of a model at a time, None if it is not known."""
    rows = session.exec(select(PriceRow).where(col(PriceRow.valid_from) <= at)).all()
    return choose_price(map(_to_price, rows), model, at)


def seed_prices(session: Session, prices: Iterable[Price]) -> int:
    """Add the prices that are not stored yet; return how many.

    A stored price with the same pattern and date stays as it is, so that corrections by an
    administrator survive.
    """
    stored = {(row.model_pattern, row.valid_from) for row in session.exec(select(PriceRow))}
    missing = [price for price in prices if (price.model_pattern, price.valid_from) not in stored]
    session.add_all(PriceRow(**asdict(price)) for price in missing)
    return len(missing)


def _to_price(row: PriceRow) -> Price:
    return Price(
        id=row.id,
        model_pattern=row.model_pattern,
        input_micros=row.input_micros,
        cached_input_micros=row.cached_input_micros,
        output_micros=row.output_micros,
        currency=row.currency,
        valid_from=row.valid_from,
        source=row.source,
    )
