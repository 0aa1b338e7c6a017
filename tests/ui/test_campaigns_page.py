"""Campaigns: called by reviewers, joined by everyone, judged, and ended with a result."""

from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.clock import now
from core.domain.ideas.campaigns import Campaign
from core.domain.ideas.card import IdeaCard, IdeaCategory, IdeaDraft
from core.domain.identity import SYSTEM, Role, User
from core.storage.tables import CampaignRow
from ideas.campaigns.values import CampaignForm
from tests.ui.conftest import PASSWORD, Pages, texts
from tests.ui.idea_forms import BENEFIT, PROBLEM, PROPOSAL, TITLE

DRAFT = IdeaDraft(TITLE, PROBLEM, PROPOSAL, IdeaCategory.INTERNAL_OPTIMISATION, BENEFIT)


def day(distance: int) -> date:
    return now().date() + timedelta(days=distance)


@pytest.fixture
def rita(services: Services) -> User:
    """A reviewer."""
    return services.people.add(
        SYSTEM, "rita@nordhafen.example", name="Rita Vogel", password=PASSWORD, role=Role.REVIEWER
    )


@pytest.fixture
def campaign(services: Services, rita: User) -> Campaign:
    """A campaign that is open for ideas."""
    form = CampaignForm(
        "Spring of ideas",
        "Less paper in the warehouses",
        "Everything that is still printed today counts.",
        day(-2),
        day(12),
        day(20),
        hides_votes=True,
        prize="A day off for the team",
    )
    return services.ideas.campaigns.save(rita, form)


@pytest.fixture
def card(services: Services, ben: User) -> IdeaCard:
    return services.ideas.cards.submit(ben, DRAFT)


def opened(pages: Pages, user: User, campaign: Campaign | None = None, part: str = "") -> AppTest:
    app = pages.open("campaigns", user)
    if campaign is not None:
        app.query_params["campaign"] = campaign.id
        if part:
            app.query_params["part"] = part
        app.run()
    assert not app.exception
    return app


def judged(services: Services, campaign: Campaign) -> None:
    """Ideas can no longer enter."""
    with services.database.begin() as session:
        row = session.get_one(CampaignRow, campaign.id)
        row.opens_on, row.closes_on = day(-20), day(-1)


def test_an_empty_list_says_who_sets_campaigns_up(pages: Pages, ben: User, rita: User) -> None:
    assert "Reviewers set them up" in opened(pages, ben).info[0].value
    assert "new-campaign" not in [b.key for b in opened(pages, ben).button]
    assert "new-campaign" in [b.key for b in opened(pages, rita).button]


def test_the_list_says_where_a_campaign_stands(pages: Pages, ben: User, campaign: Campaign) -> None:
    app = opened(pages, ben)

    shown = texts(app)
    assert "**Spring of ideas**" in shown
    assert "[Open for ideas]" in shown
    assert "12 days left" in shown
    assert "0 ideas" in shown
    app.button(key=f"open-campaign-{campaign.id}").click().run()
    assert app.query_params["campaign"] == campaign.id


def test_a_reviewer_sets_a_campaign_up(
    pages: Pages, services: Services, rita: User, ben: User
) -> None:
    app = opened(pages, rita)
    app.button(key="new-campaign").click().run()
    app.button(key="save-campaign").click().run()
    shown = texts(app)
    assert "Give the campaign a title" in shown
    assert "Choose a day." in shown

    app.text_input(key="title-new").input("Spring of ideas")
    app.text_input(key="theme-new").input("Less paper")
    for name, distance in (("opens_on", 0), ("closes_on", 10), ("judging_until", 5)):
        app.date_input(key=f"{name}-new").set_value(day(distance))
    app.multiselect(key="panel-new").set_value([ben.id])
    app.button(key="save-campaign").click().run()
    assert "Judging ends before" in texts(app)
    app.date_input(key="judging_until-new").set_value(day(15))
    app.button(key="save-campaign").click().run()

    overview = services.ideas.campaigns.list(rita)[0]
    campaign = services.ideas.campaigns.get(rita, overview.campaign.id)
    assert campaign.panel_ids == {ben.id}
    assert app.query_params["campaign"] == campaign.id


