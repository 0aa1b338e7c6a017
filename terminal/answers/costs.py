"""Costs beside the models from the terminal: list, add and end them, and what everything costs."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from admin.costs.values import CostPart, TotalCost
from core.domain.costs.months import later
from core.domain.costs.terms import CostItem, CostKind, CostRhythm, CostTerms
from core.domain.ideas.money import from_micros
from core.domain.identity import SYSTEM
from core.errors import InvalidInput, NotFound
from terminal.context import services
from terminal.output import Json, emit_table, readable_errors

costs = typer.Typer(
    no_args_is_help=True, help="Licences, servers, staff and other costs beside the models."
)

SHORT_ID = 8
MONTH = "%Y-%m"
Id = Annotated[str, typer.Argument(help="Id of the cost, as `costs list` shows it.")]
Number = Annotated[str | None, typer.Option(help="A number such as 49.90.")]


@costs.command("list")
def list_costs(as_json: Json = False) -> None:
    """List the costs beside the models, by name."""
    with readable_errors():
        items = services().cost_items.list_all(SYSTEM)
        told = _record if as_json else _in_short
        emit_table([told(item) for item in items], as_json=as_json)


@costs.command("add")
def add_cost(
    name: Annotated[str, typer.Argument(help="What is paid for.")],
    kind: Annotated[CostKind, typer.Option(help="Its kind.")] = CostKind.OTHER,
    amount: Number = None,
    hours: Number = None,
    rate: Annotated[str | None, typer.Option(help="What one of the hours costs.")] = None,
    currency: Annotated[str, typer.Option(help="Three letters; the company's without it.")] = "",
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=[MONTH], help="First month; this month without it."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=[MONTH], help="Last month, if it ends.")
    ] = None,
    is_once: Annotated[bool, typer.Option("--once", help="Paid once, in the first month.")] = False,
    idea: Annotated[str, typer.Option(help="Number of the idea it belongs to.")] = "",
    note: Annotated[str, typer.Option(help="What others should know.")] = "",
    as_json: Json = False,
) -> None:
    """Add a cost: an amount, or hours and their rate, each month or --once."""
    with readable_errors():
        if is_once and until:
            raise InvalidInput("What is paid once has no last month. Leave out --once or --to.")
        reports = services().costs
        terms = CostTerms(
            name,
            kind,
            since.date() if since else reports.this_month,
            currency or reports.rates.currency,
            rhythm=CostRhythm.ONCE if is_once else CostRhythm.MONTHLY,
            amount=_decimal("--amount", amount),
            hours=_decimal("--hours", hours),
            hourly_rate=_decimal("--rate", rate),
            last_month=until.date() if until else None,
            note=note,
            idea_id=services().ideas.cards.find(SYSTEM, idea).id if idea else "",
        )
        added = services().cost_items.add(SYSTEM, terms)
        emit_table([_record(added) if as_json else _in_short(added)], as_json=as_json)


@costs.command("end")
def end_cost(
    cost_id: Id,
    last: Annotated[
        datetime | None,
        typer.Option("--last", formats=[MONTH], help="Last month; this month without it."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a month the last one in which a monthly cost is paid."""
    with readable_errors():
        item = _found(cost_id)
        month = last.date() if last else services().costs.this_month
        ended = services().cost_items.end(SYSTEM, item.id, month, version=item.version)
        emit_table([_record(ended) if as_json else _in_short(ended)], as_json=as_json)


@costs.command("report")
def report_costs(
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=[MONTH], help="First month; 11 before the last without it."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=[MONTH], help="Last month; this month without it."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what everything costs by month: models, licences, servers, staff and the rest."""
    with readable_errors():
        last = until.date() if until else services().costs.this_month
        first = since.date() if since else later(last, -11)
        report = services().costs.tco(SYSTEM, first, last)
        told = _cost_record if as_json else _cost_in_short
        rows: list[tuple[str, TotalCost]] = [
            *((f"{each.month:%Y-%m}", each.cost) for each in report.months),
            ("total", report.total),
            ("before", report.previous),
        ]
        emit_table([{"month": name, **told(cost)} for name, cost in rows], as_json=as_json)


def _decimal(option: str, written: str | None) -> Decimal | None:
    if written is None:
        return None
    try:
        return Decimal(written)
    except InvalidOperation as error:
        raise InvalidInput(f"{option}: {written} is no number. One is 49.90.") from error


def _found(cost_id: str) -> CostItem:
    """Return the item whose id begins so; raise NotFound, and InvalidInput for several."""
    wanted = [
        item
        for item in services().cost_items.list_all(SYSTEM)
        if cost_id and item.id.startswith(cost_id)
    ]
    if not wanted:
        raise NotFound(f"There is no cost {cost_id}. List them with: sandbox_cli.py costs list")
    if len(wanted) > 1:
        raise InvalidInput(f"Several costs begin with {cost_id}. Give more letters of the id.")
    return wanted[0]


def _record(item: CostItem) -> dict[str, object]:
    terms = item.terms
    return {
        "id": item.id,
        "name": terms.name,
        "kind": terms.kind.value,
        "paid": terms.rhythm.value,
        "cost": terms.micros / 1_000_000,
        "currency": terms.currency,
        "hours": None if terms.hours is None else float(terms.hours),
        "hourly_rate": None if terms.hourly_rate is None else float(terms.hourly_rate),
        "first_month": _month(terms.first_month),
        "last_month": _month(terms.last_month),
        "idea": item.idea,
        "note": terms.note,
    }


def _in_short(item: CostItem) -> dict[str, object]:
    """Return what fits a terminal; the rest is in the JSON lines."""
    record = _record(item)
    terms = item.terms
    return {
        "id": item.id[:SHORT_ID],
        **{name: record[name] for name in ("name", "kind", "paid")},
        "cost": f"{from_micros(terms.micros):,.2f} {terms.currency}",
        "from": record["first_month"],
        "to": record["last_month"] or "",
        "idea": item.idea.split(" ")[0],
    }


def _month(month: date | None) -> str | None:
    return f"{month:%Y-%m}" if month else None


def _cost_record(cost: TotalCost) -> dict[str, object]:
    return {
        **{f"{part.value}_cost": cost.parts.get(part, 0) / 1_000_000 for part in CostPart},
        "total_cost": cost.micros / 1_000_000,
        "currency": cost.currency,
        "not_converted": {code: micros / 1_000_000 for code, micros in cost.other_costs.items()},
        "answers": cost.answers,
        "per_answer": _units(cost.per_answer),
        "people": cost.people,
        "per_person": _units(cost.per_person),
    }


def _cost_in_short(cost: TotalCost) -> dict[str, object]:
    others = "".join(f" + {micros / 1e6:,.0f} {code}" for code, micros in cost.other_costs.items())
    kinds = {
        kind.value: f"{cost.parts.get(CostPart(kind.value), 0) / 1e6:,.0f}" for kind in CostKind
    }
    return {
        "models": f"{cost.metered / 1e6:,.2f}",
        **kinds,
        "total": f"{cost.micros / 1e6:,.0f} {cost.currency}{others}",
        "answers": cost.answers,
        "people": cost.people,
    }


def _units(micros: int | None) -> float | None:
    return None if micros is None else micros / 1_000_000
