"""Runs and promoted cases as rows of the database."""

from collections.abc import Sequence
from dataclasses import asdict

from core.domain.answers import Turn
from core.storage.tables import EvaluationCaseRow, EvaluationResultRow, EvaluationRunRow
from evaluation.datasets import AskedAs, Case, Evidence
from evaluation.runs import CaseResult, Run, RunOverview


def run_row(run: Run) -> EvaluationRunRow:
    """Return the row of a run without its results."""
    return EvaluationRunRow(
        id=run.id,
        dataset_name=run.dataset_name,
        dataset_hash=run.dataset_sha256,
        started_at=run.started_at,
        finished_at=run.finished_at,
        configuration=dict(run.configuration),
        metrics=run.summary,
    )


def result_rows(run: Run) -> list[EvaluationResultRow]:
    """Make one row per result; answers are not stored (see EvaluationResultRow)."""
    return [
        EvaluationResultRow(
            run_id=run.id,
            position=position,
            case_id=result.case_id,
            kind=result.kind,
            question=result.question,
            error=result.error,
            metrics=dict(result.values),
        )
        for position, result in enumerate(run.results)
    ]


def to_run(row: EvaluationRunRow, results: Sequence[EvaluationResultRow]) -> Run:
    """Make a run with its results, which have no answers."""
    return Run(
        id=row.id,
        dataset_name=row.dataset_name,
        dataset_sha256=row.dataset_hash,
        started_at=row.started_at,
        finished_at=row.finished_at,
        configuration=row.configuration,
        results=tuple(
            CaseResult(r.case_id, r.kind, r.question, r.metrics, error=r.error) for r in results
        ),
        is_baseline=row.is_baseline,
    )


def to_overview(row: EvaluationRunRow, cases: int) -> RunOverview:
    """Make one line in the list of runs."""
    return RunOverview(
        id=row.id,
        dataset_name=row.dataset_name,
        started_at=row.started_at,
        cases=cases,
        metrics=row.metrics,
        configuration=row.configuration,
        is_baseline=row.is_baseline,
    )


def case_row(case: Case, *, promoted_by: str, source_message_id: str) -> EvaluationCaseRow:
    """Return the row of a new promoted case; its id is made here."""
    return EvaluationCaseRow(
        kind=case.kind,
        question=case.text,
        history=[{"role": turn.role, "content": turn.text} for turn in case.history],
        evidence=[asdict(evidence) for evidence in case.evidence],
        forbidden=list(case.forbidden),
        asked_as=case.asked_as.value,
        source_message_id=source_message_id,
        promoted_by=promoted_by,
    )


def to_case(row: EvaluationCaseRow) -> Case:
    """Make a promoted case."""
    return Case(
        id=row.id,
        text=row.question,
        kind=row.kind,
        evidence=tuple(Evidence(**item) for item in row.evidence),
        history=tuple(Turn(turn["role"], turn["content"]) for turn in row.history),
        forbidden=tuple(row.forbidden),
        asked_as=AskedAs(row.asked_as),
    )
