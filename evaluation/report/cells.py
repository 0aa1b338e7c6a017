"""The cells of a report's tables, the same in the terminal and on the page."""

from evaluation.measures import measure_of
from evaluation.report.lines import Findings, KindLine, MeasureLine
from evaluation.runs import Run

MEASURE_HEAD = ("Measure", "Cases", "Mean", "95 % of the mean")
CHANGE_HEAD = ("Baseline", "Change", "95 % of the change", "Verdict")
KIND_HEAD = ("Kind", "Cases", "Correct", "Correct page", "Abstained", "Errors")
FLIP_HEAD = ("Case", "Now", "Kind", "Question")

SUMMARY_TITLES = {
    "abstention_precision": "Abstained, of which correctly",
    "abstention_f1": "F1 of abstaining",
    "median_ms": "Milliseconds, median",
    "p95_ms": "Milliseconds, 95th percentile",
}


def measure_head(findings: Findings) -> tuple[str, ...]:
    """Return the header, with the columns of the change if there is a baseline."""
    return (*MEASURE_HEAD, *(CHANGE_HEAD if findings.comparison else ()))


def measure_cells(line: MeasureLine) -> list[str]:
    """Return the cells of a measure, with its change if the baseline has it too."""
    shown = measure_of(line.name).shown
    bounds = f"{shown(line.interval.low)} … {shown(line.interval.high)}"
    cells = [line.title, str(line.cases), shown(line.mean), bounds]
    step = line.difference
    if step is None:
        return cells
    change = f"{'+' if step.change > 0 else ''}{shown(step.change)}"
    bounds = f"{shown(step.interval.low)} … {shown(step.interval.high)}"
    return [*cells, shown(step.baseline), change, bounds, step.outcome.value]


def summary_cells(run: Run) -> list[list[str]]:
    """Return the lines that only a whole run has."""
    return [
        [title, "", f"{value:.0f}" if name.endswith("_ms") else f"{value:.3f}"]
        for name, title in SUMMARY_TITLES.items()
        if (value := run.summary.get(name)) is not None
    ]


def kind_cells(line: KindLine) -> list[str]:
    """Return the cells of a kind of question with its shares."""
    shares = (line.right, line.right_page, line.abstained)
    formatted = ["" if share is None else f"{share:.3f}" for share in shares]
    return [line.kind, str(line.cases), *formatted, str(line.errors)]
