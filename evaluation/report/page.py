"""A run as one HTML page that needs nothing from anywhere and follows light and dark."""

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files

from evaluation.comparison import Comparison
from evaluation.measures import title_of
from evaluation.report import cells
from evaluation.report.lines import Findings, MeasureLine, kind_lines, measure_lines
from evaluation.report.plots import measure_bars


def html_page(findings: Findings) -> str:
    """Return the whole page; every text of a case is escaped."""
    run = findings.run
    lines = measure_lines(findings)
    style = files("evaluation").joinpath("report", "page.css").read_text(encoding="utf-8")
    title = escape(f"Evaluation of {run.dataset_name}")
    body = "".join(
        (
            f"<h1>{title}</h1>",
            _verdict(findings),
            _section(
                "Measures", measure_bars(lines), _legend(findings), _measures(lines, findings)
            ),
            _section(
                "Kinds of question", _table(cells.KIND_HEAD, map(cells.kind_cells, kind_lines(run)))
            ),
            _flips(findings.comparison),
            _wrong(findings),
            _section("What was asked", _about(findings)),
        )
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{title}</title><style>{style}</style></head><body><main>{body}</main></body></html>\n"
    )


def _verdict(findings: Findings) -> str:
    reasons = [str(breach) for breach in findings.breaches]
    for step in findings.regressions:
        reasons.append(f"{title_of(step.name)}: {step.baseline:.3f} → {step.current:.3f}")
    if not reasons:
        words = "Passed" + (f", {len(findings.warnings)} warnings" if findings.warnings else "")
        return f'<p class="verdict pass">{words}</p>'
    items = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
    return f'<div class="verdict fail">Not passed<ul>{items}</ul></div>'


def _legend(findings: Findings) -> str:
    words = "Bars are means, thin lines their 95 % intervals (bootstrap). ↓ means lower is better."
    if findings.comparison:
        words += " The vertical mark is the baseline."
        if not findings.comparison.has_same_dataset:
            words += (
                " The questions changed since the baseline. Only those in both runs are compared."
            )
    return f'<p class="note">{words}</p>'


def _measures(lines: Sequence[MeasureLine], findings: Findings) -> str:
    rows = [*map(cells.measure_cells, lines), *cells.summary_cells(findings.run)]
    return _table(cells.measure_head(findings), rows)


def _flips(comparison: Comparison | None) -> str:
    if comparison is None:
        return ""
    if not comparison.flips:
        return _section("Changed since the baseline", '<p class="note">None.</p>')
    rows = [
        [flip.case_id, "right" if flip.is_right_now else "wrong", flip.kind, flip.question]
        for flip in comparison.flips
    ]
    return _section("Changed since the baseline", _table(cells.FLIP_HEAD, rows))


def _wrong(findings: Findings) -> str:
    rows = [[r.case_id, r.kind, r.question, r.error or r.answer] for r in findings.wrong]
    if not rows:
        return ""
    return _section("Not correct", _table(["Case", "Kind", "Question", "Answer or error"], rows))


def _about(findings: Findings) -> str:
    run = findings.run
    rows = [
        ["run", run.id],
        ["cases", str(len(run.results))],
        ["started", run.started_at.isoformat(timespec="seconds")],
        ["finished", run.finished_at.isoformat(timespec="seconds")],
        ["dataset SHA-256", run.dataset_sha256],
        *([name, value] for name, value in run.configuration.items() if value),
    ]
    if findings.comparison:
        rows.append(["baseline", findings.comparison.baseline_id])
    return _table([], rows)


def _section(title: str, *parts: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    lines = "".join(f"<tr>{''.join(f'<td>{escape(c)}</td>' for c in row)}</tr>" for row in rows)
    header = f"<thead><tr>{names}</tr></thead>" if head else ""
    return f'<div class="scroll"><table>{header}<tbody>{lines}</tbody></table></div>'
