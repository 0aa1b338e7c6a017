"""Notifications of one person: counted in one statement, read, and nobody else's."""

from dataclasses import replace

import pytest

from core.domain.ideas.life import DigestChoice, Happening
from core.domain.ideas.workflow import IdeaStatus
from core.errors import AccessDenied
from core.storage.database import Database
from ideas.life.colleagues import Colleagues
from ideas.life.comments import IdeaComments
from ideas.life.notifications import Notifications
from tests.ideas.office import Office
from tests.ideas.test_listing import counted


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def notifications(office: Office) -> Notifications:
    return Notifications(office.database)


def test_a_person_reads_what_happened_and_the_count_goes_down(database: Database) -> None:
    office, notifications = Office(database), Notifications(database)
    idea = office.idea(office.anna)
    office.move(office.rita, idea, IdeaStatus.TRIAGE)
    IdeaComments(office.database).add(office.ben, idea, "Good.")
    assert notifications.count_unread(office.anna) == 2
    assert notifications.count_unread(office.ben) == 0

    [comment, move] = notifications.list(office.anna)

    assert (move.happening, move.details) == (Happening.MOVED, {"to": "triage"})
    assert (comment.happening, comment.actor_name) == (Happening.COMMENTED, "Ben")
    assert (comment.idea_id, comment.idea_number) == (idea, 1)
    assert notifications.mark_read(office.anna, [move.id]) == 1
    assert notifications.count_unread(office.anna) == 1
    assert notifications.mark_read(office.anna) == 1
    assert [n.is_read for n in notifications.list(office.anna)] == [True, True]


def test_looking_at_an_idea_marks_what_is_about_it(
    office: Office, notifications: Notifications
) -> None:
    first, second = office.idea(office.anna), office.idea(office.anna)
    for idea in (first, second):
        office.move(office.rita, idea, IdeaStatus.TRIAGE)

    assert notifications.mark_seen(office.anna, first) == 1

    assert notifications.count_unread(office.anna) == 1


def test_nobody_marks_or_reads_those_of_others(
    office: Office, notifications: Notifications
) -> None:
    office.move(office.rita, office.idea(office.anna), IdeaStatus.TRIAGE)
    [one] = notifications.list(office.anna)

    assert notifications.mark_read(office.ada, [one.id]) == 0
    assert notifications.list(office.ada) == []
    assert notifications.count_unread(office.anna) == 1


def test_the_count_takes_one_statement(office: Office, notifications: Notifications) -> None:
    with counted(office.database) as statements:
        notifications.count_unread(office.anna)

    assert len(statements) == 1


def test_people_choose_how_often_they_get_mail(
    office: Office, notifications: Notifications
) -> None:
    assert notifications.digest(office.anna) is DigestChoice.DAILY
    for choice in (DigestChoice.WEEKLY, DigestChoice.NEVER):
        notifications.set_digest(office.anna, choice)
        assert notifications.digest(office.anna) is choice
    assert notifications.digest(office.ben) is DigestChoice.DAILY


def test_who_is_deactivated_is_told_nothing(office: Office, notifications: Notifications) -> None:
    gone = replace(office.anna, is_active=False)

    assert notifications.count_unread(gone) == 0
    with pytest.raises(AccessDenied):
        notifications.list(gone)


def test_colleagues_are_found_by_name_and_address(office: Office) -> None:
    colleagues = Colleagues(office.database)

    assert [p.name for p in colleagues.named(office.anna, "r")] == ["Carl", "Rita", "Rob", "Ruth"]
    assert [p.name for p in colleagues.named(office.anna, "rita@nord")] == ["Rita"]
    assert colleagues.named(office.anna, "%") == []
    with pytest.raises(AccessDenied):
        colleagues.named(replace(office.anna, is_active=False))
