"""Campaigns: set up by reviewers, joined by everyone, judged by the panel, ended with results."""

from typing import Any

from sqlmodel import Session, col, func, select

from core.domain.access import require_active, require_reviewer
from core.domain.clock import now
from core.domain.ideas.campaigns import Campaign, CampaignPhase
from core.domain.ideas.criteria import CriteriaSet, criteria_problems
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.life import Happening
from core.domain.identity import SYSTEM, User
from core.errors import AccessDenied, Conflict, InvalidInput
from core.guardrails.text import clean
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.ideas.notifications import notify
from core.storage.queries.ideas.rows import idea_to_change, note_change, people_around
from core.storage.tables import CampaignRow, IdeaRow, TeamRow
from ideas.campaigns.entering import phase_of, require_entrant, require_entry
from ideas.campaigns.stored import (
    campaign_row,
    ideas_of,
    judges_of,
    people_of,
    set_judges,
    teams_of,
    to_campaign,
)
from ideas.campaigns.values import (
    TEXT_MAX,
    TITLE_LENGTH,
    CampaignForm,
    Overview,
    Result,
    Results,
)
from ideas.portfolio.entries import entries
from ideas.portfolio.ranking import ranking_of
from ideas.scoring.criteria import written_list
from ideas.scoring.rescoring import rescore, rescore_all


class Campaigns:
    """Campaigns and what becomes of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, user: User) -> list[Overview]:
        """Return all campaigns, the newest first."""
        require_active(user)
        with self._database.read() as session:
            ideas = _counts(session, IdeaRow.campaign_id)
            teams = _counts(session, TeamRow.campaign_id)
            rows = session.exec(
                select(CampaignRow).order_by(col(CampaignRow.opens_on).desc())
            ).all()
            return [
                Overview(
                    to_campaign(row, frozenset()),
                    phase_of(row),
                    ideas.get(row.id, 0),
                    teams.get(row.id, 0),
                )
                for row in rows
            ]

    def get(self, user: User, campaign_id: str) -> Campaign:
        """Return a campaign with its panel; raise NotFound."""
        require_active(user)
        with self._database.read() as session:
            row = campaign_row(session, campaign_id)
            return to_campaign(row, judges_of(session, campaign_id))

    def problems(
        self, user: User, form: CampaignForm, campaign_id: str | None = None
    ) -> dict[str, str]:
        """Return what keeps a campaign from being saved, by field; empty if nothing does."""
        require_active(user)
        with self._database.read() as session:
            return _problems(session, _tidy(form), campaign_id)

    def save(
        self, user: User, form: CampaignForm, campaign_id: str | None = None, version: int = 0
    ) -> Campaign:
        """Create a campaign, or change the one in this `version`; reviewers do this.

        New criteria move its ideas on the matrix in the same transaction. Raises InvalidInput with
        all problems, Conflict if somebody changed it since, and NotFound.
        """
        require_reviewer(user)
        form = _tidy(form)
        with self._database.begin() as session:
            problems = _problems(session, form, campaign_id)
            if problems:
                raise InvalidInput(" ".join(dict.fromkeys(problems.values())))
            row = _row_to_write(session, user, form, campaign_id, version)
            session.add(row)
            session.flush()
            set_judges(session, row.id, form.panel_ids)
            rescore_all(session, row.id)
            record_event(session, user, "campaign.save", row.id, judges=len(form.panel_ids))
            return to_campaign(row, form.panel_ids)

    def enter(self, user: User, idea_id: str, campaign_id: str, team_id: str = "") -> None:
        """Put one's own idea into a campaign that is open, for a team if one is in it."""
        require_active(user)
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id)
            require_entrant(session, user, row)
            require_entry(session, user, campaign_id, team_id)
            _put(session, user, row, campaign_id, team_id or None)

    def leave(self, user: User, idea_id: str) -> None:
        """Take one's own idea out of its campaign while that is open."""
        require_active(user)
        with self._database.begin() as session:
            row = idea_to_change(session, idea_id)
            require_entrant(session, user, row)
            if row.campaign_id:
                require_entry(session, user, row.campaign_id)
                _put(session, user, row, None, None)

    def results(self, user: User, campaign_id: str) -> Results:
        """Return the places; before they are published, for reviewers and the panel only."""
        require_active(user)
        with self._database.read() as session:
            row = campaign_row(session, campaign_id)
            panel = judges_of(session, campaign_id)
            is_out = row.results_out_at is not None
            if not (is_out or user is SYSTEM or user.is_reviewer or user.id in panel):
                raise AccessDenied("The results are not published yet.")
            found = entries(session, user, IdeaFilter(campaign_id=campaign_id))
            teams = _team_names(session, campaign_id)
            places = tuple(
                Result(place.place, place.entry, teams.get(place.entry.id, ""))
                for place in ranking_of(found, shows_all=True)
            )
            return Results(to_campaign(row, panel), places, is_out)

    def publish(self, user: User, campaign_id: str, note: str = "") -> None:
        """Show the results, and the votes, to everyone, and tell those who took part.

        `note` is what the page says of the prize and the jury. Only after ideas can no longer
        enter.
        """
        require_reviewer(user)
        note = clean(note).text.strip()
        if len(note) > TEXT_MAX:
            raise InvalidInput(f"Keep the note below {TEXT_MAX:,} characters.")
        with self._database.begin() as session:
            row = campaign_row(session, campaign_id, lock=True)
            if phase_of(row) in (CampaignPhase.PLANNED, CampaignPhase.OPEN):
                raise Conflict("Results are published once ideas can no longer enter.")
            is_first = row.results_out_at is None
            row.result_note, row.results_out_at = note, row.results_out_at or now()
            row.row_version += 1
            for idea in ideas_of(session, campaign_id) if is_first else ():
                around = people_around(session, idea)
                notify(session, user, Happening.RESULTS_PUBLISHED, around, idea_id=idea.id)
            record_event(session, user, "campaign.publish", row.id)


