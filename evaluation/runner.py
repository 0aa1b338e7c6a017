"""Asks every question of a dataset and measures what comes back."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.domain.answers import Answer, AnswerStatus, RetrievedChunk
from core.domain.clock import new_id, now
from core.errors import SandboxError
from evaluation.datasets import Case, Dataset
from evaluation.metrics.answers import PageText
from evaluation.metrics.cases import Values, answer_values, failed_values, search_values
from evaluation.runs import CaseResult, Run

logger = logging.getLogger(__name__)

# Several passages of one document or page count once, so more passages than k are searched for.
PASSAGES_PER_PLACE = 10
MAX_PASSAGES = 1000

UNEXPECTED = "Something went wrong while answering. See the log."

Ask = Callable[[Case], Answer]
Search = Callable[[Case, int], Sequence[RetrievedChunk]]
Progress = Callable[[int, int], None]
"""Receives the number of finished cases and their total."""


@dataclass(frozen=True, slots=True)
class System:
    """The system under evaluation, reduced to what an evaluation needs of it."""

    ask: Ask
    search: Search
    page_text: PageText


def no_progress(_done: int, _total: int) -> None:
    """Ignore progress, for callers who do not wait."""


def run_dataset(
    dataset: Dataset,
    system: System,
    configuration: Mapping[str, str],
    *,
    k: int = 10,
    progress: Progress = no_progress,
) -> Run:
    """Run every case once, in order; a failed case counts as a failure, never left out."""
    started = now()
    results = []
    for done, case in enumerate(dataset.cases, start=1):
        results.append(run_case(case, system, k))
        progress(done, len(dataset.cases))
    return Run(
        id=new_id(),
        dataset_name=dataset.name,
        dataset_sha256=dataset.sha256,
        started_at=started,
        finished_at=now(),
        configuration={**configuration, "k": str(k)},
        results=tuple(results),
    )


def run_case(case: Case, system: System, k: int) -> CaseResult:
    """Run one case; only the search if only the search is judged."""
    try:
        hits = system.search(case, min(k * PASSAGES_PER_PLACE, MAX_PASSAGES))
        if case.is_retrieval_only:
            return _result(case, {**search_values(case, hits, k), "error": 0.0})
        answer = system.ask(case)
    except SandboxError as error:
        return _failure(case, k, str(error))
    except Exception:  # a defect in one answer must not hide the results of all others
        logger.exception("case failed case_id=%s", case.id)
        return _failure(case, k, UNEXPECTED)
    if answer.status is not AnswerStatus.COMPLETE:
        return _failure(case, k, answer.error or UNEXPECTED)
    values = search_values(case, hits, k) | answer_values(case, answer, hits, system.page_text)
    return _result(case, values, answer.text)


def _result(case: Case, values: Values, answer: str = "") -> CaseResult:
    return CaseResult(case.id, case.kind, case.text, values, answer=answer)


def _failure(case: Case, k: int, error: str) -> CaseResult:
    return CaseResult(case.id, case.kind, case.text, failed_values(case, k), error=error)
