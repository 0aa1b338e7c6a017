"""The rows of the campaigns, their panels and teams."""

from collections.abc import Iterator

from sqlmodel import SQLModel

from core.storage.tables import CampaignJudgeRow, CampaignRow, TeamMemberRow, TeamRow
from demo.calendar import Calendar
from demo.marks import LABEL, demo_id
from demo.people import person_id
from demo.script import CampaignScript, campaigns


def campaign_id(key: str) -> str:
    """Return the id of the campaign with this key."""
    return demo_id("campaign", key)


def team_id(campaign: str, name: str) -> str:
    """Return the id of a team."""
    return demo_id("team", campaign, name)


def campaign_rows(calendar: Calendar) -> Iterator[SQLModel]:
    """Yield every campaign with its panel and its teams."""
    for script in campaigns():
        yield _campaign(script, calendar)
        for judge in script.panel:
            yield CampaignJudgeRow(campaign_id=campaign_id(script.key), user_id=person_id(judge))
        yield from _teams(script, calendar)


def _campaign(script: CampaignScript, calendar: Calendar) -> CampaignRow:
    has_results = bool(script.result_note)
    return CampaignRow(
        id=campaign_id(script.key),
        title=f"{script.title} {LABEL}",
        theme=script.theme,
        brief=script.brief,
        opens_on=calendar.day(script.opened),
        closes_on=calendar.day(script.closed),
        judging_until=calendar.day(script.judged),
        hides_votes=script.hides_votes,
        prize=script.prize,
        result_note=script.result_note,
        results_out_at=calendar.start_of(script.judged) if has_results else None,
        created_by=person_id(script.panel[0]),
        created_at=calendar.start_of(script.opened + 2),
    )


def _teams(script: CampaignScript, calendar: Calendar) -> Iterator[SQLModel]:
    for team in script.teams:
        row_id = team_id(script.key, team.name)
        yield TeamRow(
            id=row_id,
            campaign_id=campaign_id(script.key),
            name=team.name,
            created_by=person_id(team.members[0]),
            created_at=calendar.start_of(script.opened),
        )
        for member in team.members:
            yield TeamMemberRow(team_id=row_id, user_id=person_id(member))
