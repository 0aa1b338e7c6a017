"""Ideas enter and leave campaigns while these are open."""

from sqlmodel import Session, select

from core.domain.clock import now
from core.domain.ideas.campaigns import CampaignPhase
from core.domain.ideas.workflow import IdeaStatus, Phase
from core.domain.identity import User
from core.domain.text.dates import long_date
from core.errors import AccessDenied, Conflict, InvalidInput
from core.storage.queries.ideas.rows import submitter_ids
from core.storage.tables import CampaignRow, IdeaRow, TeamMemberRow, TeamRow
from ideas.campaigns.stored import campaign_row, to_campaign

NOT_OPEN = "Ideas enter this campaign from {} to {}. Nothing was changed."


def require_open(row: CampaignRow) -> None:
    """Raise Conflict, with its dates, unless ideas and teams can enter the campaign today."""
    if phase_of(row) is not CampaignPhase.OPEN:
        raise Conflict(NOT_OPEN.format(long_date(row.opens_on), long_date(row.closes_on)))


def phase_of(row: CampaignRow) -> CampaignPhase:
    """Return where the campaign stands today."""
    return to_campaign(row, frozenset()).phase(now().date())


def require_entry(session: Session, user: User, campaign_id: str, team_id: str = "") -> None:
    """Raise unless this person may enter an idea, alone or for their own team of the campaign."""
    require_open(campaign_row(session, campaign_id))
    if not team_id:
        return
    team = session.get(TeamRow, team_id)
    member = select(TeamMemberRow).where(
        TeamMemberRow.team_id == team_id, TeamMemberRow.user_id == user.id
    )
    if team is None or team.campaign_id != campaign_id or session.exec(member).first() is None:
        raise InvalidInput("Choose a team of this campaign that you are in.")


def require_entrant(session: Session, user: User, row: IdeaRow) -> None:
    """Raise AccessDenied or Conflict unless this person may move the idea in or out."""
    if user.id not in submitter_ids(session, row):
        raise AccessDenied("Only the submitters of the idea can do this.")
    if IdeaStatus(row.status).phase is not Phase.IDEA:
        raise Conflict("The idea is decided already, so it cannot change its campaign.")
