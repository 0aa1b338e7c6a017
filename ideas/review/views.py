"""Reviews as one person may see them."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from core.domain.ideas.criteria import HIGHEST, LOWEST
from core.domain.ideas.review import Recommendation, Review
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import FORMER_EMPLOYEE, SYSTEM, User
from core.storage.queries.ideas.rows import submitter_ids
from core.storage.tables import IdeaReviewRow, IdeaRow, UserRow
from ideas.review.values import WANTED, Distribution, ReviewsView
from ideas.scoring.rescoring import criteria_of
from ideas.scoring.scores import DISAGREEMENT, spreads


def reviews_view(session: Session, user: User, row: IdeaRow, *, sees_all: bool) -> ReviewsView:
    """Return the reviews of the present round; single ones of others only if `sees_all`."""
    submitters = submitter_ids(session, row)
    found = [
        to_review(review, name or FORMER_EMPLOYEE)
        for review, name in session.exec(
            select(IdeaReviewRow, UserRow.name)
            .join(UserRow, col(UserRow.id) == IdeaReviewRow.reviewer_id, isouter=True)
            .where(IdeaReviewRow.idea_id == row.id, IdeaReviewRow.round == row.review_round)
            .order_by(col(IdeaReviewRow.submitted_at), col(IdeaReviewRow.id))
        ).all()
        if review.reviewer_id not in submitters
    ]
    own = next((review for review in found if review.reviewer_id == user.id and user.id), None)
    is_blind = own is not None and own.submitted_at is None
    counted = [review for review in found if review.counts]
    may_still_review = own is None and user is not SYSTEM and _is_open(row, found)
    shown = counted if sees_all and not is_blind and not may_still_review else []
    return ReviewsView(
        own=own,
        others=tuple(review for review in shown if review is not own),
        distributions=distributions(session, row, shown),
        is_blind=is_blind,
        submitted=len(counted),
        expected=sum(not review.has_conflict for review in found),
        conflicts=tuple(r.reviewer_name for r in found if r.has_conflict) if sees_all else (),
    )


def _is_open(row: IdeaRow, reviews: Sequence[Review]) -> bool:
    """Return whether the round goes on: too few reviews, or one that is still owed."""
    expected = [review for review in reviews if not review.has_conflict]
    is_complete = len(expected) >= WANTED and all(review.counts for review in expected)
    return row.status == IdeaStatus.EVALUATION.value and not is_complete


def distributions(
    session: Session, row: IdeaRow, reviews: Sequence[Review]
) -> tuple[Distribution, ...]:
    """Return how the scores of each criterion are spread; nothing without a review."""
    if not reviews:
        return ()
    criteria = criteria_of(session, row)
    apart = spreads(criteria, [review.scores for review in reviews])
    return tuple(
        Distribution(key, _counts(key, reviews), apart[key], apart[key] >= DISAGREEMENT)
        for key in criteria.scored
    )


def _counts(key: str, reviews: Sequence[Review]) -> tuple[int, int, int, int, int]:
    given = [review.scores.get(key) for review in reviews]
    one, two, three, four, five = (given.count(n) for n in range(LOWEST, HIGHEST + 1))
    return one, two, three, four, five


def to_review(row: IdeaReviewRow, name: str) -> Review:
    """Return a row as a value."""
    return Review(
        id=row.id,
        idea_id=row.idea_id,
        reviewer_id=row.reviewer_id or "",
        reviewer_name=name,
        round=row.round,
        scores=dict(row.scores),
        comment=row.comment,
        recommendation=Recommendation(row.recommendation) if row.recommendation else None,
        has_conflict=row.has_conflict,
        due_at=row.due_at,
        submitted_at=row.submitted_at,
    )
