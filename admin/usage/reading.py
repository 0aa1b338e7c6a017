"""Adds up usage in the database, for each step of a period and each value of its dimensions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import RowMapping, SQLColumnExpression, Subquery, func, select
from sqlmodel import Session

from admin.usage.pieces import Piece
from admin.usage.sources import (
    COUNTS,
    TIMES,
    conversation_rows,
    is_use,
    people_rows,
    single_time_rows,
    summed,
    time_rows,
    unindexed,
    usage_rows,
)
from admin.usage.values import Dimension, UsageFigures
from core.domain.costs.money import Costs, ExchangeRates
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

    Of one person, if their id is given. How many people asked is not among them.
    """
    rows = usage_rows(pieces, has_people=Dimension.PERSON in by, person_id=person_id)
    is_wanted = _is_wanted(rows, is_evaluation=is_evaluation)
    counted: Counted = {}
    for row in _added_up(session, rows, by, COUNTS, is_wanted):
        found = counted.setdefault(_place(row, by), {"costs": {}})
        for name in COUNTS:
            found[name] = found.get(name, 0) + row[name]
        if row["currency"]:
            found["costs"][row["currency"]] = row["cost_micros"]
    return counted


def read_costs(
    session: Session,
    pieces: Sequence[Piece],
    by: Sequence[Dimension] = (),
    *,
    is_evaluation: bool = False,
    person_id: str | None = None,
) -> dict[Place, Costs]:
    """Return only costs by their currency, which is quicker: counting people takes longest."""
    rows = usage_rows(pieces, has_people=Dimension.PERSON in by, person_id=person_id)
    is_wanted = _is_wanted(rows, is_evaluation=is_evaluation)
    costs: dict[Place, dict[str, int]] = defaultdict(dict)
    for row in _added_up(session, rows, by, ["cost_micros"], is_wanted):
        if row["currency"]:
            costs[_place(row, by)][row["currency"]] = row["cost_micros"]
    return dict[Place, Costs](costs)


def _added_up(
    session: Session,
    rows: Subquery,
    by: Sequence[Dimension],
    names: Sequence[str],
    is_wanted: SQLColumnExpression[bool],
) -> Sequence[RowMapping]:
    """Return the sums of these counts for each place and currency."""
    places = _places(rows, by)
    sums: list[SQLColumnExpression[int]] = [summed(rows.c[name]).label(name) for name in names]
    query = select(*places, rows.c.currency, *sums).where(is_wanted)
    return session.execute(query.group_by(*places, rows.c.currency)).mappings().all()


def read_people(session: Session, pieces: Sequence[Piece]) -> dict[int, set[str]]:
    """Return the ids of the people who asked something in each step, test questions aside."""
    rows = people_rows(pieces, has_keys=False)
    query = select(rows.c.number, rows.c.user_id).distinct()
    found: dict[int, set[str]] = defaultdict(set)
    for number, user_id in session.execute(query).all():
        found[number].add(user_id)
    return dict(found)


def count_conversations(session: Session, pieces: Sequence[Piece]) -> int:
    """Return in how many conversations people asked, those of each piece added up."""
    rows = conversation_rows(pieces)
    return int(session.execute(select(summed(rows.c.conversations))).scalar_one())


def count_people(
    session: Session, pieces: Sequence[Piece], by: Sequence[Dimension] = ()
) -> dict[Place, int]:
    """Return how many people asked something in each place, test questions aside.

    This reads a row for each person and day, and so takes longer than everything else.
    """
    rows = people_rows(pieces, has_keys=bool(by))
    asked = select(*_places(rows, by), rows.c.user_id).distinct().subquery("asked")
    places = _places(asked, by)
    query = select(*places, func.count().label("people")).group_by(*places)
    return {_place(row, by): row["people"] for row in session.execute(query).mappings()}


def _is_wanted(rows: Subquery, *, is_evaluation: bool) -> SQLColumnExpression[bool]:
    surface = rows.c.surface
    return unindexed(surface) == EVALUATION_SURFACE if is_evaluation else is_use(surface)


def read_times(
    session: Session, pieces: Sequence[Piece], by: Sequence[Dimension] = ()
) -> dict[Place, dict[str, int]]:
    """Return median and 95th percentile of complete answers.

    They are the nearest rank, and told in two significant digits: the nearest rank of p percent of
    n values is the value at place ceil(p n / 100) in their order. Days that are added up keep times
    by model only; others are read from single answers, of one dimension and one step at a time, and
    there are none of more.
    """
    is_kept = set(by) <= {Dimension.MODEL}
    if not is_kept and (len(by) > 1 or len({piece.number for piece in pieces}) > 1):
        return {}
    source = time_rows if is_kept else single_time_rows
    found: dict[Place, dict[str, int]] = defaultdict(dict)
    for measure in TIMES:
        for place, counts in _counts(session, source(pieces, measure), by).items():
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
    places = _places(rows, by)
    query = select(*places, rows.c.ms, summed(rows.c.answers).label("answers"))
    counts: dict[Place, dict[int, int]] = defaultdict(dict)
    for row in session.execute(query.group_by(*places, rows.c.ms)).mappings():
        counts[_place(row, by)][row["ms"]] = row["answers"]
    return counts


def figures_of(
    usage: Counted,
    others: Mapping[Place, Mapping[str, int]],
    rates: ExchangeRates,
    shown: str,
) -> dict[Place, UsageFigures]:
    """Bring the figures of each place together, with costs in the currency `shown`.

    `others` are figures by their names that are read by themselves.
    """
    return {
        place: replace(_figures(counts, rates, shown), **dict[str, Any](others.get(place, {})))
        for place, counts in usage.items()
    }


def _figures(counts: Mapping[str, Any], rates: ExchangeRates, shown: str) -> UsageFigures:
    cost, others = rates.convert(counts["costs"], shown)
    kept = {name: value for name, value in counts.items() if name not in ("costs", "cost_micros")}
    return UsageFigures(**kept, cost_micros=cost, currency=shown, other_costs=others)


def _places(rows: Subquery, by: Sequence[Dimension]) -> list[SQLColumnExpression[Any]]:
    return [rows.c.number, *(rows.c[COLUMNS[dimension]] for dimension in by)]


def _place(row: RowMapping, by: Sequence[Dimension]) -> Place:
    return row["number"], tuple(row[COLUMNS[dimension]] for dimension in by)
