"""Usage and ideas from the terminal."""

from dataclasses import asdict
from typing import Annotated

import typer

from admin.usage import UsageFigures
from core.domain.identity import SYSTEM
from ideas.export import idea_record
from terminal.context import services
from terminal.output import Json, emit, emit_table, readable_errors

ideas = typer.Typer(no_args_is_help=True, help="AI idea cards.")


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


@ideas.command("export")
def export_ideas(as_json: Json = False) -> None:
    """Export all idea cards."""
    with readable_errors():
        records = [idea_record(card) for card in services().ideas.list(SYSTEM)]
        if as_json:
            for record in records:
                emit(record)
        else:
            emit_table([_short(record) for record in records], as_json=False)


def _short(record: dict[str, object]) -> dict[str, object]:
    keys = ("number", "title", "category", "status", "submitter", "submitted_at")
    return {key: record[key] for key in keys}
