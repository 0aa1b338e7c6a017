"""Who may review an idea, and who still owes it a review."""

from sqlmodel import Session, col, select

from core.domain.identity import User
from core.storage.queries.ideas.rows import submitter_ids
from core.storage.tables import CampaignJudgeRow, IdeaReviewRow, IdeaRow, UserRow


def may_review(session: Session, user: User, row: IdeaRow) -> bool:
    """Return whether an active person may review the idea: nobody who submitted it.

    Ideas of a campaign with a panel are reviewed by the panel, all others by reviewers and
    administrators.
    """
    if not user.is_active or not user.id or user.id in submitter_ids(session, row):
        return False
    panel = panel_of(session, row.campaign_id)
    return user.id in panel if panel else user.is_reviewer


def panel_of(session: Session, campaign_id: str | None) -> frozenset[str]:
    """Return the panel of a campaign, without those whose account is closed."""
    if not campaign_id:
        return frozenset()
    judges = (
        select(CampaignJudgeRow.user_id)
        .join(UserRow, col(UserRow.id) == CampaignJudgeRow.user_id)
        .where(CampaignJudgeRow.campaign_id == campaign_id, col(UserRow.is_active))
    )
    return frozenset(session.exec(judges).all())


def open_review(session: Session, user: User, row: IdeaRow) -> IdeaReviewRow | None:
    """Return the review that this person still owes the idea in its present round."""
    review = own_review(session, user.id, row)
    return review if review is not None and review.submitted_at is None else None


def own_review(session: Session, person_id: str, row: IdeaRow) -> IdeaReviewRow | None:
    """Return the review of a person in the present round, submitted or not."""
    return session.exec(
        select(IdeaReviewRow).where(
            IdeaReviewRow.idea_id == row.id,
            IdeaReviewRow.round == row.review_round,
            IdeaReviewRow.reviewer_id == person_id,
        )
    ).first()
