"""`quality`: the measures, monitors and last evaluation of the page Quality, in the terminal."""

from collections.abc import Sequence
from typing import Annotated

import typer

from admin.measure_words import amount
from admin.measures import Measure, Unit
from admin.quality.monitors import DEFINITIONS
from admin.quality.values import Compared, LastEvaluation, QualityReport, Verdict
from core.domain.identity import SYSTEM
from terminal.answers.overview import Days, FirstDay, LastDay, Zone, chosen_period, chosen_zone
from terminal.context import services
from terminal.output import Json, emit_table, readable_errors, say

Record = dict[str, object]


def quality(
    days: Days = 30,
    since: FirstDay = None,
    until: LastDay = None,
    zone: Zone = "UTC",
    check: Annotated[
        bool, typer.Option("--check", help="First check all drift monitors now.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show how good answers are, what the drift monitors say, and the last evaluation."""
    with readable_errors():
        period = chosen_period(days, since, until, chosen_zone(zone))
        if check:
            services().quality.check_now(SYSTEM)
        report = services().quality.report(SYSTEM, period)
        if as_json:
            emit_table(_records(report), as_json=True)
        else:
            _show(report)


def _records(report: QualityReport) -> list[Record]:
    """Return one record for each figure; `kind` says what it is."""
    return [
        *(_measure_record(one) for one in report.measures),
        *(_monitor_record(one) for one in report.verdicts),
        *([_evaluation_record(report.evaluation)] if report.evaluation else []),
    ]


def _show(report: QualityReport) -> None:
    emit_table([_measure_in_short(one) for one in report.measures], as_json=False)
    if report.verdicts:
        emit_table([_monitor_in_short(one) for one in report.verdicts], as_json=False)
    else:
        say("The drift monitors were not checked yet. Run: sandbox_cli.py quality --check")
    if report.evaluation is None:
        say("Nothing was evaluated yet.")
    else:
        emit_table([_evaluation_record(report.evaluation)], as_json=False)


def _measure_record(one: Compared) -> Record:
    return {
        "kind": "measure",
        "key": one.now.definition.key,
        "unit": one.now.definition.unit.value,
        **_figures(one.now),
        "parts": dict(one.now.parts),
        "before": _figures(one.before),
        "meaning": one.now.definition.meaning,
    }


def _figures(measure: Measure) -> Record:
    reach = measure.interval
    return {
        "value": measure.value,
        "cases": measure.cases,
        "low": reach.low if reach else None,
        "high": reach.high if reach else None,
    }


def _monitor_record(one: Verdict) -> Record:
    return {
        "kind": "monitor",
        "key": one.monitor.value,
        "state": one.state.value,
        "value": one.value,
        "usual": one.usual,
        "low": one.low,
        "high": one.high,
        "cases": one.cases,
        "usual_cases": one.usual_cases,
        "from": one.window.first.isoformat(),
        "to": one.window.last.isoformat(),
        "compared_from": one.reference.first.isoformat(),
        "compared_to": one.reference.last.isoformat(),
        "computed_at": one.computed_at.isoformat() if one.computed_at else None,
        "meaning": DEFINITIONS[one.monitor].meaning,
    }


def _evaluation_record(run: LastEvaluation) -> Record:
    return {
        "kind": "evaluation",
        "dataset": run.dataset,
        "cases": run.cases,
        "gate": run.gate.value,
        "finished_at": run.finished_at.isoformat(timespec="minutes"),
        "broken_rules": list(run.broken_rules),
    }


def _measure_in_short(one: Compared) -> Record:
    return {
        "measure": one.now.definition.title,
        "value": _told(one.now),
        "range": _range(one.now),
        "cases": one.now.cases,
        "before": _told(one.before),
    }


def _monitor_in_short(one: Verdict) -> Record:
    definition = DEFINITIONS[one.monitor]
    figures: Sequence[float | None] = (one.value, one.usual, one.low, one.high)
    value, usual, low, high = (_number(figure, definition.unit) for figure in figures)
    return {
        "monitor": definition.title,
        "state": one.state.value,
        "value": value,
        "usual": usual,
        "at least": low,
        "at most": high,
        "cases": f"{one.cases} and {one.usual_cases}",
    }


def _told(measure: Measure) -> str:
    unit = measure.definition.unit
    if measure.value is None:
        return "too few" if unit is Unit.SHARE or measure.cases else ""
    is_number = unit is Unit.NUMBER
    return amount(measure.value, unit, currency="") if is_number else _number(measure.value, unit)


def _range(measure: Measure) -> str:
    reach = measure.interval
    return f"{reach.low:.1%} to {reach.high:.1%}" if reach else ""


def _number(figure: float | None, unit: Unit) -> str:
    if figure is None:
        return ""
    match unit:
        case Unit.SHARE:
            return f"{figure:.1%}"
        case Unit.MILLISECONDS:
            return f"{figure / 1000:.1f} s"
        case Unit.MONEY:
            return f"{figure / 1_000_000:.4f}"
        case _:
            return f"{figure:.2f}"
