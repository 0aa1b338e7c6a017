"""The words of the quality page."""

from collections.abc import Sequence

from admin import measure_words
from admin.measures import Measure, Unit
from admin.quality.monitors import DEFINITIONS, LEAST_CASES
from admin.quality.values import Days, GateState, LastEvaluation, Monitor, State, Verdict
from core.domain.text.dates import day_and_month, long_date
from ui import words

TOO_FEW = "Too few"
STATES = {
    State.ALERT: "▲ Alert",
    State.WARN: "△ Warning",
    State.OK: "✓ As usual",
    State.NO_DATA: "○ Too few cases",
}
STATE_NAMES = {
    State.ALERT: "alert",
    State.WARN: "warning",
    State.OK: "as usual",
    State.NO_DATA: "too few cases",
}
GATES = {
    GateState.PASS: "passed its gate",
    GateState.WARN: "passed its gate, but is lower than its baseline, perhaps by chance",
    GateState.FAIL: "did not pass its gate",
}
NOT_CHECKED = (
    "The monitors have not been checked yet. They are checked once a day while the app runs, and "
    "when you choose “Check now”."
)
TOPICS_MISSING = (
    "Topics of questions could not be compared, because the embedding model did not answer. The "
    "app tries again every hour."
)
HOW_COMPARED = (
    "Each monitor compares the last 7 whole days, or 14 if there are too few cases, with the 28 "
    "days before that window and the one before it. It needs "
    f"{LEAST_CASES} cases in both. Limits are set so that in at most 1 of 20 ordinary weeks any of "
    "the monitors gives a false alarm."
)
ACCEPTING = (
    "If things changed for good, such as with a new team or a new model, accept the last 28 days "
    "as normal. Later windows are compared with them until you accept other days."
)


def value(measure: Measure) -> str:
    """Return `77.1%`, `1.2 s` or `12`; `Too few` for a rate of too few cases."""
    if measure.value is None:
        is_rate = measure.definition.unit is Unit.SHARE or measure.cases
        return TOO_FEW if is_rate else "–"
    return amount(measure.value, measure.definition.unit)


def amount(number: float, unit: Unit) -> str:
    """Return a number with its unit."""
    return measure_words.amount(number, unit, currency="")


def title(monitor: Monitor) -> str:
    """Return what a monitor is called."""
    return DEFINITIONS[monitor].title


def glance(verdicts: Sequence[Verdict]) -> str:
    """Say in one sentence what the monitors found."""
    alerts, warnings, fine, silent = (
        [one for one in verdicts if one.state is state] for state in State
    )
    told = [
        _named("Alert", alerts),
        _named("Warning", warnings),
        f"{len(fine)} of {words.count(len(verdicts), 'monitor')} as usual." if fine else "",
        f"{len(silent)} of {words.count(len(verdicts), 'monitor')} with too few cases for a "
        "verdict."
        if silent
        else "",
    ]
    return " ".join(one for one in told if one)


def figure(verdict: Verdict, number: float | None, currency: str) -> str:
    """Return a value of a monitor with its unit, a dash if there is none."""
    if number is None:
        return "–"
    match DEFINITIONS[verdict.monitor].unit:
        case Unit.NUMBER:
            return f"{number:.2f}"
        case Unit.MONEY:
            return words.money(round(number), currency)
        case unit:
            return amount(number, unit)


def usual_range(verdict: Verdict, currency: str) -> str:
    """Return `at most 12.0%`, `at least 70.8%` or `1.0% to 12.0%`; a dash without a limit."""
    low, high = (figure(verdict, end, currency) for end in (verdict.low, verdict.high))
    if verdict.low is None:
        return "–" if verdict.high is None else f"at most {high}"
    return f"at least {low}" if verdict.high is None else f"{low} to {high}"


def days(found: Days) -> str:
    """Return `23 Nov to 29 Nov`."""
    return f"{day_and_month(found.first)} to {day_and_month(found.last)}"


def evaluation(run: LastEvaluation, at: str) -> str:
    """Say what the newest evaluation run was and whether it passed its gate."""
    compared = "compared with its baseline" if run.has_baseline else "without another baseline"
    return (
        f"{run.dataset} with {words.count(run.cases, 'case')} {GATES[run.gate]}, {compared} ({at})."
    )


def accepted(found: Days | None) -> str:
    """Say what windows are compared with."""
    if found is None:
        return "No days were accepted as normal yet."
    return f"Accepted as normal: {long_date(found.first)} to {long_date(found.last)}."


def _named(word: str, verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return ""
    return f"{word}: {', '.join(title(one.monitor).lower() for one in verdicts)}."
