"""Adds up usage in the database, for each step of a period and each value of its dimensions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import RowMapping, Subquery, case, func, select
from sqlmodel import Session

from admin.usage.sources import COUNTS, TIMES, Piece, is_use, summed, time_rows, usage_rows
from admin.usage.values import Dimension, UsageFigures
from core.domain.money import ExchangeRates
from core.storage.tables import EVALUATION_SURFACE

Place = tuple[int, tuple[str, ...]]
"""The number of a step, and the value of each dimension."""
Counted = dict[Place, dict[str, Any]]  # Any: counts, and costs by their currency
HALF, MOST = 50, 95
COLUMNS = {dimension: dimension.value for dimension in Dimension} | {Dimension.PERSON: "user_id"}


def read_usage(
    session: Session,
    pieces: Sequence[Piece],
    by: Sequence[Dimension] = (),
    *,
    is_evaluation: bool = False,
    person_id: str | None = None,
) -> Counted:
    """Return counts, and costs by their currency, of test questions or of everything else.

    Of one person, if their id is given.
    """
    rows = usage_rows(pieces)
    places = [rows.c.number, *(rows.c[COLUMNS[dimension]] for dimension in by)]
    asked_by = case((rows.c.questions > 0, rows.c.user_id))
    surface = rows.c.surface
    query = (
        select(
            *places,
            rows.c.currency,
            func.count(asked_by.distinct()).label("people"),
            *(summed(rows.c[name]).label(name) for name in COUNTS),
        )
        .where((surface == EVALUATION_SURFACE) if is_evaluation else is_use(surface))
        .group_by(*places, rows.c.currency)
    )
    if person_id is not None:
        query = query.where(rows.c.user_id == person_id)
    counted: Counted = {}
    for row in session.execute(query).mappings():
        found = counted.setdefault(_place(row, by), {"costs": {}})
        for name in ("people", *COUNTS):
            found[name] = found.get(name, 0) + row[name]
        if row["currency"]:
            found["costs"][row["currency"]] = row["cost_micros"]
    return counted


def read_times(
    session: Session, pieces: Sequence[Piece], by: Sequence[Dimension] = ()
) -> dict[Place, dict[str, int]]:
    """Return median and 95th percentile of complete answers; by model or not at all.

    They are the nearest rank, and told in two significant digits: the nearest rank of p percent of
    n values is the value at place ceil(p n / 100) in their order.
    """
    if set(by) - {Dimension.MODEL}:
        return {}
    found: dict[Place, dict[str, int]] = defaultdict(dict)
    for measure in TIMES:
        for place, counts in _counts(session, time_rows(pieces, measure), by).items():
            name = measure.removeprefix("total_")
            found[place] |= {
                f"median_{name}": nearest_rank(counts, HALF),
                f"p95_{name}": nearest_rank(counts, MOST),
            }
    return dict(found)


def nearest_rank(counts: Mapping[int, int], share: int) -> int:
    """Return the value at place ceil(share n / 100) of n values, given how often each occurs."""
    wanted = -(-share * sum(counts.values()) // 100)
    for value in sorted(counts):
        wanted -= counts[value]
        if wanted <= 0:
            return value
    raise ValueError("there are no values")


def _counts(
    session: Session, rows: Subquery, by: Sequence[Dimension]
) -> dict[Place, dict[int, int]]:
    """Return how often each time occurs in each place."""
    places = [rows.c.number, *(rows.c[COLUMNS[dimension]] for dimension in by)]
    query = select(*places, rows.c.ms, summed(rows.c.answers).label("answers"))
    counts: dict[Place, dict[int, int]] = defaultdict(dict)
    for row in session.execute(query.group_by(*places, rows.c.ms)).mappings():
        counts[_place(row, by)][row["ms"]] = row["answers"]
    return counts


def figures_of(
    usage: Counted,
    times: Mapping[Place, Mapping[str, int]],
    rates: ExchangeRates,
    shown: str,
) -> dict[Place, UsageFigures]:
    """Bring the figures of each place together, with costs in the currency `shown`."""
    return {
        place: replace(_figures(counts, rates, shown), **dict[str, Any](times.get(place, {})))
        for place, counts in usage.items()
    }


def _figures(counts: Mapping[str, Any], rates: ExchangeRates, shown: str) -> UsageFigures:
    cost, others = rates.convert(counts["costs"], shown)
    kept = {name: value for name, value in counts.items() if name not in ("costs", "cost_micros")}
    return UsageFigures(**kept, cost_micros=cost, currency=shown, other_costs=others)


def _place(row: RowMapping, by: Sequence[Dimension]) -> Place:
    return row["number"], tuple(row[COLUMNS[dimension]] for dimension in by)
