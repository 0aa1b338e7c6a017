"""Campaigns: set up, joined by teams, judged by a panel, ended with results."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.domain.clock import now
from core.domain.ideas.campaigns import CampaignPhase
from core.domain.ideas.criteria import Axis, Criterion
from core.domain.ideas.life import Happening
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM
from core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.tables import CampaignRow, IdeaRow
from ideas.campaigns.service import Campaigns
from ideas.campaigns.teams import Teams
from ideas.campaigns.values import CampaignForm
from ideas.scoring.criteria import shipped_criteria
from ideas.scoring.rescoring import rescore
from tests.ideas.office import Office

DAY = timedelta(days=1)
OWN = (
    Criterion("charm", Axis.VALUE, 60, "Charm"),
    Criterion("impact", Axis.VALUE, 40, "Impact"),
    Criterion("build", Axis.FEASIBILITY, 100, "Can be built in a day"),
)


def today() -> date:
    return now().date()


def form(**changes: object) -> CampaignForm:
    usual = CampaignForm(
        title="Spring hackathon",
        theme="Less paper in the warehouse",
        opens_on=today() - DAY,
        closes_on=today() + DAY,
        judging_until=today() + 5 * DAY,
        prize="Dinner for the team",
    )
    return replace(usual, **changes)  # type: ignore[arg-type]  # of the fields it has


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
def campaigns(office: Office) -> Campaigns:
    return Campaigns(office.database)


@pytest.fixture
def teams(office: Office) -> Teams:
    return Teams(office.database)


@pytest.fixture
def spring(office: Office, campaigns: Campaigns) -> str:
    return campaigns.save(office.rita, form()).id


def close(office: Office, campaign_id: str, days_ago: int = 1) -> None:
    with office.database.begin() as session:
        session.get_one(CampaignRow, campaign_id).closes_on = today() - days_ago * DAY


def scored(office: Office, idea: str, score: int) -> None:
    for reviewer in (office.rita, office.rob):
        office.review(reviewer, idea, dict.fromkeys(shipped_criteria().scored, score))
    with office.database.begin() as session:
        rescore(session, session.get_one(IdeaRow, idea))


def test_a_campaign_is_kept_as_it_was_typed(office: Office, campaigns: Campaigns) -> None:
    typed = form(
        criteria=OWN, panel_ids=frozenset({office.ben.id, office.rob.id}), hides_votes=True
    )

    saved = campaigns.save(office.rita, typed)
    kept = campaigns.get(office.anna, saved.id)

    assert kept == saved
    assert (kept.criteria, kept.panel_ids, kept.hides_votes) == (OWN, typed.panel_ids, True)
    assert (kept.theme, kept.prize, kept.version) == (typed.theme, typed.prize, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "Hey"}, "title"),
        ({"title": "x" * 101}, "title"),
        ({"title": " Spring hackathon "}, "title"),
        ({"theme": " "}, "theme"),
        ({"brief": "x" * 5_001}, "brief"),
        ({"opens_on": None}, "opens_on"),
        ({"closes_on": date(2020, 1, 1)}, "closes_on"),
        ({"judging_until": date(2020, 1, 1)}, "judging_until"),
        ({"criteria": OWN[:2]}, "criteria"),
        ({"panel_ids": frozenset({"nobody"})}, "panel_ids"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    sqlite_database: Database, changes: dict[str, object], field: str
) -> None:
    office = Office(sqlite_database)
    campaigns = Campaigns(sqlite_database)
    campaigns.save(office.rita, form())
    typed = form(**{"title": "Another campaign"} | changes)

    assert list(campaigns.problems(office.rita, typed)) == [field]
    with pytest.raises(InvalidInput):
        campaigns.save(office.rita, typed)
    assert len(campaigns.list(office.anna)) == 1


def test_employees_read_campaigns_and_do_not_make_them(
    office: Office, campaigns: Campaigns, spring: str
) -> None:
    with pytest.raises(AccessDenied):
        campaigns.save(office.anna, form(title="Mine alone"))
    with pytest.raises(AccessDenied):
        campaigns.publish(office.anna, spring)
    assert [(o.phase, o.ideas, o.teams) for o in campaigns.list(office.anna)] == [
        (CampaignPhase.OPEN, 0, 0)
    ]


def test_two_people_do_not_overwrite_each_others_campaign(
    office: Office, campaigns: Campaigns, spring: str
) -> None:
    campaigns.save(office.rita, form(prize="A cup"), spring, version=1)

    with pytest.raises(Conflict):
        campaigns.save(office.rob, form(prize="A medal"), spring, version=1)
    assert campaigns.get(office.anna, spring).prize == "A cup"


def test_an_idea_enters_and_leaves_while_the_campaign_is_open(
    office: Office, campaigns: Campaigns, spring: str
) -> None:
    idea = office.idea(office.anna)

    campaigns.enter(office.anna, idea, spring)
    inside = office.row(idea).campaign_id
    (overview,) = campaigns.list(office.ben)
    campaigns.leave(office.anna, idea)

    assert (inside, overview.ideas) == (spring, 1)
    assert office.row(idea).campaign_id is None


def test_nobody_enters_after_the_last_day_or_before_the_first(
    office: Office, campaigns: Campaigns, spring: str
) -> None:
    idea = office.idea(office.anna)
    later = campaigns.save(
        office.rita, form(title="Autumn", opens_on=today() + DAY, closes_on=today() + 2 * DAY)
    )
    close(office, spring)

    for campaign in (spring, later.id):
        with pytest.raises(Conflict):
            campaigns.enter(office.anna, idea, campaign)
    with pytest.raises(NotFound):
        campaigns.enter(office.anna, idea, "none")


def test_only_ones_own_undecided_idea_enters(
    office: Office, campaigns: Campaigns, spring: str
) -> None:
    idea = office.idea(office.anna)
    decided = office.idea(office.anna, IdeaStatus.APPROVED)

    for stranger in (office.ben, office.rita):
        with pytest.raises(AccessDenied):
            campaigns.enter(stranger, idea, spring)
    with pytest.raises(Conflict):
        campaigns.enter(office.anna, decided, spring)


def test_teams_are_made_joined_and_left(
    office: Office, campaigns: Campaigns, teams: Teams, spring: str
) -> None:
    team = teams.create(office.anna, spring, "  Paper   savers ")
    teams.join(office.ben, team.id)
    (both,) = teams.list(office.carl, spring)
    teams.leave(office.anna, team.id)
    teams.leave(office.ben, team.id)

    assert (both.name, [name for _, name in both.members]) == ("Paper savers", ["Anna", "Ben"])
    assert both.has(office.ben.id)
    assert teams.list(office.carl, spring) == []


def test_a_person_is_in_one_team_of_a_campaign(office: Office, teams: Teams, spring: str) -> None:
    first = teams.create(office.anna, spring, "First")
    teams.create(office.ben, spring, "Second")

    with pytest.raises(Conflict):
        teams.join(office.ben, first.id)
    with pytest.raises(Conflict):
        teams.create(office.anna, spring, "Third")
    with pytest.raises(Conflict):
        teams.create(office.carl, spring, "First")


@pytest.mark.parametrize("name", ["", " x ", "y" * 81])
def test_a_team_has_a_name(sqlite_database: Database, name: str) -> None:
    office = Office(sqlite_database)
    campaign = Campaigns(sqlite_database).save(office.rita, form())

    with pytest.raises(InvalidInput):
        Teams(sqlite_database).create(office.anna, campaign.id, name)


def test_an_idea_enters_for_ones_own_team_only(
    office: Office, campaigns: Campaigns, teams: Teams, spring: str
) -> None:
    idea = office.idea(office.anna)
    theirs = teams.create(office.ben, spring, "Theirs")
    own = teams.create(office.anna, spring, "Ours")

    with pytest.raises(InvalidInput):
        campaigns.enter(office.anna, idea, spring, theirs.id)
    campaigns.enter(office.anna, idea, spring, own.id)

    assert office.row(idea).team_id == own.id
    with pytest.raises(Conflict):  # the team has an idea
        teams.leave(office.anna, own.id)


def test_teams_stay_as_they_are_once_the_campaign_is_closed(
    office: Office, teams: Teams, spring: str
) -> None:
    team = teams.create(office.anna, spring, "First")
    close(office, spring)

    with pytest.raises(Conflict):
        teams.join(office.ben, team.id)
    with pytest.raises(Conflict):
        teams.leave(office.anna, team.id)


def test_own_criteria_move_the_ideas_of_the_campaign(
    office: Office, campaigns: Campaigns, spring: str
) -> None:
    inside, outside = office.idea(office.anna), office.idea(office.anna)
    campaigns.enter(office.anna, inside, spring)
    scores = dict.fromkeys(shipped_criteria().scored, 3) | {"charm": 5, "build": 1}
    for idea in (inside, outside):
        office.review(office.rita, idea, scores)

    campaigns.save(office.rita, form(criteria=OWN), spring, version=1)
    with office.database.begin() as session:
        rescore(session, session.get_one(IdeaRow, outside))

    row = office.row(inside)
    assert row.value_score == pytest.approx((5 * 0.6 + 3 * 0.4 - 1) * 25)
    assert (row.feasibility_score, row.quadrant) == (0.0, "big_bet")
    assert office.row(outside).value_score == 50.0


def test_results_are_seen_by_the_panel_first_and_by_everyone_once_published(
    office: Office, campaigns: Campaigns, teams: Teams, spring: str
) -> None:
    team = teams.create(office.anna, spring, "Paper savers")
    first, second, unscored = (office.idea(office.anna) for _ in range(3))
    campaigns.enter(office.anna, first, spring, team.id)
    for idea in (second, unscored):
        campaigns.enter(office.anna, idea, spring)
    scored(office, first, 5)
    scored(office, second, 2)
    campaigns.save(office.rita, form(panel_ids=frozenset({office.carl.id})), spring, version=1)

    with pytest.raises(AccessDenied):
        campaigns.results(office.anna, spring)
    before = campaigns.results(office.carl, spring)
    with pytest.raises(Conflict):
        campaigns.publish(office.rita, spring, "Too early")
    close(office, spring)
    campaigns.publish(office.rita, spring, "Dinner goes to the paper savers.")
    results = campaigns.results(office.anna, spring)

    assert (before.are_out, results.are_out) == (False, True)
    assert [(r.place, r.entry.id, r.team) for r in results.places] == [
        (1, first, "Paper savers"),
        (2, second, ""),
        (None, unscored, ""),
    ]
    assert results.campaign.result_note == "Dinner goes to the paper savers."
    assert office.told(office.anna).count(Happening.RESULTS_PUBLISHED.value) == 3


def test_a_corrected_note_tells_nobody_again(
    office: Office, campaigns: Campaigns, spring: str
) -> None:
    campaigns.enter(office.anna, office.idea(office.anna), spring)
    close(office, spring)

    campaigns.publish(office.rita, spring, "First")
    campaigns.publish(SYSTEM, spring, "Second")

    assert campaigns.get(office.ben, spring).result_note == "Second"
    assert office.told(office.anna) == [Happening.RESULTS_PUBLISHED.value]
