"""Reviews of an idea and its place on the matrix."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Quadrant(StrEnum):
    """A field of the matrix of value and feasibility; a tie at the cut counts as above it."""

    QUICK_WIN = "quick_win"
    BIG_BET = "big_bet"
    INCREMENTAL = "incremental"
    TRAP = "trap"


class Recommendation(StrEnum):
    """What a reviewer would do with an idea."""

    APPROVE = "approve"
    PARK = "park"
    DECLINE = "decline"


@dataclass(frozen=True, slots=True)
class Review:
    """One person's review in one round; `scores` maps criteria to 1 to 5.

    `submitted_at` is None while it waits. A review with a conflict of interest does not count.
    """

    id: str
    idea_id: str
    reviewer_id: str
    reviewer_name: str
    round: int = 1
    scores: Mapping[str, int] = field(default_factory=dict)
    comment: str = ""
    recommendation: Recommendation | None = None
    has_conflict: bool = False
    due_at: datetime | None = None
    submitted_at: datetime | None = None

    @property
    def counts(self) -> bool:
        return self.submitted_at is not None and not self.has_conflict
