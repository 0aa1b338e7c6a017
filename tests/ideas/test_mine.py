"""What waits for a person: answers, experiments to begin or close, months to measure, reviews."""

import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from core.domain.clock import now
from core.domain.ideas.card import DraftFields
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM
from core.storage.database import Database
from core.storage.originals import OriginalFiles
from core.storage.tables import IdeaCoSubmitterRow, NotificationRow
from ideas.cards.drafting import TemplateDrafter
from ideas.cards.drafts import IdeaDrafts
from ideas.life.chores import PARKED_BECAUSE, IdeaChores
from ideas.life.mine import Errand, MyIdeas
from ideas.review.values import Task
from tests.ideas.office import Office

S = IdeaStatus


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def mine(office: Office, tmp_path: Path) -> MyIdeas:
    drafts = IdeaDrafts(office.database, TemplateDrafter(), OriginalFiles(tmp_path))
    drafts.save(office.anna, DraftFields(title="Half a"))
    return MyIdeas(office.database, drafts)


def test_own_ideas_drafts_and_owned_ideas_are_listed(office: Office, mine: MyIdeas) -> None:
    own, joined, owned, _ = (
        office.idea(p) for p in (office.anna, office.ben, office.ben, office.ben)
    )
    office.change(owned, owner_id=office.anna.id)
    with office.database.begin() as session:
        session.add(IdeaCoSubmitterRow(idea_id=joined, user_id=office.anna.id))

    found = mine.of(office.anna)

    assert {entry.id for entry in found.submitted} == {own, joined}
    assert [entry.id for entry in found.owned] == [owned]
    assert [draft.fields.title for draft in found.drafts] == ["Half a"]
    assert found.waiting == 0


def test_a_question_waits_for_all_who_submitted(office: Office, mine: MyIdeas) -> None:
    idea = office.idea(office.anna, S.NEEDS_INFO)
    with office.database.begin() as session:
        session.add(IdeaCoSubmitterRow(idea_id=idea, user_id=office.carl.id))

    for person in (office.anna, office.carl):
        [pending] = mine.of(person).pending
        assert (pending.errand, pending.idea_id) == (Errand.ANSWER, idea)
    assert mine.of(office.ben).waiting == 0


def test_what_waits_for_the_owner_follows_the_state(office: Office, mine: MyIdeas) -> None:
    idea = office.idea(status=S.APPROVED)
    office.give(office.ben, idea)

    def errands() -> list[Errand]:
        return [pending.errand for pending in mine.of(office.ben).pending]

    assert errands() == [Errand.START]
    office.change(idea, status=S.EXPERIMENT.value)
    assert errands() == []
    yesterday = now().date() - timedelta(days=1)
    office.change(idea, pilot_ends_on=yesterday)
    assert errands() == [Errand.CLOSE]
    assert mine.of(office.ben).pending[0].due_on == yesterday
    office.experiment(idea, outcome=None)
    assert errands() == [Errand.CLOSE]
    office.change(idea, status=S.PRODUCTION.value)
    assert errands() == [Errand.MEASURE]
    office.impact(idea, "planned")
    assert errands() == [Errand.MEASURE]
    office.impact(idea)
    assert errands() == []


def test_a_closed_experiment_waits_no_longer(office: Office, mine: MyIdeas) -> None:
    idea = office.idea(status=S.EXPERIMENT)
    office.change(idea, owner_id=office.ben.id, pilot_ends_on=date(2020, 1, 1))
    office.experiment(idea)

    assert mine.of(office.ben).pending == ()


def test_reviewers_see_what_waits_for_them_beside_it(office: Office, mine: MyIdeas) -> None:
    office.idea(office.anna)

    assert [waiting.task for waiting in mine.of(office.rita).reviewing] == [Task.TRIAGE]
    assert mine.of(office.carl).reviewing == ()
    assert mine.of(SYSTEM).submitted == ()


def test_an_idea_that_waits_for_an_answer_too_long_is_parked(office: Office) -> None:
    old, new = (office.idea(status=S.NEEDS_INFO) for _ in range(2))
    office.change(old, stage_entered_at=now() - timedelta(days=31))
    office.change(new, stage_entered_at=now() - timedelta(days=29))
    chores = IdeaChores(office.database, office.workflow, None)

    assert chores.park_unanswered() == 1
    assert chores.park_unanswered() == 0

    assert (office.row(old).status, office.row(old).status_reason) == ("parked", PARKED_BECAUSE)
    assert office.row(new).status == "needs_info"
    assert office.told(office.anna) == ["moved"]


def test_notifications_that_were_read_long_ago_are_forgotten(office: Office) -> None:
    idea = office.idea(office.anna)
    for to in (S.TRIAGE, S.NEEDS_INFO):
        office.move(office.rita, idea, to)
    with office.database.begin() as session:
        [old, _] = session.exec(select(NotificationRow)).all()
        old.read_at = now() - timedelta(days=91)
    chores = IdeaChores(office.database, office.workflow, None)

    assert chores.forget_read() == 1
    assert chores.forget_read() == 0

    assert office.told(office.anna) == ["moved"]


def test_the_thread_does_it_by_itself_and_ends(office: Office) -> None:
    idea = office.idea(status=S.NEEDS_INFO)
    office.change(idea, stage_entered_at=now() - timedelta(days=31))
    chores = IdeaChores(office.database, office.workflow, None, every_s=0.05)

    chores.start()
    try:
        end = time.monotonic() + 120
        while office.row(idea).status != "parked" and time.monotonic() < end:
            time.sleep(0.02)
    finally:
        chores.stop()
    assert office.row(idea).status == "parked"
