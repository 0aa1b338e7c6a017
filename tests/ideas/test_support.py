"""Votes and follows: one of each person, closed where the state says so, safe against merges."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.clock import now
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM
from core.errors import AccessDenied, Conflict, NotFound
from core.storage.database import Database
from core.storage.tables import CampaignRow
from ideas.life.support import IdeaSupport, Support
from tests.ideas.office import Office


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def support(office: Office) -> IdeaSupport:
    return IdeaSupport(office.database)


def test_a_person_votes_once_and_can_take_it_back(office: Office, support: IdeaSupport) -> None:
    idea = office.idea()

    support.vote(office.ben, idea, is_for=True)
    twice = support.vote(office.ben, idea, is_for=True)
    assert (twice.votes, twice.has_voted) == (1, True)
    assert support.of(office.carl, idea) == Support(1, False, False, 0, True)

    support.vote(office.ben, idea, is_for=False)
    back = support.vote(office.ben, idea, is_for=False)
    assert (back.votes, back.has_voted) == (0, False)


def test_people_who_vote_at_the_same_moment_are_all_counted(database: Database) -> None:
    office, support = Office(database), IdeaSupport(database)
    idea = office.idea()
    people = [office.person(f"p{n}") for n in range(8)]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda p: support.vote(p, idea, is_for=True), [*people, *people]))

    assert support.of(office.anna, idea).votes == 8


@pytest.mark.parametrize("status", list(IdeaStatus))
def test_votes_are_open_until_an_idea_is_in_use_or_has_ended(
    office: Office, support: IdeaSupport, status: IdeaStatus
) -> None:
    idea = office.idea()
    support.vote(office.ben, idea, is_for=True)
    office.change(idea, status=status.value)
    is_open = status.value in {
        "submitted", "triage", "needs_info", "evaluation", "approved", "experiment", "parked"
    }  # fmt: skip

    for person, is_for in ((office.carl, True), (office.ben, False)):
        if is_open:
            support.vote(person, idea, is_for=is_for)
        else:
            with pytest.raises(Conflict, match="Voting on this idea is closed"):
                support.vote(person, idea, is_for=is_for)

    state = support.of(office.anna, idea)
    assert (state.votes, state.takes_votes) == (1, is_open)


def test_a_duplicate_names_the_idea_to_vote_for_and_following_it_follows_that(
    office: Office, support: IdeaSupport
) -> None:
    original, idea = office.idea(), office.idea()
    office.move(office.rita, idea, IdeaStatus.DUPLICATE, target_id=original)

    with pytest.raises(Conflict, match="IDEA-0001"):
        support.vote(office.ben, idea, is_for=True)
    support.follow(office.ben, idea, follows=True)

    assert support.of(office.ben, original).is_followed
    assert not support.of(office.ben, idea).is_followed


def test_a_person_follows_and_stops_following(office: Office, support: IdeaSupport) -> None:
    idea = office.idea()

    for _ in range(2):
        assert support.follow(office.ben, idea, follows=True).followers == 1
    for _ in range(2):
        assert support.follow(office.ben, idea, follows=False).followers == 0


def test_votes_are_hidden_while_a_campaign_is_judged_but_the_own_one_is_not(
    office: Office, support: IdeaSupport
) -> None:
    idea = office.idea()
    day = now().date() - timedelta(days=1)
    with office.database.begin() as session:
        session.add(
            CampaignRow(
                id="c",
                title="Hackathon",
                opens_on=day,
                closes_on=day,
                judging_until=day + timedelta(days=5),
                hides_votes=True,
            )
        )
    office.change(idea, campaign_id="c")

    state = support.vote(office.ben, idea, is_for=True)

    assert (state.votes, state.has_voted) == (None, True)


def test_only_people_with_an_active_account_take_part(office: Office, support: IdeaSupport) -> None:
    idea = office.idea()

    for user in (SYSTEM, replace(office.ben, is_active=False)):
        with pytest.raises(AccessDenied):
            support.vote(user, idea, is_for=True)
        with pytest.raises(AccessDenied):
            support.follow(user, idea, follows=True)
    with pytest.raises(NotFound):
        support.vote(office.ben, "none", is_for=True)
