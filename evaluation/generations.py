"""Compares two indexes of the same passages on the same questions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import fmean, median
from time import perf_counter

from core.domain.answers import RetrievedChunk
from core.domain.knowledge import Chunk
from evaluation.datasets import Case, Dataset, Evidence
from evaluation.metrics.passages import search_measures

K = 10
PASSAGES_PER_PLACE = 10
MAX_QUESTIONS = 200
NOTICEABLE = 0.001
FROM_HEADINGS = "headings of the documents"

Find = Callable[[Case, int], Sequence[RetrievedChunk]]


@dataclass(frozen=True, slots=True)
class SearchResults:
    """nDCG@10, recall@10, reciprocal rank and milliseconds of each question, in order."""

    ndcg: tuple[float, ...]
    recall: tuple[float, ...]
    reciprocal_rank: tuple[float, ...]
    milliseconds: tuple[float, ...]

    @property
    def means(self) -> tuple[float, float, float]:
        return fmean(self.ndcg), fmean(self.recall), fmean(self.reciprocal_rank)

    @property
    def median_ms(self) -> float:
        return median(self.milliseconds)


def measure(cases: Sequence[Case], find: Find) -> SearchResults:
    """Ask every question once; `cases` must not be empty."""
    rows = [_measured(case, find) for case in cases]
    return SearchResults(*zip(*rows, strict=True))


def moved(before: SearchResults, after: SearchResults) -> tuple[int, int]:
    """Count the questions that are answered better and worse, by nDCG."""
    changes = [
        after_value - before_value
        for before_value, after_value in zip(before.ndcg, after.ndcg, strict=True)
    ]
    better = sum(change > NOTICEABLE for change in changes)
    return better, sum(change < -NOTICEABLE for change in changes)


def cases_about(datasets: Iterable[Dataset], documents: frozenset[str]) -> Dataset | None:
    """Return the questions of the first dataset with evidence in these documents."""
    for dataset in datasets:
        cases = tuple(case for case in dataset.cases if _is_about(case, documents))
        if cases:
            return Dataset(dataset.name, cases)
    return None


def cases_from_headings(chunks: Iterable[Chunk]) -> Dataset:
    """Make a question of each passage's title and headings, which should find its page."""
    cases = (
        Case(
            id=str(chunk.id),
            text=" ".join((chunk.document_title, *chunk.headings)),
            evidence=(Evidence(chunk.file_name, chunk.page_from, chunk.text),),
        )
        for chunk in chunks
    )
    return Dataset(FROM_HEADINGS, tuple(islice(_distinct(cases), MAX_QUESTIONS)))


def _measured(case: Case, find: Find) -> tuple[float, float, float, float]:
    started = perf_counter()
    hits = find(case, K * PASSAGES_PER_PLACE)
    milliseconds = 1000 * (perf_counter() - started)
    values = dict(search_measures(case, hits, K))
    return values[f"ndcg@{K}"], values[f"recall@{K}"], values[f"rr@{K}"], milliseconds


def _is_about(case: Case, documents: frozenset[str]) -> bool:
    return case.is_answerable and all(e.document in documents for e in case.evidence)


def _distinct(cases: Iterable[Case]) -> Iterable[Case]:
    seen: set[str] = set()
    for case in cases:
        if case.text not in seen:
            seen.add(case.text)
            yield case
