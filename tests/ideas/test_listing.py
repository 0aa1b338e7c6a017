"""Pages of the list: filtered, sorted and counted in SQL, with what the reader did."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from core.domain.clock import new_id, now
from core.domain.ideas.card import IdeaCategory, IdeaOrder, Person
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.workflow import IdeaStatus
from core.errors import AccessDenied
from core.storage.database import Database
from core.storage.tables import (
    CampaignRow,
    IdeaCommentRow,
    IdeaFollowRow,
    IdeaReviewRow,
    IdeaRow,
    IdeaTagRow,
    IdeaVoteRow,
)
from ideas.cards.listing import IdeaLists
from tests.ideas.chats import add_answer
from tests.ideas.office import DRAFT, Office


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
def lists(office: Office) -> IdeaLists:
    return IdeaLists(office.database)


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def vote(office: Office, idea_id: str, *people: str, days_ago: int = 0) -> None:
    with office.database.begin() as session:
        session.add_all(
            IdeaVoteRow(idea_id=idea_id, user_id=p, at=now() - timedelta(days_ago)) for p in people
        )


def numbers(
    lists: IdeaLists, office: Office, order: IdeaOrder = IdeaOrder.NEWEST, **wanted: object
) -> list[int]:
    page = lists.page(office.anna, IdeaFilter(**wanted), order)  # type: ignore[arg-type]  # any field
    assert page.total == len(page.entries)
    return [entry.number for entry in page.entries]


def test_an_entry_has_what_a_row_of_the_list_shows(office: Office, lists: IdeaLists) -> None:
    draft = replace(DRAFT, tags=("hr", "travel"), business_unit="Sales")
    message = add_answer(office.database, office.anna)
    card = office.ideas.submit(office.anna, draft, message_id=message)
    office.change(card.id, owner_id=office.ben.id, value_score=60.0, review_count=1)
    vote(office, card.id, office.ben.id, office.carl.id)
    with office.database.begin() as session:
        session.add(IdeaFollowRow(idea_id=card.id, user_id=office.carl.id))
        for visibility, deleted in (("public", None), ("reviewers", None), ("public", now())):
            session.add(
                IdeaCommentRow(idea_id=card.id, visibility=visibility, text="x", deleted_at=deleted)
            )

    [entry] = lists.page(office.carl, IdeaFilter()).entries

    assert (entry.label, entry.title, entry.summary) == ("IDEA-0001", DRAFT.title, DRAFT.problem)
    assert (entry.category, entry.status) == (DRAFT.category, IdeaStatus.SUBMITTED)
    assert (entry.submitter_name, entry.owner_name) == ("Anna", "Ben")
    assert (entry.tags, entry.business_unit) == (("hr", "travel"), "Sales")
    assert (entry.votes, entry.has_voted, entry.is_followed, entry.comments) == (2, True, True, 1)
    assert entry.is_from_chat
    assert entry.evaluation is not None
    assert entry.evaluation.value == 60.0
    [other] = lists.page(office.anna, IdeaFilter()).entries
    assert (other.has_voted, other.is_followed) == (False, False)


def test_filters_work_together(office: Office, lists: IdeaLists) -> None:
    for unit, category in (("Sales", "better_product"), ("Sales", None), ("IT", "better_product")):
        draft = replace(DRAFT, title=f"Title {new_id()}", business_unit=unit)
        if category:
            draft = replace(draft, category=IdeaCategory(category))
        office.ideas.submit(office.anna, draft)

    assert numbers(lists, office, business_unit="Sales") == [2, 1]
    assert numbers(lists, office, category=IdeaCategory.BETTER_PRODUCT) == [3, 1]
    assert numbers(
        lists, office, category=IdeaCategory.BETTER_PRODUCT, business_unit="Sales", search="title"
    ) == [1]


def test_orders(office: Office, lists: IdeaLists) -> None:
    old, loved, talked = office.idea(), office.idea(), office.idea()
    vote(office, old, office.anna.id, office.ben.id, office.carl.id, days_ago=60)
    vote(office, loved, office.anna.id, office.ben.id)
    office.change(loved, stage_entered_at=now() - timedelta(days=3))
    with office.database.begin() as session:
        for _ in range(9):
            session.add(IdeaCommentRow(idea_id=talked, visibility="public", text="x"))

    assert numbers(lists, office, IdeaOrder.NEWEST) == [3, 2, 1]
    assert numbers(lists, office, IdeaOrder.OLDEST) == [1, 2, 3]
    assert numbers(lists, office, IdeaOrder.VOTES) == [1, 2, 3]
    assert numbers(lists, office, IdeaOrder.TRENDING) == [3, 2, 1]
    assert numbers(lists, office, IdeaOrder.WAITING)[0] == 2


def test_votes_of_a_campaign_in_judging_are_hidden_and_sort_nothing(
    office: Office, lists: IdeaLists
) -> None:
    judged, other = office.idea(), office.idea()
    yesterday = now().date() - timedelta(days=1)
    with office.database.begin() as session:
        session.add(
            CampaignRow(
                id="c",
                title="Hackathon",
                opens_on=yesterday,
                closes_on=yesterday,
                judging_until=yesterday + timedelta(days=9),
                hides_votes=True,
            )
        )
    office.change(judged, campaign_id="c")
    vote(office, judged, office.anna.id, office.ben.id)
    vote(office, other, office.ben.id)

    entries = lists.page(office.anna, IdeaFilter(), IdeaOrder.VOTES).entries

    assert [(e.number, e.votes, e.has_voted) for e in entries] == [(2, 1, False), (1, None, True)]
    with office.database.begin() as session:
        session.get_one(CampaignRow, "c").results_out_at = now()
    assert [e.votes for e in lists.page(office.anna, IdeaFilter(), IdeaOrder.VOTES).entries] == [
        2,
        1,
    ]


def test_scores_are_hidden_from_who_still_has_to_review(office: Office, lists: IdeaLists) -> None:
    idea = office.idea(status=IdeaStatus.EVALUATION)
    with office.database.begin() as session:
        session.add(IdeaReviewRow(idea_id=idea, reviewer_id=office.rita.id))

    assert lists.page(office.rita, IdeaFilter()).entries[0].evaluation is None
    assert lists.page(office.rob, IdeaFilter()).entries[0].evaluation is not None


def test_choices_are_what_some_idea_has(office: Office, lists: IdeaLists) -> None:
    for unit, tags in (("Sales", ("hr", "it")), ("IT", ("it",)), ("", ())):
        office.ideas.submit(
            office.anna, replace(DRAFT, title=f"T {new_id()}", business_unit=unit, tags=tags)
        )
    office.change(office.idea(), owner_id=office.ben.id)

    choices = lists.choices(office.carl)

    assert choices.business_units == ("IT", "Sales")
    assert choices.tags == ("it", "hr")
    assert choices.owners == (Person(office.ben.id, "Ben"),)


def test_a_deactivated_person_sees_no_list(office: Office, lists: IdeaLists) -> None:
    gone = replace(office.anna, is_active=False)

    for look in (lambda: lists.page(gone, IdeaFilter()), lambda: lists.choices(gone)):
        with pytest.raises(AccessDenied):
            look()


def test_a_page_of_5000_ideas_takes_few_statements(office: Office, lists: IdeaLists) -> None:
    fill(office, 5_000)

    for order in IdeaOrder:
        with counted(office.database) as statements:
            page = lists.page(office.anna, IdeaFilter(search="travel"), order, offset=40)
        assert (page.total, len(page.entries)) == (5_000, 20)
        assert len(statements) <= (6 if order is IdeaOrder.TRENDING else 3)


def fill(office: Office, ideas: int) -> None:
    """Stores this many ideas, each with a tag, five votes and two comments."""
    people = [office.person(f"p{n}").id for n in range(5)]
    ids = [new_id() for _ in range(ideas)]
    many: list[tuple[type, Sequence[dict[str, object]]]] = [
        (IdeaRow, [idea_values(idea, at) for at, idea in enumerate(ids)]),
        (IdeaTagRow, [{"idea_id": idea, "tag": "travel"} for idea in ids]),
        (IdeaVoteRow, [{"idea_id": i, "user_id": p, "at": now()} for i in ids for p in people]),
        (IdeaCommentRow, [comment_values(idea) for idea in ids for _ in range(2)]),
    ]
    with office.database.begin() as session:
        for table, rows in many:
            session.connection().execute(table.__table__.insert(), rows)  # type: ignore[attr-defined]  # of a table


def idea_values(idea_id: str, place: int) -> dict[str, object]:
    return {
        "id": idea_id,
        "number": place + 1,
        "title": f"Travel idea {place}",
        "problem": "Every week the same question. " * 40,
        "proposal": "Answer it with the page. " * 40,
        "category": "better_product",
        "expected_benefit": "",
        "status": "submitted",
        "stage_entered_at": now(),
        "submitted_at": now(),
        "changed_at": now(),
        "origin": None,
        "drafted": None,
    }


def comment_values(idea_id: str) -> dict[str, object]:
    return {
        "id": new_id(),
        "idea_id": idea_id,
        "visibility": "public",
        "text": "Good.",
        "mentions": [],
        "at": now(),
    }
