"""The tables of a run for the terminal."""

from collections.abc import Iterable, Iterator

from rich.table import Table
from rich.text import Text

from evaluation.comparison import Comparison, Outcome
from evaluation.report import cells
from evaluation.report.lines import Findings, kind_lines, measure_lines

STYLES = {Outcome.PASS: "", Outcome.WARN: "yellow", Outcome.FAIL: "bold red"}


def tables(findings: Findings) -> Iterator[Table]:
    """Yield measures, kinds, changed cases and wrong cases; tables without lines are left out."""
    yield _measures(findings)
    yield _kinds(findings)
    if findings.comparison and findings.comparison.flips:
        yield _flips(findings.comparison)
    if findings.wrong:
        yield _wrong(findings)


def _measures(findings: Findings) -> Table:
    table = _table("Measures", cells.measure_head(findings))
    for line in measure_lines(findings):
        style = STYLES[line.difference.outcome] if line.difference else ""
        table.add_row(*map(Text, cells.measure_cells(line)), style=style)
    for row in cells.summary_cells(findings.run):
        table.add_row(*row)
    return table


def _kinds(findings: Findings) -> Table:
    table = _table("Kinds of question", cells.KIND_HEAD)
    for line in kind_lines(findings.run):
        table.add_row(*map(Text, cells.kind_cells(line)))
    return table


def _flips(comparison: Comparison) -> Table:
    table = _table("Changed since the baseline", cells.FLIP_HEAD)
    for flip in comparison.flips:
        now = Text("right", "green") if flip.is_right_now else Text("wrong", "red")
        table.add_row(Text(flip.case_id), now, Text(flip.kind), Text(flip.question))
    return table


def _wrong(findings: Findings) -> Table:
    table = _table("Not correct", ("Case", "Kind", "Question", "Error"))
    for result in findings.wrong:
        table.add_row(*map(Text, (result.case_id, result.kind, result.question, result.error)))
    return table


def _table(title: str, columns: Iterable[str]) -> Table:
    return Table(*columns, title=title, title_justify="left", box=None, header_style="bold")
