"""Judges from the passages found whether the documents can answer at all."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.domain.answers import RetrievedChunk
from core.domain.ports import KeywordIndex

# How much the two signs of an answer count, and how strong they must be together. Fitted on the
# sample questions; `sandbox_cli.py ask --questions` shows what a change does.
SIMILARITY_WEIGHT = 1.0
COVERAGE_WEIGHT = 0.5
ENOUGH = 0.62
PASSAGES_JUDGED = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """The two signs that passages hold the answer.

    `similarity` is the best cosine similarity of a passage in [-1, 1]; `coverage` the best share
    in [0, 1] of the question's terms that one passage holds, each term weighted by its rarity.
    """

    similarity: float
    coverage: float

    @property
    def strength(self) -> float:
        return SIMILARITY_WEIGHT * self.similarity + COVERAGE_WEIGHT * self.coverage

    @property
    def is_enough(self) -> bool:
        return self.strength >= ENOUGH


class QuestionTerms:
    """The terms of a question with their rarity in the searched collections."""

    def __init__(
        self, keywords: KeywordIndex, question: str, collection_ids: Sequence[str]
    ) -> None:
        self._keywords = keywords
        self.weights = _rarity(keywords, keywords.terms(question), collection_ids)

    def coverage(self, text: str) -> float:
        """The weighted share of the question's terms that `text` holds, in [0, 1]."""
        total = sum(self.weights.values())
        if not total:
            return 0.0
        present = set(self._keywords.terms(text))
        return sum(w for term, w in self.weights.items() if term in present) / total


def judge(terms: QuestionTerms, chunks: Sequence[RetrievedChunk]) -> Evidence:
    """The strongest evidence among the best passages."""
    judged = chunks[:PASSAGES_JUDGED]
    return Evidence(
        similarity=max((hit.similarity or 0.0 for hit in judged), default=0.0),
        coverage=max((terms.coverage(_searchable(hit)) for hit in judged), default=0.0),
    )


def _searchable(hit: RetrievedChunk) -> str:
    return "\n".join((hit.chunk.document_title, *hit.chunk.headings, hit.chunk.text))


def _rarity(
    keywords: KeywordIndex, terms: Iterable[str], collection_ids: Sequence[str]
) -> dict[str, float]:
    """BM25's inverse document frequency over all collections: ln(1 + (N - n + .5) / (n + .5))."""
    distinct = list(dict.fromkeys(terms))
    found = [keywords.frequencies(collection_id, distinct) for collection_id in collection_ids]
    count = sum(f.chunk_count for f in found)
    holding = {term: sum(f.frequencies[term] for f in found) for term in distinct}
    return {term: math.log(1 + (count - n + 0.5) / (n + 0.5)) for term, n in holding.items()}
