"""What is known of an idea when somebody wants to move it, and what a move lacks."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import stdev
from typing import assert_never

from sqlmodel import Session, col, func, select

from core.domain.ideas.card import Ownership
from core.domain.ideas.life import Visibility
from core.domain.ideas.money import from_micros
from core.domain.ideas.tracking import ImpactKind
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus, MoveRequest, Need, Oversight
from core.domain.identity import SYSTEM, User
from core.storage.queries.ideas.rows import submitter_ids
from core.storage.tables import (
    IdeaCommentRow,
    IdeaEditRow,
    IdeaExperimentRow,
    IdeaImpactRow,
    IdeaReviewRow,
    IdeaRow,
    IdeaSignOffRow,
    IdeaTriageRow,
)
from ideas.workflow.rules import Part, Rule

REASON_MIN, RATIONALE_MIN, LESSON_MIN, WORDS_MAX = 5, 40, 10, 2_000
"""Characters of what is said with a move."""
REVIEWS_MIN = 2
DISAGREEMENT = 1.0
"""Standard deviation of a criterion, on the scale from 1 to 5, from which reviewers disagree."""
RISK_FIELDS = frozenset(
    {
        "title",
        "summary",
        "problem",
        "proposal",
        "data_needed",
        "data_classification",
        "personal_data",
        "needs_external_model",
    }
)
"""Fields that a triage is about: once one changes, the triage is out of date."""

NO_OVERSIGHT, NO_OWNERSHIP = Oversight(), Ownership()


@dataclass(frozen=True, slots=True)
class Situation:
    """An idea as the guards see it; `disagreement` is None for less than two counted reviews."""

    status: IdeaStatus
    risk: RiskClass | None = None
    is_risk_current: bool = False
    needs_sign_off: bool = False
    is_signed_off: bool = False
    oversight: Oversight = NO_OVERSIGHT
    reviews: int = 0
    disagreement: float | None = None
    is_answered: bool = False
    ownership: Ownership = NO_OWNERSHIP
    closed_experiments: int = 0
    actual_impacts: int = 0

    @property
    def is_prohibited(self) -> bool:
        return self.risk is RiskClass.PROHIBITED


def lacking(rule: Rule, situation: Situation, request: MoveRequest) -> tuple[Need, ...]:
    """Return what a move takes and does not have, in the order of the rule."""
    return tuple(need for need in rule.needs if not _is_met(need, situation, request))


def _is_met(need: Need, now: Situation, request: MoveRequest) -> bool:
    match need:
        case Need.REASON:
            return len(request.reason) >= REASON_MIN
        case Need.RATIONALE:
            is_disputed = (now.disagreement or 0) >= DISAGREEMENT and not now.is_prohibited
            return len(request.reason) >= RATIONALE_MIN or not is_disputed
        case Need.LESSON:
            return len(request.lesson) >= LESSON_MIN
        case Need.TARGET:
            return bool(request.target_id)
        case Need.LAWFUL:
            return not now.is_prohibited
        case Need.RISK:
            return now.risk is not None and now.is_risk_current
        case Need.SIGN_OFF:
            return now.is_signed_off or not now.needs_sign_off
        case Need.OVERSIGHT:
            return now.oversight.is_complete or not now.needs_sign_off
        case Need.REVIEWS:
            return now.reviews >= REVIEWS_MIN or now.is_prohibited
        case Need.REPLY:
            return now.is_answered
        case Need.OWNERSHIP:
            return now.ownership.is_complete
        case Need.CLOSED_EXPERIMENT:
            return now.closed_experiments > 0
        case Need.ACTUAL_IMPACT:
            return now.actual_impacts > 0
        case _:
            assert_never(need)


def parts_of(session: Session, user: User, row: IdeaRow) -> frozenset[Part]:
    """Return what this person is to the idea; in the terminal, everything but a submitter."""
    if user is SYSTEM:
        return frozenset({Part.COMMITTEE, Part.OWNER, Part.ADMIN})
    if not user.is_active:
        return frozenset()
    submitted = user.id in submitter_ids(session, row)
    parts = {
        Part.SUBMITTER: submitted,
        Part.COMMITTEE: user.is_reviewer and not submitted,
        Part.OWNER: user.id == row.owner_id,
        Part.ADMIN: user.is_admin,
    }
    return frozenset(part for part, is_theirs in parts.items() if is_theirs)


def situation_of(session: Session, row: IdeaRow) -> Situation:
    """Return what the database knows of the idea now."""
    submitters = submitter_ids(session, row)
    triage = newest_triage(session, row.id)
    reviews = _counted_reviews(session, row, submitters)
    return Situation(
        status=IdeaStatus(row.status),
        risk=RiskClass(triage.risk_class) if triage else None,
        is_risk_current=triage is not None and _is_current(session, triage),
        needs_sign_off=triage is not None
        and (triage.needs_sign_off or RiskClass(triage.risk_class).needs_sign_off),
        is_signed_off=triage is not None and is_signed_off(session, triage.id),
        oversight=Oversight(row.who_decides, row.how_overruled, row.when_it_fails),
        reviews=len(reviews),
        disagreement=_disagreement(reviews),
        is_answered=_is_answered(session, row, submitters),
        ownership=ownership_of(row),
        closed_experiments=_closed_experiments(session, row.id),
        actual_impacts=_actual_impacts(session, row.id),
    )


def newest_triage(session: Session, idea_id: str) -> IdeaTriageRow | None:
    """Return the triage that counts."""
    return session.exec(
        select(IdeaTriageRow)
        .where(IdeaTriageRow.idea_id == idea_id)
        .order_by(col(IdeaTriageRow.at).desc())
        .limit(1)
    ).first()


def is_signed_off(session: Session, triage_id: str) -> bool:
    """Return whether the committee signed this triage."""
    of_it = select(IdeaSignOffRow.id).where(IdeaSignOffRow.triage_id == triage_id)
    return session.exec(of_it).first() is not None


def ownership_of(row: IdeaRow) -> Ownership:
    """Return who answers for the idea, with how much, until when."""
    return Ownership(
        owner_id=row.owner_id or "",
        sponsor_id=row.sponsor_id or "",
        budget_cap=from_micros(row.budget_cap_micros),
        success_metric=row.success_metric,
        pilot_ends_on=row.pilot_ends_on,
    )


def _is_current(session: Session, triage: IdeaTriageRow) -> bool:
    later = select(IdeaEditRow.changes).where(
        IdeaEditRow.idea_id == triage.idea_id, col(IdeaEditRow.at) > triage.at
    )
    return not any(RISK_FIELDS & changes.keys() for changes in session.exec(later).all())


def _counted_reviews(
    session: Session, row: IdeaRow, submitters: frozenset[str]
) -> Sequence[IdeaReviewRow]:
    submitted = select(IdeaReviewRow).where(
        IdeaReviewRow.idea_id == row.id,
        IdeaReviewRow.round == row.review_round,
        col(IdeaReviewRow.submitted_at).is_not(None),
        col(IdeaReviewRow.has_conflict).is_(False),
    )
    return [each for each in session.exec(submitted).all() if each.reviewer_id not in submitters]


def _disagreement(reviews: Sequence[IdeaReviewRow]) -> float | None:
    if len(reviews) < REVIEWS_MIN:
        return None
    by_criterion: dict[str, list[float]] = defaultdict(list)
    for review in reviews:
        for criterion, score in review.scores.items():
            by_criterion[criterion].append(float(score))
    return max((stdev(scores) for scores in by_criterion.values() if len(scores) > 1), default=0.0)


def _is_answered(session: Session, row: IdeaRow, submitters: frozenset[str]) -> bool:
    since = row.stage_entered_at
    edits = select(IdeaEditRow.id).where(
        IdeaEditRow.idea_id == row.id,
        col(IdeaEditRow.editor_id).in_(submitters),
        col(IdeaEditRow.at) >= since,
    )
    comments = select(IdeaCommentRow.id).where(
        IdeaCommentRow.idea_id == row.id,
        col(IdeaCommentRow.author_id).in_(submitters),
        IdeaCommentRow.visibility == Visibility.PUBLIC.value,
        col(IdeaCommentRow.deleted_at).is_(None),
        col(IdeaCommentRow.at) >= since,
    )
    return any(session.exec(made.limit(1)).first() for made in (edits, comments))


def _closed_experiments(session: Session, idea_id: str) -> int:
    closed = select(func.count(col(IdeaExperimentRow.id))).where(
        IdeaExperimentRow.idea_id == idea_id, col(IdeaExperimentRow.outcome).is_not(None)
    )
    return session.exec(closed).one()


def _actual_impacts(session: Session, idea_id: str) -> int:
    actual = select(func.count(col(IdeaImpactRow.id))).where(
        IdeaImpactRow.idea_id == idea_id, IdeaImpactRow.kind == ImpactKind.ACTUAL.value
    )
    return session.exec(actual).one()
