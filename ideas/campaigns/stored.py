"""Reads and writes campaigns and teams."""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, select

from core.domain.ideas.campaigns import Campaign
from core.errors import NotFound
from core.storage.tables import (
    CampaignJudgeRow,
    CampaignRow,
    IdeaRow,
    TeamMemberRow,
    TeamRow,
    UserRow,
)
from ideas.campaigns.values import TeamView
from ideas.scoring.criteria import read_list


def campaign_row(session: Session, campaign_id: str, *, lock: bool = False) -> CampaignRow:
    """Return the row of a campaign; raise NotFound."""
    row = session.get(CampaignRow, campaign_id, with_for_update=lock)
    if row is None:
        raise NotFound("This campaign does not exist.")
    return row


def team_row(session: Session, team_id: str) -> TeamRow:
    """Return the row of a team; raise NotFound."""
    row = session.get(TeamRow, team_id)
    if row is None:
        raise NotFound("This team does not exist.")
    return row


def judges_of(session: Session, campaign_id: str) -> frozenset[str]:
    """Return the panel as it is stored."""
    judges = select(CampaignJudgeRow.user_id).where(CampaignJudgeRow.campaign_id == campaign_id)
    return frozenset(session.exec(judges).all())


def set_judges(session: Session, campaign_id: str, people: frozenset[str]) -> None:
    """Replace the panel."""
    session.exec(delete(CampaignJudgeRow).where(col(CampaignJudgeRow.campaign_id) == campaign_id))
    session.add_all(
        CampaignJudgeRow(campaign_id=campaign_id, user_id=person) for person in sorted(people)
    )


def to_campaign(row: CampaignRow, panel: frozenset[str]) -> Campaign:
    """Return a row as a value."""
    return Campaign(
        id=row.id,
        title=row.title,
        theme=row.theme,
        brief=row.brief,
        opens_on=row.opens_on,
        closes_on=row.closes_on,
        judging_until=row.judging_until,
        criteria=read_list(row.criteria),
        panel_ids=panel,
        hides_votes=row.hides_votes,
        prize=row.prize,
        result_note=row.result_note,
        are_results_out=row.results_out_at is not None,
        version=row.row_version,
    )


def teams_of(session: Session, campaign_id: str) -> list[TeamView]:
    """Return the teams of a campaign by name, with their people."""
    teams = session.exec(
        select(TeamRow).where(TeamRow.campaign_id == campaign_id).order_by(col(TeamRow.name))
    ).all()
    members = session.exec(
        select(TeamMemberRow.team_id, UserRow.id, UserRow.name)
        .join(TeamRow, col(TeamRow.id) == TeamMemberRow.team_id)
        .join(UserRow, col(UserRow.id) == TeamMemberRow.user_id)
        .where(TeamRow.campaign_id == campaign_id)
        .order_by(col(UserRow.name))
    ).all()
    return [
        TeamView(team.id, team.name, tuple((id_, name) for t, id_, name in members if t == team.id))
        for team in teams
    ]


def people_of(session: Session, ids: Sequence[str]) -> set[str]:
    """Return those ids that belong to active people."""
    active = select(UserRow.id).where(col(UserRow.id).in_(ids), col(UserRow.is_active))
    return set(session.exec(active).all())


def ideas_of(session: Session, campaign_id: str) -> Sequence[IdeaRow]:
    """Return the ideas that entered a campaign."""
    return session.exec(select(IdeaRow).where(IdeaRow.campaign_id == campaign_id)).all()
