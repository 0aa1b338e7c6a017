"""Submitted cards: all fields, titles, co-submitters, changes with their history."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.domain.clock import now
from core.domain.ideas.card import (
    BenefitType,
    Change,
    Confidence,
    DataNeeds,
    Estimate,
    IdeaCategory,
    IdeaDraft,
    PersonalData,
)
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM
from core.domain.knowledge import Sensitivity
from core.errors import AccessDenied, Conflict, InvalidFields, NotFound, SandboxError, TitleTaken
from core.storage.database import Database
from core.storage.tables import CampaignRow, IdeaReviewRow, TeamMemberRow, TeamRow
from tests.ideas.office import DRAFT, Office

FULL = replace(
    DRAFT,
    summary="Fewer e-mails",
    business_unit="Human resources",
    tags=("travel", "hr"),
    estimate=Estimate(12.5, Decimal("1234.56"), BenefitType.COST_SAVING, Confidence.HIGH, 300, 0.5),
    data=DataNeeds("Policy", Sensitivity.INTERNAL, PersonalData.NONE, needs_external_model=True),
)


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def both(database: Database) -> Office:
    """Once with each engine as database."""
    return Office(database)


def test_all_fields_are_kept(both: Office) -> None:
    office = both

    card = office.ideas.submit(office.anna, FULL, co_submitter_ids=[office.ben.id, office.anna.id])

    assert office.ideas.get(office.carl, card.id) == card
    assert replace(card.draft, tags=FULL.tags) == FULL
    assert card.draft.tags == ("hr", "travel")
    assert [person.name for person in card.co_submitters] == ["Ben"]
    assert office.told(office.ben) == ["co_submitter_named"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"summary": "x" * 281}, "summary"),
        ({"business_unit": "x" * 81}, "business_unit"),
        ({"tags": tuple(map(str, range(11)))}, "tags"),
        ({"tags": ("x" * 41,)}, "tags"),
        ({"estimate": Estimate(hours_per_month=-1)}, "hours_per_month"),
        ({"estimate": Estimate(hours_per_month=float("nan"))}, "hours_per_month"),
        ({"estimate": Estimate(money_per_month=Decimal("-0.01"))}, "money_per_month"),
        ({"estimate": Estimate(money_per_month=Decimal("Infinity"))}, "money_per_month"),
        ({"estimate": Estimate(reach_per_month=-5)}, "reach_per_month"),
        ({"estimate": Estimate(effort_months=1e9)}, "effort_months"),
        ({"data": DataNeeds("x" * 5001)}, "data_needed"),
        ({"campaign_id": "none"}, "campaign_id"),
        ({"team_id": "none"}, "team_id"),
    ],
)
def test_each_field_says_itself_what_is_wrong(
    office: Office, change: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidFields) as refused:
        office.ideas.submit(office.anna, replace(FULL, **change))  # type: ignore[arg-type]  # any field

    assert refused.value.problems.keys() == {field}


@pytest.mark.parametrize(
    "title",
    [
        "ANSWER travel-questions!",
        "  Answer  travel questions",
        "Implement: Answer travel questions",
    ],
)
def test_a_title_in_other_signs_is_the_same_and_leads_to_the_other_idea(
    both: Office, title: str
) -> None:
    office = both
    first = office.ideas.submit(office.anna, DRAFT)

    with pytest.raises(TitleTaken, match="IDEA-0001") as taken:
        office.ideas.submit(office.ben, replace(DRAFT, title=title))

    assert (taken.value.idea_id, taken.value.number) == (first.id, 1)
    assert taken.value.title == DRAFT.title
    assert len(office.ideas.list(office.ben)) == 1


def test_a_withdrawn_title_is_free_again(office: Office) -> None:
    card = office.ideas.submit(office.anna, DRAFT)
    office.move(office.anna, card.id, IdeaStatus.WITHDRAWN)

    office.ideas.submit(office.ben, DRAFT)


def test_of_two_people_who_submit_one_title_at_once_one_is_first(both: Office) -> None:
    office = both

    def submit(_: int) -> str:
        try:
            return office.ideas.submit(office.anna, DRAFT).id
        except TitleTaken:
            return ""

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(submit, range(6)))

    assert len([idea for idea in made if idea]) == 1


def test_titles_of_signs_alone_are_never_the_same(office: Office) -> None:
    office.ideas.submit(office.anna, replace(DRAFT, title="?" * 12))

    office.ideas.submit(office.anna, replace(DRAFT, title="!" * 12))


def test_co_submitters_have_an_active_account(office: Office) -> None:
    for people in (["none"], [office.ben.id] * 2 + ["none"]):
        with pytest.raises(InvalidFields) as refused:
            office.ideas.submit(office.anna, DRAFT, co_submitter_ids=people)
        assert refused.value.problems.keys() == {"co_submitters"}


def test_an_idea_enters_a_campaign_while_it_is_open_with_an_own_team(office: Office) -> None:
    today = now().date()
    with office.database.begin() as session:
        for name, opens in (("open", -1), ("planned", 1)):
            session.add(
                CampaignRow(
                    id=name,
                    title=name,
                    opens_on=today + timedelta(opens),
                    closes_on=today + timedelta(opens + 2),
                    judging_until=today + timedelta(9),
                )
            )
        session.flush()
        session.add(TeamRow(id="ours", campaign_id="open", name="Ours"))
        session.add(TeamRow(id="theirs", campaign_id="open", name="Theirs"))
        session.flush()
        session.add(TeamMemberRow(team_id="ours", user_id=office.anna.id))

    for draft, field in (
        (replace(DRAFT, campaign_id="planned"), "campaign_id"),
        (replace(DRAFT, campaign_id="open", team_id="theirs"), "team_id"),
        (replace(DRAFT, team_id="ours"), "team_id"),
    ):
        with pytest.raises(InvalidFields) as refused:
            office.ideas.submit(office.anna, draft)
        assert refused.value.problems.keys() == {field}
    entered = replace(DRAFT, campaign_id="open", team_id="ours")

    card = office.ideas.submit(office.anna, entered)

    assert card.draft == entered


def test_an_idea_is_found_by_its_number_and_a_duplicate_leads_to_the_original(
    office: Office,
) -> None:
    first, second = office.idea(), office.idea()
    office.move(office.rita, second, IdeaStatus.DUPLICATE, target_id=first)

    for reference in ("IDEA-0002", "idea-2", "2", second):
        assert office.ideas.get(office.carl, reference).id == second
        assert office.ideas.find(office.carl, reference).id == first
    card = office.ideas.get(office.carl, "2")
    assert (card.duplicate_of_id, card.duplicate_of_number) == (first, 1)
    for unknown in ("IDEA-0003", "", "0", "x", "1' OR 1=1"):
        with pytest.raises(NotFound):
            office.ideas.get(office.carl, unknown)


def test_a_change_keeps_what_stood_there_and_who_changed_it(both: Office) -> None:
    office = both
    card = office.ideas.submit(office.anna, FULL, co_submitter_ids=[office.ben.id])
    changed = replace(
        card.draft,
        proposal="Let the sandbox answer them in the chat.",
        tags=("hr",),
        estimate=replace(FULL.estimate, money_per_month=Decimal(2000), benefit_type=None),
    )

    after = office.ideas.edit(
        office.ben, card.id, changed, version=card.version, co_submitter_ids=[office.carl.id]
    )

    assert after.draft == changed
    assert after.version == card.version + 1
    assert [person.name for person in after.co_submitters] == ["Carl"]
    [edit] = office.ideas.edits(office.rita, card.id)
    assert edit.by_name == "Ben"
    assert set(edit.changes) == {
        Change("proposal", FULL.proposal, changed.proposal),
        Change("tags", "hr, travel", "hr"),
        Change("money_per_month", "1234.56", "2000"),
        Change("benefit_type", "cost_saving", ""),
        Change("co_submitters", "Ben", "Carl"),
    }
    assert office.told(office.anna) == ["edited"]


def test_nothing_changes_where_nothing_was_changed(office: Office) -> None:
    card = office.ideas.submit(office.anna, FULL)

    after = office.ideas.edit(office.anna, card.id, FULL, version=card.version)

    assert after == card
    assert office.ideas.edits(office.anna, card.id) == []


def test_of_two_who_edit_at_once_the_second_is_told_who_was_first(both: Office) -> None:
    office = both
    card = office.ideas.submit(office.anna, DRAFT, co_submitter_ids=[office.ben.id])
    first = replace(DRAFT, problem=f"{DRAFT.problem} Every single week.")
    office.ideas.edit(office.ben, card.id, first, version=card.version)

    with pytest.raises(Conflict, match="Ben changed this idea"):
        office.ideas.edit(
            office.anna, card.id, replace(DRAFT, proposal="x" * 50), version=card.version
        )

    assert office.ideas.get(office.anna, card.id).draft == first


EDITS: dict[str, IdeaDraft] = {
    "problem": replace(DRAFT, problem="Something else entirely, and long enough."),
    "category": replace(DRAFT, category=IdeaCategory.NEW_BUSINESS_MODEL),
}


@pytest.mark.parametrize("status", list(IdeaStatus))
def test_who_may_change_what_follows_the_state(office: Office, status: IdeaStatus) -> None:
    is_open = status in {
        IdeaStatus.SUBMITTED, IdeaStatus.TRIAGE, IdeaStatus.NEEDS_INFO, IdeaStatus.PARKED
    }  # fmt: skip
    has_ended = status in {
        IdeaStatus.DUPLICATE, IdeaStatus.DECLINED, IdeaStatus.WITHDRAWN, IdeaStatus.RETIRED
    }  # fmt: skip
    people = {
        "submitter": office.anna,
        "reviewer": office.rita,
        "terminal": SYSTEM,
        "other": office.ben,
    }

    done = {
        (name, field)
        for number, (name, user) in enumerate(people.items())
        for field, draft in EDITS.items()
        if edited(office, user, replace(draft, title=f"Title {number} of {field}"), status)
    }

    assert done == {
        *((("submitter", field) for field in EDITS) if is_open else ()),
        *(() if has_ended else (("reviewer", "category"), ("terminal", "category"))),
    }


def edited(office: Office, user: object, draft: IdeaDraft, status: IdeaStatus) -> bool:
    card = office.ideas.submit(office.anna, replace(DRAFT, title=draft.title))
    office.change(card.id, status=status.value)
    try:
        office.ideas.edit(user, card.id, draft, version=card.version)  # type: ignore[arg-type]  # a User
    except AccessDenied:
        return False
    return True


def test_a_changed_title_is_compared_with_others_but_not_with_itself(office: Office) -> None:
    office.ideas.submit(office.ben, replace(DRAFT, title="Another title here"))
    card = office.ideas.submit(office.anna, DRAFT)

    with pytest.raises(TitleTaken):
        office.ideas.edit(
            office.anna, card.id, replace(DRAFT, title="ANOTHER title here"), version=card.version
        )
    office.ideas.edit(
        office.anna, card.id, replace(DRAFT, title="Answer TRAVEL questions"), version=card.version
    )


def test_a_bad_change_is_refused_as_a_bad_submission(office: Office) -> None:
    card = office.ideas.submit(office.anna, DRAFT)

    with pytest.raises(InvalidFields) as refused:
        office.ideas.edit(
            office.anna, card.id, replace(DRAFT, title="x", problem=""), version=card.version
        )

    assert refused.value.problems.keys() == {"title", "problem"}


def test_who_still_has_to_review_an_idea_sees_no_scores(office: Office) -> None:
    idea = office.idea(status=IdeaStatus.EVALUATION)
    office.change(idea, value_score=80.0, feasibility_score=70.0, review_count=2)
    with office.database.begin() as session:
        session.add(IdeaReviewRow(idea_id=idea, reviewer_id=office.rita.id, round=1))

    assert office.ideas.get(office.rita, idea).evaluation is None
    seen = office.ideas.get(office.rob, idea).evaluation
    assert seen is not None
    assert (seen.value, seen.feasibility, seen.reviews) == (80.0, 70.0, 2)


def test_every_refusal_is_a_sentence(office: Office) -> None:
    with pytest.raises(SandboxError, match=r"\.$"):
        office.ideas.submit(office.anna, replace(DRAFT, title=""))
