"""Figures of quality, as the page Quality tells them."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from sqlmodel import Session

from admin.kpis.values import Course, Windows
from admin.measures import Definition, Measure
from admin.quality.measures import errors_in, measures_of
from admin.quality.monitors import DEFINITIONS
from admin.quality.values import GateState, LastEvaluation, State, Verdict
from admin.usage.figures import Figures
from core.domain.text.dates import long_date

EVALUATION = Definition(
    "last_evaluation",
    "Rules broken in the last evaluation",
    "Rules of the gate that the newest run of test questions breaks, of whatever dataset.",
)
DRIFT = Definition(
    "drift_alerts",
    "Drift monitors that alert",
    "Monitors whose newest check says that questions, answers, times or costs have changed, of "
    "those with enough cases.",
)
GATES = {
    GateState.PASS: "Passed",
    GateState.WARN: "Lower than its baseline, perhaps by chance",
    GateState.FAIL: "Did not pass",
}


class QualityState(Protocol):
    """What the page Quality knows beside the measures of a period."""

    def newest(self, session: Session, /) -> Sequence[Verdict]:
        """Return the newest verdict of each monitor."""

    def evaluation(self) -> LastEvaluation | None:
        """Return the newest evaluation run, None if nothing was evaluated."""


def quality(
    session: Session, figures: Figures, state: QualityState, windows: Windows
) -> Iterator[Course]:
    """Return each measure of quality in all windows, the last evaluation, and drift."""
    spans = [window.whole for window in windows]
    courses = [
        measures_of(one, errors_in(session, span))
        for one, span in zip(figures.each(spans, counts_people=False), spans, strict=True)
    ]
    yield from ([*course] for course in zip(*courses, strict=True))
    yield [_evaluation(state.evaluation())]
    yield [_drift(state.newest(session))]


def _evaluation(run: LastEvaluation | None) -> Measure:
    if run is None:
        return Measure(EVALUATION, None, note="Nothing was evaluated yet")
    told = f"{GATES[run.gate]}: {run.dataset}, {long_date(run.finished_at)}"
    return Measure(EVALUATION, len(run.broken_rules), run.cases, note=told)


def _drift(verdicts: Sequence[Verdict]) -> Measure:
    judged = [verdict for verdict in verdicts if verdict.state is not State.NO_DATA]
    alerts = [one for one in judged if one.state is State.ALERT]
    if not judged:
        return Measure(DRIFT, None, 0, note="Too few cases, or not checked yet")
    told = ", ".join(DEFINITIONS[one.monitor].title for one in alerts)
    return Measure(DRIFT, len(alerts), len(judged), note=told or "All as usual")
