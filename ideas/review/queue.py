"""What waits for reviewers, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM, User
from core.storage.tables import (
    CampaignJudgeRow,
    IdeaCoSubmitterRow,
    IdeaReviewRow,
    IdeaRow,
    IdeaSignOffRow,
    IdeaTriageRow,
)
from ideas.review.values import WANTED, Task, Waiting

FIRST_LOOK = (IdeaStatus.SUBMITTED.value, IdeaStatus.TRIAGE.value)
SIGNED_LATEST = (IdeaStatus.EVALUATION.value, IdeaStatus.APPROVED.value)
"""States in which a missing sign-off holds the idea up."""
ORDER = tuple(Task)
NEVER = datetime.max.replace(tzinfo=UTC)


def waiting_for(session: Session, user: User) -> list[Waiting]:
    """Return what waits for this person, their own reviews first, each kind by date and age."""
    desk = _Desk(
        user,
        reviews=_reviews(session),
        submitted_together=_submitted_together(session, user),
        panels=_panels(session),
        unsigned=_unsigned(session),
    )
    waiting = [task for idea in _ideas(session) for task in desk.tasks(idea)]
    return sorted(
        waiting, key=lambda each: (ORDER.index(each.task), each.due_at or NEVER, each.since)
    )


@dataclass(frozen=True, slots=True)
class _Idea:
    id: str
    number: int
    title: str
    status: str
    submitter_id: str | None
    campaign_id: str | None
    since: datetime

    def waiting(
        self, task: Task, reviews: Sequence[IdeaReviewRow], due_at: datetime | None = None
    ) -> Waiting:
        return Waiting(
            self.id,
            self.number,
            self.title,
            IdeaStatus(self.status),
            task,
            self.since,
            due_at,
            submitted=sum(review.submitted_at is not None for review in reviews),
            expected=len(reviews),
        )


@dataclass(frozen=True, slots=True)
class _Desk:
    """What is known when one person looks at what waits."""

    user: User
    reviews: defaultdict[str, list[IdeaReviewRow]]
    submitted_together: set[str]
    panels: defaultdict[str, set[str]]
    unsigned: set[str]

    def tasks(self, idea: _Idea) -> Iterator[Waiting]:
        if idea.submitter_id == self.user.id or idea.id in self.submitted_together:
            return
        counted = [review for review in self.reviews[idea.id] if not review.has_conflict]
        own = next((r for r in self.reviews[idea.id] if r.reviewer_id == self.user.id), None)
        if own is not None and own.submitted_at is None:
            yield idea.waiting(Task.REVIEW, counted, own.due_at)
        if not (self.user.is_reviewer or self.user is SYSTEM):
            return
        if idea.status in FIRST_LOOK:
            yield idea.waiting(Task.TRIAGE, counted)
        if idea.status == IdeaStatus.EVALUATION.value:
            yield from self._in_evaluation(idea, counted, has_own=own is not None)
        if idea.id in self.unsigned and self.user.is_admin and idea.status in SIGNED_LATEST:
            yield idea.waiting(Task.SIGN_OFF, counted)

    def _in_evaluation(
        self, idea: _Idea, counted: Sequence[IdeaReviewRow], *, has_own: bool
    ) -> Iterator[Waiting]:
        panel = self.panels[idea.campaign_id or ""]
        if len(counted) < WANTED and not has_own and (not panel or self.user.id in panel):
            yield idea.waiting(Task.REVIEWER, counted)
        submitted = [review for review in counted if review.submitted_at is not None]
        if len(submitted) >= WANTED and len(submitted) == len(counted):
            yield idea.waiting(Task.DECISION, counted)


def _ideas(session: Session) -> Iterator[_Idea]:
    rows = session.execute(
        sa.select(
            col(IdeaRow.id),
            col(IdeaRow.number),
            col(IdeaRow.title),
            col(IdeaRow.status),
            col(IdeaRow.submitter_id),
            col(IdeaRow.campaign_id),
            col(IdeaRow.stage_entered_at),
        ).where(col(IdeaRow.status).in_({*FIRST_LOOK, *SIGNED_LATEST}))
    ).all()
    return (_Idea(*row) for row in rows)


def _reviews(session: Session) -> defaultdict[str, list[IdeaReviewRow]]:
    rows = session.exec(
        select(IdeaReviewRow)
        .join(IdeaRow, col(IdeaRow.id) == IdeaReviewRow.idea_id)
        .where(
            IdeaRow.status == IdeaStatus.EVALUATION.value,
            IdeaReviewRow.round == IdeaRow.review_round,
        )
    ).all()
    by_idea: defaultdict[str, list[IdeaReviewRow]] = defaultdict(list)
    for row in rows:
        by_idea[row.idea_id].append(row)
    return by_idea


def _submitted_together(session: Session, user: User) -> set[str]:
    own = select(IdeaCoSubmitterRow.idea_id).where(IdeaCoSubmitterRow.user_id == user.id)
    return set(session.exec(own).all())


def _panels(session: Session) -> defaultdict[str, set[str]]:
    panels: defaultdict[str, set[str]] = defaultdict(set)
    for judge in session.exec(select(CampaignJudgeRow)).all():
        panels[judge.campaign_id].add(judge.user_id)
    return panels


def _unsigned(session: Session) -> set[str]:
    """Return the ideas whose newest triage needs a sign-off that it does not have."""
    newest = sa.select(
        col(IdeaTriageRow.idea_id),
        col(IdeaTriageRow.id),
        col(IdeaTriageRow.needs_sign_off),
        sa.func.row_number()
        .over(partition_by=col(IdeaTriageRow.idea_id), order_by=col(IdeaTriageRow.at).desc())
        .label("age"),
    ).subquery()
    signed = sa.select(col(IdeaSignOffRow.triage_id))
    rows = session.execute(
        sa.select(newest.c.idea_id).where(
            newest.c.age == 1, newest.c.needs_sign_off, newest.c.id.not_in(signed)
        )
    ).all()
    return {row.idea_id for row in rows}
