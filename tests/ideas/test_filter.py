"""The filter of views of ideas, on both engines: what an idea has to have to be shown."""

from datetime import date

import pytest
from sqlmodel import col, select

from core.domain.ideas.card import IdeaCategory
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import Role
from core.storage.database import Database
from core.storage.queries.ideas.filter import conditions
from core.storage.tables import CampaignRow, IdeaCoSubmitterRow, IdeaRow, IdeaTagRow, UserRow

DAY = date(2026, 3, 1)


@pytest.fixture
def full(database: Database) -> Database:
    """Idea 1 has everything that a filter asks for, idea 12 nothing."""
    with database.begin() as session:
        for name in ("anna", "ben"):
            session.add(
                UserRow(
                    id=name,
                    email=f"{name}@nordhafen.example",
                    name=name.title(),
                    role=Role.EMPLOYEE,
                )
            )
        session.flush()
        session.add(
            CampaignRow(id="spring", title="Spring", opens_on=DAY, closes_on=DAY, judging_until=DAY)
        )
        session.flush()
        session.add(
            IdeaRow(
                id="first",
                number=1,
                title="Answer travel questions",
                problem="Threads of 50 % the same questions.",
                proposal="Quote the policy.",
                category=IdeaCategory.BETTER_PRODUCT,
                business_unit="Finance",
                status=IdeaStatus.PARKED,
                submitter_id="anna",
                owner_id="anna",
                campaign_id="spring",
                risk_class=RiskClass.HIGH,
            )
        )
        session.add(
            IdeaRow(
                id="twelfth",
                number=12,
                title="Read incident reports",
                problem="Nobody reads all of them.",
                proposal="Summarise them.",
                category=IdeaCategory.INTERNAL_OPTIMISATION,
                status=IdeaStatus.SUBMITTED,
            )
        )
        session.flush()
        session.add(IdeaTagRow(idea_id="first", tag="travel"))
        session.add(IdeaCoSubmitterRow(idea_id="first", user_id="ben"))
    return database


def found(database: Database, wanted: IdeaFilter) -> list[str]:
    with database.read() as session:
        query = select(IdeaRow.id).where(*conditions(wanted)).order_by(col(IdeaRow.number))
        return list(session.exec(query).all())


def test_a_filter_that_asks_for_nothing_shows_all_ideas(full: Database) -> None:
    assert IdeaFilter().is_empty
    assert found(full, IdeaFilter()) == ["first", "twelfth"]


@pytest.mark.parametrize(
    "wanted",
    [
        IdeaFilter(search=" TRAVEL "),
        IdeaFilter(search="50 %"),
        IdeaFilter(search="policy"),
        IdeaFilter(search="IDEA-0001"),
        IdeaFilter(campaign_id="spring"),
        IdeaFilter(business_unit="Finance"),
        IdeaFilter(category=IdeaCategory.BETTER_PRODUCT),
        IdeaFilter(statuses=frozenset({IdeaStatus.PARKED, IdeaStatus.DECLINED})),
        IdeaFilter(owner_id="anna"),
        IdeaFilter(submitter_id="anna"),
        IdeaFilter(submitter_id="ben"),
        IdeaFilter(tag="Travel"),
        IdeaFilter(risk=RiskClass.HIGH),
    ],
)
def test_each_field_asks_for_what_it_says(full: Database, wanted: IdeaFilter) -> None:
    assert not wanted.is_empty
    assert found(full, wanted) == ["first"]


def test_what_is_searched_for_is_no_pattern(full: Database) -> None:
    assert found(full, IdeaFilter(search="tr_vel")) == []
    assert found(full, IdeaFilter(search="50%")) == []


def test_a_number_finds_its_idea_and_no_other(full: Database) -> None:
    assert found(full, IdeaFilter(search="12")) == ["twelfth"]
    assert found(full, IdeaFilter(search="idea-12")) == ["twelfth"]


def test_an_idea_has_to_have_all_that_is_asked_for(full: Database) -> None:
    wanted = IdeaFilter(business_unit="Finance", risk=RiskClass.MINIMAL)

    assert found(full, wanted) == []
