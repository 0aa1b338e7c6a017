"""Usage from the terminal."""

from dataclasses import asdict
from typing import Annotated

import typer

from admin.usage import UsageFigures
from core.domain.identity import SYSTEM
from terminal.context import services
from terminal.output import Json, emit_table, readable_errors


def usage(
    days: Annotated[int, typer.Option(help="Number of days to look back.", min=1, max=3660)] = 30,
    as_json: Json = False,
) -> None:
    """Show questions, people, tokens, cost and answer times per day."""
    with readable_errors():
        report = services().usage.report(SYSTEM, days=days)
        rows = [{"day": d.day.isoformat(), **figures_record(d.figures)} for d in report.days]
        shown = [row for row in rows if row["questions"]]
        emit_table([*shown, {"day": "total", **figures_record(report.total)}], as_json=as_json)


def figures_record(figures: UsageFigures) -> dict[str, object]:
    """Flatten usage figures into one record."""
    record = asdict(figures)
    record["cost"] = record.pop("cost_micros") / 1_000_000
    return record