def test_own_weights_of_a_campaign_are_kept(
    pages: Pages, services: Services, rita: User, campaign: Campaign
) -> None:
    app = opened(pages, rita, campaign, "Settings")
    key = f"{campaign.id}-{campaign.version}"

    app.toggle(key=f"own-{key}").set_value(True).run()
    app.number_input(key=f"weight-impact-{key}").set_value(90)
    app.button(key="save-campaign").click().run()

    criteria = services.ideas.campaigns.get(rita, campaign.id).criteria
    assert criteria[0].weight == 90


def test_one_of_two_reviewers_who_change_a_campaign_is_told(
    pages: Pages, services: Services, rita: User, campaign: Campaign
) -> None:
    app = opened(pages, rita, campaign, "Settings")
    key = f"{campaign.id}-{campaign.version}"
    app.text_input(key=f"prize-{key}").input("Cake")
    with services.database.begin() as session:
        session.get_one(CampaignRow, campaign.id).row_version += 1

    app.button(key="save-campaign").click().run()

    assert services.ideas.campaigns.get(rita, campaign.id).prize == "A day off for the team"


def test_a_new_idea_for_a_campaign_starts_a_draft_that_names_it(
    pages: Pages, services: Services, ben: User, campaign: Campaign
) -> None:
    app = opened(pages, ben, campaign)

    next(b for b in app.button if b.label == "New idea for this campaign").click().run()

    assert services.ideas.drafts.list(ben)[0].fields.campaign_id == campaign.id


def test_an_idea_that_is_there_already_enters(
    pages: Pages, services: Services, ben: User, campaign: Campaign, card: IdeaCard
) -> None:
    app = opened(pages, ben, campaign)
    assert "no ideas in this campaign yet" in app.info[0].value

    app.button(key="enter-idea").click().run()

    assert services.ideas.cards.get(ben, card.id).draft.campaign_id == campaign.id
    assert "1 idea" in texts(app)


def test_teams_are_made_joined_and_left(
    pages: Pages, services: Services, anna: User, ben: User, campaign: Campaign
) -> None:
    app = opened(pages, ben, campaign, "Teams")
    app.button(key="create-team").click().run()
    assert "Give the team a name" in texts(app)
    app.text_input(key="team-name").input("Crane crew")
    app.button(key="create-team").click().run()
    team = services.ideas.teams.list(ben, campaign.id)[0]

    other = opened(pages, anna, campaign, "Teams")
    other.button(key=f"join-{team.id}").click().run()
    assert "Anna Berg and Ben Okafor" in texts(other)
    other.button(key=f"leave-{team.id}").click().run()

    assert [name for _, name in services.ideas.teams.list(ben, campaign.id)[0].members] == [
        "Ben Okafor"
    ]


def test_votes_are_hidden_while_the_panel_judges(
    pages: Pages, services: Services, ben: User, campaign: Campaign, card: IdeaCard
) -> None:
    services.ideas.campaigns.enter(ben, card.id, campaign.id)
    judged(services, campaign)

    app = opened(pages, ben, campaign)

    assert "Votes are hidden while the panel judges." in texts(app)
    assert app.button(key=f"vote-{card.id}").label == "Vote"


def test_the_result_is_for_the_panel_until_a_reviewer_publishes_it(
    pages: Pages, services: Services, ben: User, rita: User, campaign: Campaign
) -> None:
    card = services.ideas.cards.submit(ben, DRAFT)
    services.ideas.campaigns.enter(ben, card.id, campaign.id)
    judged(services, campaign)
    assert "Result" not in [tab.label for tab in opened(pages, ben, campaign).tabs]

    app = opened(pages, rita, campaign, "Result")
    assert "Only reviewers and the panel see this" in texts(app)
    app.text_area(key=f"result-note-{campaign.id}").input("Ben wins the day off.")
    app.button(key="publish").click().run()

    shown = texts(opened(pages, ben, campaign, "Result"))
    assert "Ben wins the day off." in shown
    assert TITLE in shown
    assert "Results are out" in shown
    assert services.ideas.notifications.count_unread(ben) == 1
