"""`kpis`: the board's figures of the page KPIs, in the terminal."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from admin.kpis.files import kpi_pdf, kpi_xlsx
from admin.kpis.values import Kpi, KpiReport
from admin.kpis.words import GROUPS, NOT_RECORDED, cases
from admin.measure_words import interval_of, value_of
from admin.measures import Measure, Unit
from core.domain.identity import SYSTEM
from core.errors import InvalidInput
from terminal.answers.overview import chosen_period, chosen_zone
from terminal.context import services
from terminal.output import Json, emit_table, readable_errors, say

Record = dict[str, object]


def kpis(
    days: Annotated[int, typer.Option(help="Number of days to look back.", min=1, max=3660)] = 30,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day, instead of --days."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last day; today unless given."),
    ] = None,
    zone: Annotated[
        str, typer.Option(help="Where days begin at midnight, such as Europe/Berlin.")
    ] = "UTC",
    out: Annotated[
        Path | None, typer.Option(help="Write a file instead, which ends with .pdf or .xlsx.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the board's figures beside those of the period before."""
    with readable_errors():
        period = chosen_period(days, since, until, chosen_zone(zone))
        report = services().kpis.report(SYSTEM, period)
        if out is not None:
            _write(report, out)
        elif as_json:
            emit_table([_record(kpi, report.currency) for kpi in report.kpis], as_json=True)
        else:
            emit_table([_in_short(kpi, report.currency) for kpi in report.kpis], as_json=False)
            say(NOT_RECORDED)


def _write(report: KpiReport, out: Path) -> None:
    match out.suffix.lower():
        case ".pdf":
            content = kpi_pdf(report, lambda _share, _step: None)
        case ".xlsx":
            content = kpi_xlsx(report)
        case _:
            raise InvalidInput("Name a file that ends with .pdf or .xlsx.")
    out.write_bytes(content)
    say(f"Written to {out}.")


def _record(kpi: Kpi, currency: str) -> Record:
    """Return every figure as a number: money in millionths of the currency."""
    definition = kpi.measure.definition
    return {
        "group": kpi.group.value,
        "key": definition.key,
        "unit": definition.unit.value,
        **({"currency": currency} if definition.unit is Unit.MONEY else {}),
        **_figures(kpi.measure),
        "parts": dict(kpi.measure.parts),
        "note": kpi.measure.note,
        "before": _figures(kpi.previous) if kpi.previous else None,
        "trend": list(kpi.trend),
        "meaning": definition.meaning,
    }


def _figures(measure: Measure) -> Record:
    interval = measure.interval
    return {
        "value": measure.value,
        "cases": measure.cases,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }


def _in_short(kpi: Kpi, currency: str) -> Record:
    return {
        "group": GROUPS[kpi.group],
        "figure": kpi.measure.definition.title,
        "value": value_of(kpi.measure, currency),
        "before": value_of(kpi.previous, currency) if kpi.previous else "",
        "cases": cases(kpi.measure),
        "range": interval_of(kpi.measure) or kpi.measure.note,
    }
