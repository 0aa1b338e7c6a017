"""Generations of a collection's vector index: one answers, others are built or kept."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

FIRST = 1
"""The number of the generation that a collection begins with."""


class GenerationState(StrEnum):
    """The state of a generation, from being requested to being kept for a roll-back."""

    BUILDING = "building"
    BUILT = "built"
    """Complete when it was built; compared and accepted by an administrator."""
    LIVE = "live"
    RETIRED = "retired"
    """Answered once; kept until it is discarded."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class IndexMeasures:
    """The quality and speed of searches in one generation.

    The first three are means over the questions in [0, 1], `median_ms` is the time of a whole
    search in milliseconds, `size_bytes` that of the vectors of passages and sentences.
    """

    ndcg: float
    recall: float
    reciprocal_rank: float
    median_ms: float
    size_bytes: int


@dataclass(frozen=True, slots=True)
class GenerationComparison:
    """The results of the same questions in the live generation and in its possible replacement.

    `questions` names their origin; `better` and `worse` count the questions whose nDCG@10 moved by
    more than 0.001.
    """

    questions: str
    cases: int
    live_model: str
    live: IndexMeasures
    candidate: IndexMeasures
    better: int
    worse: int


@dataclass(frozen=True, slots=True)
class IndexGeneration:
    """One vector index of a collection.

    `id` is empty for a first one that nothing was built beside yet.
    `comparison` is that of the last comparison with the generation that was live then.
    """

    id: str
    collection_id: str
    number: int
    embedding_model: str
    embedding_dimension: int
    state: GenerationState
    passages_done: int
    passages_total: int
    created_at: datetime
    accepted_at: datetime | None = None
    reason: str = ""
    comparison: GenerationComparison | None = None
