"""Usage from the terminal."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, tzinfo
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from admin.usage.period import Period, Step
from admin.usage.values import Dimension, UsageFigures
from core.domain.clock import now
from core.domain.identity import SYSTEM
from core.domain.text.plurals import count
from core.errors import InvalidInput
from terminal.context import services
from terminal.output import Json, emit_table, readable_errors, say

TIMES = [step.value for step in Step]
KNOWN = [*TIMES, *(dimension.value for dimension in Dimension)]

Days = Annotated[int, typer.Option(help="Number of days to look back.", min=1, max=3660)]
FirstDay = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day, instead of --days."),
]
LastDay = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], help="Last day; today unless given."),
]
Zone = Annotated[str, typer.Option(help="Where days begin at midnight, such as Europe/Berlin.")]


def usage(
    days: Days = 30,
    since: FirstDay = None,
    until: LastDay = None,
    by: Annotated[
        str, typer.Option(help=f"What to group by, separated by commas: {', '.join(KNOWN)}.")
    ] = Step.DAY.value,
    zone: Zone = "UTC",
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="First add up every day again, from its rows.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show questions, people, tokens, cost and answer times."""
    with readable_errors():
        if rebuild:
            say(f"{count(services().usage.rebuild(SYSTEM), 'day')} added up again.")
        period = chosen_period(days, since, until, chosen_zone(zone))
        step, dimensions = _grouping(by)
        groups = services().usage.grouped(SYSTEM, period, dimensions, step)
        total = services().usage.report(SYSTEM, period=period).total
        told = figures_record if as_json else _figures_in_short
        names = [*([step.value] if step else []), *(one.value for one in dimensions)]
        rows: list[dict[str, object]] = [
            {
                **({step.value: group.span.first.isoformat()} if step else {}),
                **{dimension.value: name for dimension, name in group.names.items()},
                **told(group.figures),
            }
            for group in groups
        ]
        last = {name: "total" if not place else "" for place, name in enumerate(names)}
        emit_table([*rows, {**last, **told(total)}], as_json=as_json)


def figures_record(figures: UsageFigures) -> dict[str, object]:
    """Flatten usage figures into one record."""
    record = asdict(figures)
    record["cost"] = record.pop("cost_micros") / 1_000_000
    others = record.pop("other_costs")
    record["other_costs"] = {code: micros / 1_000_000 for code, micros in others.items()}
    return record


def _figures_in_short(figures: UsageFigures) -> dict[str, object]:
    """Return what fits a terminal; all figures are in the JSON lines."""
    others = "".join(
        f" + {micros / 1e6:.2f} {code}" for code, micros in figures.other_costs.items()
    )
    return {
        "questions": figures.questions,
        "people": figures.people,
        "not in documents": figures.abstained,
        "failed": figures.failed,
        "helpful": f"{figures.helpful} of {figures.helpful + figures.not_helpful}",
        "tokens": figures.input_tokens + figures.output_tokens,
        "cost": f"{figures.cost_micros / 1e6:.2f} {figures.currency}{others}",
    }


def chosen_zone(name: str) -> tzinfo:
    """Return the time zone of this name; raise InvalidInput."""
    try:
        return UTC if name == "UTC" else ZoneInfo(name)
    except (KeyError, ValueError) as error:
        raise InvalidInput(f"There is no time zone {name}. One is Europe/Berlin.") from error


def chosen_period(
    days: int, since: datetime | None, until: datetime | None, zone: tzinfo
) -> Period:
    """Return the days of --from and --to, or the last `days`; raise InvalidInput."""
    running = Period.of_days(days, zone, now())
    if since is None and until is None:
        return running
    last = until.date() if until else running.last
    if since is None:
        raise InvalidInput("--to needs --from.")
    if since.date() > last:
        raise InvalidInput(f"The period would end before it begins: {since:%Y-%m-%d} to {last}.")
    return Period(since.date(), last, zone, running.as_of)


def _grouping(by: str) -> tuple[Step | None, Sequence[Dimension]]:
    names = [name.strip() for name in by.split(",") if name.strip()]
    unknown = [name for name in names if name not in KNOWN]
    if unknown:
        raise InvalidInput(f"{unknown[0]} is none of {', '.join(KNOWN)}.")
    steps = [Step(name) for name in names if name in TIMES]
    if len(steps) > 1:
        raise InvalidInput("Group by one of day, week and month.")
    dimensions = [Dimension(name) for name in dict.fromkeys(names) if name not in TIMES]
    return (steps[0] if steps else None), dimensions