def _put(
    session: Session, user: User, row: IdeaRow, campaign_id: str | None, team_id: str | None
) -> None:
    row.campaign_id, row.team_id = campaign_id, team_id
    note_change(row, user)
    session.flush()
    rescore(session, row)  # a campaign may weigh criteria in its own way
    record_event(session, user, "campaign.enter" if campaign_id else "campaign.leave", row.id)


def _tidy(form: CampaignForm) -> CampaignForm:
    return CampaignForm(
        clean(form.title).text.strip(),
        clean(form.theme).text.strip(),
        clean(form.brief).text.strip(),
        form.opens_on,
        form.closes_on,
        form.judging_until,
        tuple(form.criteria),
        form.panel_ids,
        form.hides_votes,
        clean(form.prize).text.strip(),
    )


def _problems(session: Session, form: CampaignForm, campaign_id: str | None) -> dict[str, str]:
    shortest, longest = TITLE_LENGTH
    problems = _date_problems(form)
    if not shortest <= len(form.title) <= longest:
        problems["title"] = f"Give the campaign a title of {shortest} to {longest} characters."
    same = session.exec(select(CampaignRow.id).where(CampaignRow.title == form.title)).first()
    if same is not None and same != campaign_id:
        problems["title"] = "A campaign with this title already exists. Choose another one."
    if not form.theme:
        problems["theme"] = "Say in a sentence what the campaign is about."
    for name in ("theme", "brief", "prize"):
        if len(getattr(form, name)) > TEXT_MAX:
            problems[name] = f"Keep each text below {TEXT_MAX:,} characters."
    wrong = criteria_problems(CriteriaSet(tuple(form.criteria))) if form.criteria else []
    if wrong:
        problems["criteria"] = " ".join(wrong)
    if form.panel_ids - people_of(session, sorted(form.panel_ids)):
        problems["panel_ids"] = "One of the panel has no active account. Choose someone else."
    return problems


def _date_problems(form: CampaignForm) -> dict[str, str]:
    problems = {
        name: "Choose a day."
        for name in ("opens_on", "closes_on", "judging_until")
        if getattr(form, name) is None
    }
    if form.opens_on and form.closes_on and form.closes_on < form.opens_on:
        problems["closes_on"] = "The last day is before the first one."
    if form.closes_on and form.judging_until and form.judging_until < form.closes_on:
        problems["judging_until"] = "Judging ends before ideas can no longer enter."
    return problems


def _row_to_write(
    session: Session, user: User, form: CampaignForm, campaign_id: str | None, version: int
) -> CampaignRow:
    values: dict[str, Any] = {  # Any: the values of columns
        "title": form.title,
        "theme": form.theme,
        "brief": form.brief,
        "judging_until": form.judging_until,
        "criteria": written_list(form.criteria),
        "hides_votes": form.hides_votes,
        "prize": form.prize,
        "opens_on": form.opens_on,
        "closes_on": form.closes_on,
    }
    if campaign_id is None:
        return CampaignRow(created_by=user.id or None, **values)
    row = campaign_row(session, campaign_id, lock=True)
    if row.row_version != version:
        raise Conflict(
            "Someone changed this campaign after you opened it. Nothing was saved: look at it "
            "again, then repeat your change."
        )
    for name, value in values.items():
        setattr(row, name, value)
    row.row_version += 1
    return row


def _counts(session: Session, key: object) -> dict[str, int]:
    counted = select(col(key), func.count()).where(col(key).is_not(None)).group_by(col(key))
    return {str(id_): number for id_, number in session.exec(counted).all()}


def _team_names(session: Session, campaign_id: str) -> dict[str, str]:
    teams = {team.id: team.name for team in teams_of(session, campaign_id)}
    return {
        idea.id: teams[idea.team_id]
        for idea in ideas_of(session, campaign_id)
        if idea.team_id in teams
    }
