"""`kpis`: the board's figures of the page KPIs, in the terminal."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from admin.kpis.files import kpi_pdf, kpi_xlsx
from admin.kpis.values import Kpi, KpiReport
from admin.kpis.words import GROUPS, cases
from admin.measure_words import interval_of, value_of
from admin.measures import Measure, Unit
from admin.usage.period import Period
from core.domain.identity import SYSTEM
from core.errors import InvalidInput
from core.storage.disk_errors import disk_errors
from terminal.answers.overview import Days, FirstDay, LastDay, Zone, chosen_period, chosen_zone
from terminal.context import services
from terminal.output import Json, emit_table, readable_errors, say

Record = dict[str, object]
EARLIEST, LATEST = 2000, 2100
IN_MONEY = (Unit.MONEY, Unit.RETURN)
"""Units of figures whose value or parts are money."""


def kpis(
    days: Days = 30,
    since: FirstDay = None,
    until: LastDay = None,
    zone: Zone = "UTC",
    out: Annotated[
        Path | None, typer.Option(help="Write a file instead, which ends with .pdf or .xlsx.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the board's figures beside those of the period before."""
    with readable_errors():
        period = chosen_period(days, since, until, chosen_zone(zone))
        _require_years(period)
        make = None if out is None else _maker(out)
        report = services().kpis.report(SYSTEM, period)
        if out is not None and make is not None:
            content = make(report)
            with disk_errors(f"The file {out}"):
                out.write_bytes(content)
            say(f"Written to {out}.")
        elif as_json:
            emit_table([_record(kpi) for kpi in report.kpis], as_json=True)
        else:
            emit_table([_in_short(kpi) for kpi in report.kpis], as_json=False)


def _require_years(period: Period) -> None:
    """Refuse years whose trend would leave the calendar."""
    if not EARLIEST <= period.first.year <= period.last.year <= LATEST:
        raise InvalidInput(f"Name days of the years {EARLIEST} to {LATEST}.")


def _maker(out: Path) -> Callable[[KpiReport], bytes]:
    """Return what makes a file of this name, before anything is added up for it."""
    if not out.parent.is_dir():
        raise InvalidInput(f"There is no folder {out.parent}. Make it first.")
    match out.suffix.lower():
        case ".pdf":
            return lambda report: kpi_pdf(report, lambda _share, _step: None)
        case ".xlsx":
            return kpi_xlsx
        case _:
            raise InvalidInput("Name a file that ends with .pdf or .xlsx.")


def _record(kpi: Kpi) -> Record:
    """Return every figure as a number: money in millionths of the currency."""
    definition = kpi.measure.definition
    return {
        "group": kpi.group.value,
        "key": definition.key,
        "unit": definition.unit.value,
        **({"currency": kpi.currency} if definition.unit in IN_MONEY else {}),
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


def _in_short(kpi: Kpi) -> Record:
    return {
        "group": GROUPS[kpi.group],
        "figure": kpi.measure.definition.title,
        "value": value_of(kpi.measure, kpi.currency),
        "before": value_of(kpi.previous, kpi.currency) if kpi.previous else "",
        "cases": cases(kpi.measure),
        "range": interval_of(kpi.measure) or kpi.measure.note,
    }
