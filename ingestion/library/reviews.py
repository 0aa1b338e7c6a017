"""The dates by which documents have to be reviewed, and how they stand today."""

from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from core.domain.clock import now
from core.storage.tables import DocumentRow

DUE_DAYS = 30


class ReviewState(StrEnum):
    """The distance of the review date; DUE is within 30 days."""

    NONE = "none"
    LATER = "later"
    DUE = "due"
    OVERDUE = "overdue"


def today() -> date:
    """Return the date that review dates are compared with, in UTC."""
    return now().date()


def review_state(review_by: date | None) -> ReviewState:
    """Return how the review stands; a document is overdue from the day after its date on."""
    if review_by is None:
        return ReviewState.NONE
    if review_by < today():
        return ReviewState.OVERDUE
    return ReviewState.DUE if review_by <= _horizon() else ReviewState.LATER


def in_review_state(state: ReviewState) -> ColumnElement[bool]:
    """Return the condition on documents that selects those in this state."""
    date_of = col(DocumentRow.review_by)
    match state:
        case ReviewState.NONE:
            return date_of.is_(None)
        case ReviewState.OVERDUE:
            return date_of < today()
        case ReviewState.DUE:
            return and_(date_of >= today(), date_of <= _horizon())
        case ReviewState.LATER:
            return date_of > _horizon()
        case _:
            assert_never(state)


def _horizon() -> date:
    return today() + timedelta(days=DUE_DAYS)
