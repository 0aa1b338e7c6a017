"""Teams of a campaign: made, joined and left while ideas can enter it."""

from sqlmodel import Session, col, select

from core.domain.access import require_active
from core.domain.identity import User
from core.errors import Conflict, InvalidInput
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import IdeaRow, TeamMemberRow, TeamRow
from ideas.campaigns.entering import require_open
from ideas.campaigns.stored import campaign_row, team_row, teams_of
from ideas.campaigns.values import NAME_LENGTH, TeamView


class Teams:
    """Teams; a person is in one of each campaign at most."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, user: User, campaign_id: str) -> list[TeamView]:
        """Return the teams by name."""
        require_active(user)
        with self._database.read() as session:
            campaign_row(session, campaign_id)
            return teams_of(session, campaign_id)

    def create(self, user: User, campaign_id: str, name: str) -> TeamView:
        """Make a team with oneself in it; raise InvalidInput for its name, or Conflict."""
        require_active(user)
        name = " ".join(clean(name).text.split())
        shortest, longest = NAME_LENGTH
        if not shortest <= len(name) <= longest:
            raise InvalidInput(f"Give the team a name of {shortest} to {longest} characters.")
        with self._database.begin() as session:
            require_open(campaign_row(session, campaign_id, lock=True))
            _require_free(session, user, campaign_id)
            same = select(TeamRow).where(TeamRow.campaign_id == campaign_id, TeamRow.name == name)
            if session.exec(same).first() is not None:
                raise Conflict(
                    "A team with this name already exists. Join it, or choose another name."
                )
            team = TeamRow(campaign_id=campaign_id, name=name, created_by=user.id or None)
            session.add(team)
            session.flush()
            session.add(TeamMemberRow(team_id=team.id, user_id=user.id))
            record_event(session, user, "team.create", team.id)
            return TeamView(team.id, name, ((user.id, user.name),))

    def join(self, user: User, team_id: str) -> None:
        """Join a team; raise Conflict for those who are in one already."""
        require_active(user)
        with self._database.begin() as session:
            team = team_row(session, team_id)
            require_open(campaign_row(session, team.campaign_id, lock=True))
            _require_free(session, user, team.campaign_id)
            session.add(TeamMemberRow(team_id=team_id, user_id=user.id))
            record_event(session, user, "team.join", team_id)

    def leave(self, user: User, team_id: str) -> None:
        """Leave a team; the last one to go takes it along, unless it has an idea."""
        require_active(user)
        with self._database.begin() as session:
            team = team_row(session, team_id)
            require_open(campaign_row(session, team.campaign_id, lock=True))
            own = session.get(TeamMemberRow, (team_id, user.id))
            if own is None:
                raise Conflict("You are not in this team.")
            members = select(TeamMemberRow).where(TeamMemberRow.team_id == team_id)
            is_last = len(session.exec(members).all()) == 1
            if is_last and session.exec(select(IdeaRow).where(IdeaRow.team_id == team_id)).first():
                raise Conflict("The team has an idea, so someone has to stay in it.")
            session.delete(own)
            session.flush()
            if is_last:
                session.delete(team)
            record_event(session, user, "team.leave", team_id)


def _require_free(session: Session, user: User, campaign_id: str) -> None:
    theirs = (
        select(TeamRow.name)
        .join(TeamMemberRow, col(TeamMemberRow.team_id) == TeamRow.id)
        .where(TeamRow.campaign_id == campaign_id, TeamMemberRow.user_id == user.id)
    )
    name = session.exec(theirs).first()
    if name is not None:
        raise Conflict(f"You are in the team “{name}” already. Leave it first.")
