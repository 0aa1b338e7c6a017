"""The passage engine: answers with the best sentences of the best passages, word for word."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.answers import RetrievedChunk
from core.domain.ports import Embedder
from core.domain.sentences import TextUnit, UnitKind, text_units
from rag.evidence import QuestionTerms

PASSAGES_READ = 6
MAX_WORDS = 60
MAX_QUOTES = 3
# A further quote must score at least this share of the best one.
CLOSE_TO_BEST = 0.8
COVERAGE_WEIGHT = 0.6
RANK_WEIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Quote:
    """Exact words of a passage, with the place where they start in it."""

    hit: RetrievedChunk
    text: str
    start: int
    score: float = 0.0


class PassageEngine:
    """Selects sentences by meaning, by the question's terms, and by the rank of their passage."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def quotes(
        self, query: str, terms: QuestionTerms, chunks: Sequence[RetrievedChunk]
    ) -> list[Quote]:
        """At most three quotes of together about 60 words, best first; empty without passages."""
        scored = sorted(
            self._scored(query, terms, chunks[:PASSAGES_READ]), key=lambda quote: -quote.score
        )
        chosen: list[Quote] = []
        for quote in scored:
            if not self._adds(quote, chosen):
                continue
            chosen.append(quote)
            if len(chosen) == MAX_QUOTES:
                break
        return chosen

    def _adds(self, quote: Quote, chosen: Sequence[Quote]) -> bool:
        if not chosen:
            return True
        words = sum(len(q.text.split()) for q in (*chosen, quote))
        repeats = any(quote.text.lower() == q.text.lower() for q in chosen)
        return quote.score >= CLOSE_TO_BEST * chosen[0].score and words <= MAX_WORDS and not repeats

    def _scored(
        self, query: str, terms: QuestionTerms, chunks: Sequence[RetrievedChunk]
    ) -> list[Quote]:
        places = [
            (rank, hit, unit)
            for rank, hit in enumerate(chunks)
            for unit in text_units(hit.chunk.text)
            if unit.kind is not UnitKind.HEADING
        ]
        if not places:
            return []
        similarities = self._embedder.embed_passages(
            [_in_context(hit, unit) for _, hit, unit in places]
        ) @ self._embedder.embed_query(query)
        return [
            _quote(hit, unit, float(similarity) + _bonus(rank, terms, hit, unit))
            for (rank, hit, unit), similarity in zip(places, similarities, strict=True)
        ]


def _in_context(hit: RetrievedChunk, unit: TextUnit) -> str:
    heading = hit.chunk.headings[-1] if hit.chunk.headings else hit.chunk.document_title
    return f"{heading}: {unit.text}"


def _bonus(rank: int, terms: QuestionTerms, hit: RetrievedChunk, unit: TextUnit) -> float:
    covered = terms.coverage(_in_context(hit, unit))
    return COVERAGE_WEIGHT * covered + RANK_WEIGHT / (1 + rank)


def _quote(hit: RetrievedChunk, unit: TextUnit, score: float) -> Quote:
    text = unit.text
    if unit.kind is UnitKind.LIST_ITEM:
        text = text.lstrip("-*•–▪ ")
    return Quote(hit, text, unit.end - len(text), score)
