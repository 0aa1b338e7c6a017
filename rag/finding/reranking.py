"""Sorts the best hits again by a model that reads query and passage together."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.answers import RetrievedChunk
from core.domain.ports import Reranker


@dataclass(frozen=True, slots=True)
class Reranking:
    """A reranker, and how many hits it reads."""

    model: Reranker
    depth: int

    def sort(self, query: str, hits: Sequence[RetrievedChunk]) -> list[RetrievedChunk]:
        """The first `depth` hits by the model's score, then the others as they were.

        The hits keep the scores of fusion; hits that the model scores alike keep their order.
        """
        read, others = hits[: self.depth], hits[self.depth :]
        scores = self.model.score(query, [hit.chunk.searchable_text for hit in read])
        order = sorted(range(len(read)), key=lambda place: -scores[place])
        return [*(read[place] for place in order), *others]
