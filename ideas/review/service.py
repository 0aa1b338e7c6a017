"""Assigns reviews, takes them, and shows them to those who may see them."""

from collections import Counter
from datetime import datetime

from sqlmodel import Session, col, select

from core.domain.access import require_active
from core.domain.clock import now
from core.domain.ideas.criteria import CriteriaSet
from core.domain.ideas.life import Happening
from core.domain.ideas.review import Review
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.ideas.notifications import notify
from core.storage.queries.ideas.rows import idea_row, idea_to_change, submitter_ids
from core.storage.tables import IdeaReviewRow, IdeaRow, UserRow
from ideas.review.queue import waiting_for
from ideas.review.rights import may_review, own_review, panel_of
from ideas.review.values import (
    COMMENT_MAX,
    COMMENT_MIN,
    Candidate,
    ReviewForm,
    ReviewsView,
    Waiting,
)
from ideas.review.views import reviews_view, to_review
from ideas.scoring.rescoring import criteria_of, rescore
from ideas.scoring.scores import score_problems

CONFLICT_MIN = 5
NOT_IN_EVALUATION = (
    "This idea is no longer in evaluation, so reviews are closed. What you typed is kept."
)


class Reviews:
    """Reviews of ideas in evaluation; nobody reviews an idea that they submitted."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def queue(self, user: User) -> list[Waiting]:
        """Return what waits for this person: their own reviews by date, then what others could do.

        Employees only see the reviews that they owe as a member of a panel.
        """
        require_active(user)
        with self._database.read() as session:
            return waiting_for(session, user)

    def candidates(self, user: User, idea_id: str) -> list[Candidate]:
        """Return who may be asked for a review and was not yet, those with least to do first."""
        require_active(user)
        with self._database.read() as session:
            row = idea_row(session, idea_id)
            _require_committee(session, user, row)
            return _candidates(session, row)

    def assign(
        self, user: User, idea_id: str, reviewer_id: str, due_at: datetime | None = None
    ) -> None:
        """Ask a person for a review until `due_at`, and tell them; again changes the date only.

        Raises AccessDenied, InvalidInput for someone who may not review the idea, and Conflict if
        it is not in evaluation or the review is in already.
        """
        require_active(user)
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id)
            is_own = reviewer_id == user.id and may_review(session, user, row)
            if not is_own:
                _require_committee(session, user, row)
            _require_evaluation(row)
            _require_candidate(session, row, reviewer_id)
            review = own_review(session, reviewer_id, row)
            if review is not None and review.submitted_at is not None:
                raise Conflict("This review has already been submitted. Nothing was changed.")
            if review is None:
                review = _ask(session, user, row, reviewer_id)
            review.due_at = due_at
            record_event(session, user, "idea_review.assign", row.id, round=review.round)

    def withdraw(self, user: User, idea_id: str, reviewer_id: str) -> None:
        """Ask a person no longer; what they typed so far is removed. A review that is in stays."""
        require_active(user)
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id)
            if reviewer_id != user.id:
                _require_committee(session, user, row)
            review = own_review(session, reviewer_id, row)
            if review is None:
                raise NotFound("This person was not asked for a review.")
            if review.submitted_at is not None:
                raise Conflict("This review has been submitted and cannot be changed.")
            session.delete(review)
            record_event(session, user, "idea_review.withdraw", row.id)

    def save(self, user: User, idea_id: str, form: ReviewForm) -> Review:
        """Keep what was typed so far; scores that cannot be used are left out."""
        require_active(user)
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id)
            review = _to_write(session, user, row)
            problems = score_problems(criteria_of(session, row), form.scores)
            review.scores = {key: s for key, s in form.scores.items() if key not in problems}
            _write(review, form)
            return to_review(review, user.name)

    def submit(self, user: User, idea_id: str, form: ReviewForm) -> Review:
        """Hand the review in, and write the scores of the idea in the same transaction.

        Raises InvalidInput with all problems (`review_problems` has them by field), and Conflict if
        the idea left evaluation or the review is in already.
        """
        require_active(user)
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id)
            review = _to_write(session, user, row)
            problems = _problems(session, row, form)
            if problems:
                raise InvalidInput(" ".join(dict.fromkeys(problems.values())))
            review.scores = dict(form.scores)
            _write(review, form)
            review.submitted_at, review.has_conflict = now(), False
            session.flush()
            rescore(session, row)
            record_event(session, user, "idea_review.submit", row.id, round=review.round)
            return to_review(review, user.name)

    def problems(self, user: User, idea_id: str, form: ReviewForm) -> dict[str, str]:
        """Return what keeps a review from being handed in, by field; empty if nothing does.

        The fields are the keys of the criteria, `comment` and `recommendation`.
        """
        require_active(user)
        with self._database.read() as session:
            return _problems(session, idea_row(session, idea_id), form)

    def declare_conflict(self, user: User, idea_id: str, reason: str) -> None:
        """Say that one cannot judge this idea; the review is closed and does not count."""
        require_active(user)
        reason = conflict_reason(reason)
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id)
            review = _to_write(session, user, row)
            review.has_conflict, review.conflict_reason = True, reason
            review.scores, review.recommendation, review.submitted_at = {}, None, now()
            record_event(session, user, "idea_review.conflict", row.id, round=review.round)

    def criteria(self, user: User, idea_id: str) -> CriteriaSet:
        """Return what the idea is scored by: the criteria of its campaign, or those in use."""
        require_active(user)
        with self._database.read() as session:
            return criteria_of(session, idea_row(session, idea_id))

    def of_idea(self, user: User, idea_id: str) -> ReviewsView:
        """Return the reviews of the present round as this person may see them.

        Single reviews are for those who may review the idea, once their own is in; for those who
        were not asked, once nobody is asked any longer: they could still take it on. All others see
        how many there are.
        """
        require_active(user)
        with self._database.read() as session:
            row = idea_row(session, idea_id)
            sees_all = user is SYSTEM or may_review(session, user, row)
            return reviews_view(session, user, row, sees_all=sees_all)


def conflict_reason(reason: str) -> str:
    """Return the reason of a conflict as it is stored; raise InvalidInput for too few words."""
    reason = clean(reason).text.strip()
    if not CONFLICT_MIN <= len(reason) <= COMMENT_MAX:
        raise InvalidInput("Say in a few words what connects you with this idea.")
    return reason


def _require_committee(session: Session, user: User, row: IdeaRow) -> None:
    is_submitter = user.id in submitter_ids(session, row)
    if not (user is SYSTEM or user.is_reviewer) or is_submitter:
        raise AccessDenied("Only reviewers who did not submit the idea can do this.")


def _require_evaluation(row: IdeaRow) -> None:
    if row.status != IdeaStatus.EVALUATION.value:
        raise Conflict(NOT_IN_EVALUATION)


def _require_candidate(session: Session, row: IdeaRow, person_id: str) -> None:
    found = session.get(UserRow, person_id)
    if found is None or not may_review(session, _person(found), row):
        raise InvalidInput(
            "This person cannot review the idea: choose a reviewer, or someone of the campaign's "
            "panel, who did not submit it."
        )


def _person(row: UserRow) -> User:
    return User(row.id, row.email, row.name, Role(row.role), is_active=row.is_active)


def _candidates(session: Session, row: IdeaRow) -> list[Candidate]:
    panel = panel_of(session, row.campaign_id)
    people = select(UserRow).where(col(UserRow.is_active))
    if panel:
        people = people.where(col(UserRow.id).in_(panel))
    else:
        people = people.where(col(UserRow.role) != Role.EMPLOYEE.value)
    asked = set(
        session.exec(
            select(IdeaReviewRow.reviewer_id).where(
                IdeaReviewRow.idea_id == row.id, IdeaReviewRow.round == row.review_round
            )
        ).all()
    )
    open_ones = select(IdeaReviewRow.reviewer_id).where(col(IdeaReviewRow.submitted_at).is_(None))
    busy = Counter(session.exec(open_ones).all())
    apart = submitter_ids(session, row) | asked
    free = [
        Candidate(person.id, person.name, busy[person.id])
        for person in session.exec(people).all()
        if person.id not in apart
    ]
    return sorted(free, key=lambda each: (each.open_reviews, each.name))


def _ask(session: Session, user: User, row: IdeaRow, reviewer_id: str) -> IdeaReviewRow:
    review = IdeaReviewRow(
        idea_id=row.id,
        reviewer_id=reviewer_id,
        round=row.review_round,
        assigned_by=user.id or None,
    )
    session.add(review)
    notify(session, user, Happening.REVIEW_DUE, [reviewer_id], idea_id=row.id)
    return review


def _to_write(session: Session, user: User, row: IdeaRow) -> IdeaReviewRow:
    """Return the open review of this person; raise NotFound, AccessDenied or Conflict."""
    review = own_review(session, user.id, row)
    if review is None:
        raise NotFound("You were not asked for a review of this idea. Take it on first.")
    if not may_review(session, user, row):
        raise AccessDenied(
            "An idea cannot be reviewed by its submitters, or by people who are no "
            "longer reviewers."
        )
    if review.submitted_at is not None:
        raise Conflict("You have already submitted your review of this idea. Nothing was changed.")
    _require_evaluation(row)
    return review


def _problems(session: Session, row: IdeaRow, form: ReviewForm) -> dict[str, str]:
    problems = score_problems(criteria_of(session, row), form.scores)
    comment = clean(form.comment).text.strip()
    if len(comment) < COMMENT_MIN:
        problems["comment"] = f"Explain your scores in at least {COMMENT_MIN} characters."
    if len(comment) > COMMENT_MAX:
        problems["comment"] = f"Keep the comment below {COMMENT_MAX:,} characters."
    if form.recommendation is None:
        problems["recommendation"] = "Choose what you recommend."
    return problems


def _write(review: IdeaReviewRow, form: ReviewForm) -> None:
    review.comment = clean(form.comment).text.strip()[:COMMENT_MAX]
    review.recommendation = form.recommendation.value if form.recommendation else None
    review.row_version += 1
