"""Sorts the best hits again with a model that reads query and passage together."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.answers import RetrievedChunk
from core.domain.ports import Reranker


@dataclass(frozen=True, slots=True)
class Reranking:
    """A reranker, and the number of hits that it reads."""

    model: Reranker
    depth: int

    def sort(self, query: str, hits: Sequence[RetrievedChunk]) -> list[RetrievedChunk]:
        """Return the first `depth` hits by the model's score, then the others as they were.

        The hits keep the scores of fusion, and hits with equal model scores keep their order.
        """
        head, rest = hits[: self.depth], hits[self.depth :]
        scores = self.model.score(query, [hit.chunk.searchable_text for hit in head])
        order = sorted(range(len(head)), key=lambda index: -scores[index])
        return [*(head[index] for index in order), *rest]
