"""`evaluate`: ask a dataset, measure, compare with a baseline, and say whether it may pass."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core.domain.identity import SYSTEM
from core.domain.text.plurals import count
from core.errors import InvalidInput, NotFound
from evaluation.beir import load_beir
from evaluation.comparison import compare
from evaluation.datasets import SHIPPED_NAMES, Case, Dataset, Kind, load_cases, load_shipped
from evaluation.gate import breaches
from evaluation.measures import title_of
from evaluation.report.lines import Findings
from evaluation.report.page import html_page
from evaluation.report.tables import tables
from evaluation.runner import Progress
from evaluation.runs import Run, run_from_record, run_record
from evaluation.service import PROMOTED_NAME, RunOptions
from terminal.answers.questions import CollectionNames
from terminal.context import collection_ids, services, user_named
from terminal.output import Json, emit, progress, readable_errors, say

BASELINE = "baseline"


def evaluate(
    dataset: Annotated[
        str,
        typer.Argument(
            help=f"{', '.join(SHIPPED_NAMES)}, promoted, a JSONL file of cases, "
            "or a folder in BEIR layout."
        ),
    ],
    user: Annotated[
        str | None, typer.Option(help="Ask as this person; the default is the operator.")
    ] = None,
    collection: CollectionNames = None,
    baseline: Annotated[
        str | None,
        typer.Option(help="Compare with a run: its id, a file written by --output, or “baseline”."),
    ] = None,
    save_baseline: Annotated[
        bool, typer.Option("--save-baseline", help="Make this run the baseline of its dataset.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option(help="Write the run with its answers as JSON.", dir_okay=False)
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a report as one HTML page.", dir_okay=False)
    ] = None,
    k: Annotated[int, typer.Option(help="Number of passages to rank.", min=1, max=1000)] = 10,
    limit: Annotated[int | None, typer.Option(help="Run only the first cases.", min=1)] = None,
    as_json: Json = False,
) -> None:
    """Measure answers and retrieval; exit code 1 if a rule is broken or a measure dropped."""
    with readable_errors():
        # An empty name, as from an unset variable, must not become the operator.
        asker = SYSTEM if user is None else user_named(user)
        chosen = collection_ids(asker, collection)
        _require_folders(output, html)
        cases = _answerable_here(_dataset(dataset).first(limit))
        before = _baseline(baseline, cases.name)
        with _shown_progress() as shown:
            run = services().evaluations.run(
                SYSTEM, cases, RunOptions(asker, chosen, k), progress=shown
            )
        findings = Findings(run, tuple(breaches(run)), compare(run, before) if before else None)
        _write(findings, output, html)
        _say_if_nothing_matches(run)
        _show(findings, as_json=as_json)
        if save_baseline:
            _keep_as_baseline(findings)
    if not findings.has_passed:
        raise typer.Exit(1)


def _require_folders(*paths: Path | None) -> None:
    """Check the folders before the questions are asked, which may take long."""
    for path in paths:
        if path is not None and not path.parent.is_dir():
            raise InvalidInput(
                f"{path} cannot be written: the folder {path.parent} does not exist."
            )


def _dataset(name: str) -> Dataset:
    if name in SHIPPED_NAMES:
        return load_shipped(name)
    if name == PROMOTED_NAME:
        promoted = services().evaluations.promoted(SYSTEM)
        if not promoted.cases:
            raise NotFound("No question has been promoted to a case yet.")
        return promoted
    path = Path(name)
    if path.is_dir():
        return load_beir(path)
    if path.is_file():
        return load_cases(path)
    raise NotFound(
        f"“{name}” is none of {', '.join(SHIPPED_NAMES)} and promoted, and there is no such file "
        "or folder."
    )


def _answerable_here(dataset: Dataset) -> Dataset:
    """Drop cases that this knowledge base cannot test; raise NotFound if none is left.

    A closed document that does not exist leaks nothing, so its cases would prove nothing. Other
    cases stay: they count as wrong.
    """
    known = {name: _is_known(name) for name in _documents(dataset.cases)}
    missing = sorted(name for name, is_known in known.items() if not is_known)
    if missing and len(missing) == len(known):
        raise NotFound(
            f"None of the documents of {dataset.name} are in the knowledge base, for example "
            f"“{missing[0]}”. Ingest them first; `setup` loads the sample documents."
        )
    if missing:
        say(f"Not in the knowledge base: {', '.join(missing)}.", style="yellow")
    kept = tuple(case for case in dataset.cases if not _is_untestable(case, missing))
    if len(kept) < len(dataset.cases):
        say(f"Left out: {count(len(dataset.cases) - len(kept), 'case')} about closed documents.")
    return Dataset(dataset.name, kept)


def _documents(cases: Iterable[Case]) -> set[str]:
    return {evidence.document for case in cases for evidence in case.evidence}


def _is_known(name: str) -> bool:
    found = services().documents.list(SYSTEM, search=name, limit=1000)
    return any(name in (document.file_name, document.external_id) for document in found)


def _is_untestable(case: Case, missing: Sequence[str]) -> bool:
    return case.kind == Kind.NO_PERMISSION and bool(_documents([case]) & set(missing))


def _baseline(name: str | None, dataset_name: str) -> Run | None:
    if name is None:
        return None
    if name != BASELINE:
        path = Path(name)
        return _read_run(path) if path.is_file() else services().evaluations.load(SYSTEM, name)
    pinned = services().evaluations.baseline(SYSTEM, dataset_name)
    if pinned is None:
        raise NotFound(f"{dataset_name} has no baseline yet. Make one with --save-baseline.")
    return pinned


def _read_run(path: Path) -> Run:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidInput(f"{path.name} is not a JSON file.") from error
    return run_from_record(record)


@contextmanager
def _shown_progress() -> Iterator[Progress]:
    with progress() as bar:
        task = bar.add_task("Questions", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _say_if_nothing_matches(run: Run) -> None:
    hits = [
        value
        for r in run.of_kind(Kind.RETRIEVAL)
        for n, value in r.values.items()
        if n.startswith("hit@")
    ]
    if hits and not any(hits):
        say(
            f"None of the documents that {run.dataset_name} asks for were found. Ingest its "
            "corpus.jsonl first; documents are matched by their ids.",
            style="yellow",
        )


def _write(findings: Findings, output: Path | None, html: Path | None) -> None:
    if output is not None:
        text = json.dumps(run_record(findings.run), ensure_ascii=False, indent=1)
        _write_text(output, text + "\n")
    if html is not None:
        _write_text(html, html_page(findings))


def _write_text(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error


def _show(findings: Findings, *, as_json: bool) -> None:
    if as_json:
        for result in findings.run.results:
            emit(asdict(result))
        emit(_summary(findings))
        return
    console = Console()
    for table in tables(findings):
        console.print(table)
        console.print()
    for breach in findings.breaches:
        say(f"Rule broken: {breach}", style="bold red")
    for step in findings.regressions:
        say(
            f"Lower: {title_of(step.name)}: {step.baseline:.3f} → {step.current:.3f}",
            style="bold red",
        )
    say(f"Run {findings.run.id} {'passed' if findings.has_passed else 'failed'}.")


def _summary(findings: Findings) -> dict[str, object]:
    record = run_record(findings.run)
    del record["results"]
    comparison = findings.comparison
    return {
        "summary": True,
        **record,
        "cases": len(findings.run.results),
        "passed": findings.has_passed,
        "broken_rules": [str(breach) for breach in findings.breaches],
        "comparison": asdict(comparison) if comparison else None,
    }


def _keep_as_baseline(findings: Findings) -> None:
    if findings.breaches:
        say("Not saved as the baseline: a rule is broken.", style="red")
        return
    services().evaluations.set_baseline(SYSTEM, findings.run.id)
    say(f"Run {findings.run.id} is now the baseline of {findings.run.dataset_name}.")
