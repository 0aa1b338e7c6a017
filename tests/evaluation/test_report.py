"""The report is one page that needs nothing else, says the verdict, and executes no question."""

import re
from dataclasses import replace
from io import StringIO
from xml.etree import ElementTree

from rich.console import Console

from evaluation.comparison import compare
from evaluation.gate import breaches
from evaluation.report.lines import Findings, kind_lines, measure_lines
from evaluation.report.page import html_page
from evaluation.report.plots import measure_bars
from evaluation.report.tables import tables
from evaluation.runs import Run
from tests.evaluation.cases import result, rights, run_of

HOSTILE = '<script>alert("1")</script>'
GOOD = rights(*[1] * 40, run_id="good")
BAD = rights(*[1] * 20, *[0] * 20, run_id="bad")


def findings(run: Run, baseline: Run | None = None) -> Findings:
    return Findings(run, tuple(breaches(run)), compare(run, baseline) if baseline else None)


def printed(found: Findings) -> str:
    console = Console(width=200, file=StringIO(), record=True)
    for table in tables(found):
        console.print(table)
    return console.export_text()


def test_the_page_loads_nothing_and_follows_light_and_dark() -> None:
    page = html_page(findings(GOOD))

    assert re.findall(r"(?:src|href)=|url\(|@import|https?:", page) == []
    assert "prefers-color-scheme: dark" in page


def test_every_text_of_a_case_is_escaped() -> None:
    hostile = replace(result(HOSTILE, kind=HOSTILE, right=0.0), question=HOSTILE, error=HOSTILE)
    run = run_of(replace(hostile, answer=HOSTILE), dataset=HOSTILE)
    baseline = run_of(result(HOSTILE, right=1))

    page = html_page(findings(run, baseline))

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_plots_are_well_formed() -> None:
    found = findings(run_of(result("1", right=0.5, score=-1, total_ms=4, abstention=1)), GOOD)

    tree = ElementTree.fromstring(measure_bars(measure_lines(found)))  # noqa: S314  our own

    assert len(tree.findall("g")) == 2


def test_the_page_of_a_good_run_says_passed() -> None:
    assert "Passed" in html_page(findings(GOOD, GOOD))


def test_a_regression_is_on_the_page_and_in_the_tables_with_its_flips() -> None:
    found = findings(BAD, GOOD)

    page, text = html_page(found), printed(found)

    assert not found.has_passed
    assert "Not passed" in page
    assert "Correct overall: 1.000 → 0.500" in page
    assert "fail" in text
    assert "Changed since the baseline" in text
    assert text.count("Question 30?") == 2


def test_a_broken_rule_is_on_the_page() -> None:
    assert "Permission leaks must be 0: 1 case (x)" in html_page(
        findings(run_of(result("x", leak=1)))
    )


def test_kinds_are_counted_apart() -> None:
    run = run_of(
        result("1", kind="fact", right=1, right_page=1, false_abstention=0),
        result("2", kind="fact", right=0, right_page=0, false_abstention=1),
        result("3", kind="unanswerable", right=1, abstention=1),
    )

    fact, unanswerable = kind_lines(run)

    assert (fact.kind, fact.cases, fact.right, fact.right_page, fact.abstained) == (
        "fact",
        2,
        0.5,
        0.5,
        0.5,
    )
    assert (unanswerable.right_page, unanswerable.abstained) == (None, 1)


def test_questions_are_no_markup_in_the_terminal() -> None:
    run = run_of(replace(result("1", right=0.0), question="[bold]what[/bold] [red"))

    assert "[bold]what[/bold] [red" in printed(findings(run))
