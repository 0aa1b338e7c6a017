"""Turns what a search found into rankings, which the measures of `ranking` judge."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from core.domain.answers import RetrievedChunk
from evaluation.datasets import Case, Evidence
from evaluation.metrics import ranking

# A passage holds a piece of evidence if it has this share of its characters in one run; the same
# evidence then counts whatever the splitter cuts.
HELD_SHARE = 0.5


def search_measures(
    case: Case, hits: Sequence[RetrievedChunk], k: int
) -> Iterator[tuple[str, float]]:
    """Return each measure of a search by name, cut after k documents or pages.

    With `relevant`, the ranking is of documents by external id, else of pages with evidence; each
    stands where its best passage stands.
    """
    ranked, grades = _ranking(case, hits)
    for name, measure in _MEASURES.items():
        yield f"{name}@{k}", measure(ranked, grades, k)
    if case.evidence:
        yield f"quote_recall@{k}", quote_recall(case.evidence, hits[:k])


def quote_recall(evidence: Sequence[Evidence], hits: Sequence[RetrievedChunk]) -> float:
    """Return the share of the evidence that a passage holds."""
    return sum(any(_holds(h, e) for h in hits) for e in evidence) / len(evidence)


def _ranking(case: Case, hits: Sequence[RetrievedChunk]) -> tuple[list[str], Mapping[str, int]]:
    if case.relevant:
        documents = [hit.chunk.external_id or hit.chunk.document_id for hit in hits]
        return list(dict.fromkeys(documents)), case.relevant
    grades = {_page(e.document, e.page): 1 for e in case.evidence}
    pages = [_page_of(hit, grades) for hit in hits]
    return list(dict.fromkeys(pages)), grades


def _page_of(hit: RetrievedChunk, grades: Mapping[str, int]) -> str:
    chunk = hit.chunk
    by_id = _page(chunk.external_id or "", chunk.page_from)
    return by_id if by_id in grades else _page(chunk.file_name, chunk.page_from)


def _page(document: str, page: int) -> str:
    return f"{document}\0{page}"


def _holds(hit: RetrievedChunk, evidence: Evidence) -> bool:
    if evidence.document not in (hit.chunk.file_name, hit.chunk.external_id):
        return False
    quote, text = _words(evidence.quote), _words(hit.chunk.text)
    matcher = SequenceMatcher(None, quote, text, autojunk=False)
    return matcher.find_longest_match().size >= HELD_SHARE * len(quote)


_MEASURES: Mapping[str, Callable[[ranking.Ranking, ranking.Grades, int], float]] = {
    "recall": ranking.recall,
    "ndcg": ranking.ndcg,
    "rr": ranking.reciprocal_rank,
    "hit": ranking.hit,
}


def _words(text: str) -> str:
    """Join the words on one line, without the signs between table cells."""
    return " ".join(text.replace("|", " ").split())
