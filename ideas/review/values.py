"""What reviewers hand in and see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.domain.ideas.review import Recommendation, Review
from core.domain.ideas.workflow import IdeaStatus

WANTED = 2
"""Reviews that an idea needs before it is decided."""
COMMENT_MIN, COMMENT_MAX = 20, 4_000
"""Characters of what a reviewer writes."""


@dataclass(frozen=True, slots=True)
class ReviewForm:
    """A review as it is typed; `scores` by criterion, from 1 to 5."""

    scores: Mapping[str, int] = field(default_factory=dict)
    comment: str = ""
    recommendation: Recommendation | None = None


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the reviews of one criterion are spread: `counts` of the scores 1 to 5, in order."""

    criterion: str
    counts: tuple[int, int, int, int, int]
    sd: float
    is_disputed: bool


@dataclass(frozen=True, slots=True)
class ReviewsView:
    """The reviews of an idea as one person may see them.

    `is_blind` says that this person still owes a review: until it is in, `others` and
    `distributions` are empty. `submitted` and `expected` are counts, which everyone sees.
    `conflicts` name those who declared a conflict of interest.
    """

    own: Review | None
    others: tuple[Review, ...]
    distributions: tuple[Distribution, ...]
    is_blind: bool
    submitted: int
    expected: int
    conflicts: tuple[str, ...] = ()

    @property
    def is_disputed(self) -> bool:
        return any(each.is_disputed for each in self.distributions)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person who may review an idea, with the number of reviews they owe."""

    id: str
    name: str
    open_reviews: int


class Task(StrEnum):
    """What an idea waits for."""

    REVIEW = "review"
    """A review that this person owes."""
    TRIAGE = "triage"
    """Someone who looks at it first and judges its risk."""
    REVIEWER = "reviewer"
    """A reviewer: fewer than two were asked."""
    DECISION = "decision"
    """A decision: two reviews are in and none is owed."""
    SIGN_OFF = "sign_off"
    """The sign-off of a committee, by an administrator."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An idea that waits for something; `due_at` is None without a date.

    `submitted` of `expected` reviews are in, `since` is when it came into its state.
    """

    idea_id: str
    number: int
    title: str
    status: IdeaStatus
    task: Task
    since: datetime
    due_at: datetime | None = None
    submitted: int = 0
    expected: int = 0

    def is_overdue(self, at: datetime) -> bool:
        """Return whether its date has passed."""
        return self.due_at is not None and self.due_at < at
