"""Keeps the scores that ideas repeat, for lists and the matrix, in step with their reviews."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from core.domain.ideas.criteria import CriteriaSet
from core.storage.tables import (
    CampaignRow,
    IdeaCoSubmitterRow,
    IdeaReviewRow,
    IdeaRow,
    IdeaSettingRow,
)
from ideas.scoring.criteria import read_criteria, read_list, shipped_criteria
from ideas.scoring.scores import IdeaScores, Scores, combined

SETTING = "criteria"
IMPACT = "impact"
"""The criterion whose mean RICE uses."""


def criteria_in_use(session: Session) -> CriteriaSet:
    """Return the criteria that administrators set, or those of the product."""
    row = session.get(IdeaSettingRow, SETTING)
    return read_criteria(row.value) if row else shipped_criteria()


def criteria_of(session: Session, row: IdeaRow) -> CriteriaSet:
    """Return the criteria that an idea is reviewed by: those of its campaign, if it has its own."""
    usual = criteria_in_use(session)
    campaign = session.get(CampaignRow, row.campaign_id) if row.campaign_id else None
    return of_campaign(campaign, usual)


def of_campaign(campaign: CampaignRow | None, usual: CriteriaSet) -> CriteriaSet:
    """Return the criteria of a campaign, which cuts the matrix where all others do."""
    if campaign is None or not campaign.criteria:
        return usual
    return CriteriaSet(read_list(campaign.criteria), usual.value_cut, usual.feasibility_cut)


def rescore(session: Session, row: IdeaRow) -> None:
    """Write on the idea what its counted reviews say together."""
    reviews = session.exec(_counted().where(IdeaReviewRow.idea_id == row.id)).all()
    helpers = session.exec(
        select(IdeaCoSubmitterRow.user_id).where(IdeaCoSubmitterRow.idea_id == row.id)
    ).all()
    _write(row, criteria_of(session, row), _of_round(row, reviews, {*helpers, row.submitter_id}))


def rescore_all(session: Session, campaign_id: str | None = None) -> int:
    """Write the scores of all reviewed ideas, or those of a campaign; return how many."""
    reviews = defaultdict(list)
    for review in session.exec(_counted()).all():
        reviews[review.idea_id].append(review)
    helpers = defaultdict(set)
    for helper in session.exec(select(IdeaCoSubmitterRow)).all():
        helpers[helper.idea_id].add(helper.user_id)
    campaigns = {row.id: row for row in session.exec(select(CampaignRow)).all()}
    usual = criteria_in_use(session)
    reviewed = select(IdeaReviewRow.idea_id).where(col(IdeaReviewRow.submitted_at).is_not(None))
    ideas = select(IdeaRow).where(col(IdeaRow.id).in_(reviewed))
    if campaign_id:
        ideas = ideas.where(IdeaRow.campaign_id == campaign_id)
    rows = session.exec(ideas).all()
    for row in rows:
        criteria = of_campaign(campaigns.get(row.campaign_id or ""), usual)
        _write(row, criteria, _of_round(row, reviews[row.id], {*helpers[row.id], row.submitter_id}))
    return len(rows)


def _counted() -> SelectOfScalar[IdeaReviewRow]:
    return select(IdeaReviewRow).where(
        col(IdeaReviewRow.submitted_at).is_not(None), col(IdeaReviewRow.has_conflict).is_(False)
    )


def _of_round(
    row: IdeaRow, reviews: Sequence[IdeaReviewRow], submitters: set[str | None]
) -> list[Scores]:
    return [
        review.scores
        for review in reviews
        if review.round == row.review_round and review.reviewer_id not in submitters
    ]


def _write(row: IdeaRow, criteria: CriteriaSet, reviews: Sequence[Mapping[str, int]]) -> None:
    scores = combined(criteria, reviews)
    row.review_count = scores.review_count if scores else 0
    row.value_score = scores.value if scores else None
    row.feasibility_score = scores.feasibility if scores else None
    row.value_spread = _spread(scores, scores.value_sd if scores else 0.0)
    row.feasibility_spread = _spread(scores, scores.feasibility_sd if scores else 0.0)
    row.disagreement = _spread(scores, scores.disagreement if scores else 0.0)
    row.quadrant = scores.quadrant.value if scores else None
    impacts = [review[IMPACT] for review in reviews if IMPACT in review]
    row.impact_score = fmean(impacts) if impacts else None


def _spread(scores: IdeaScores | None, value: float) -> float | None:
    """Return how far reviewers are apart, None for less than two."""
    return value if scores is not None and scores.review_count > 1 else None
