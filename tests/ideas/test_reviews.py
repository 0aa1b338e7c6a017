"""Reviews: who gives them until when, blind until one's own is in, and what they come to."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from core.domain.clock import now
from core.domain.ideas.life import Happening
from core.domain.ideas.review import Quadrant, Recommendation
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import SYSTEM, User
from core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.tables import (
    CampaignJudgeRow,
    CampaignRow,
    IdeaCoSubmitterRow,
    IdeaReviewRow,
    IdeaSignOffRow,
    UserRow,
)
from ideas.review.service import Reviews
from ideas.review.values import ReviewForm, Task
from ideas.scoring.criteria import shipped_criteria, written_list
from tests.ideas.office import Office

KEYS = shipped_criteria().scored
COMMENT = "The data are at hand and the team wants it."
TOMORROW = now() + timedelta(days=1)


def form(score: int = 4, comment: str = COMMENT, **scores: int) -> ReviewForm:
    return ReviewForm(dict.fromkeys(KEYS, score) | scores, comment, Recommendation.APPROVE)


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def reviews(office: Office) -> Reviews:
    return Reviews(office.database)


@pytest.fixture
def idea(office: Office) -> str:
    return office.idea(office.anna, IdeaStatus.EVALUATION)


def ask(reviews: Reviews, office: Office, idea_id: str, *people: User) -> None:
    for person in people:
        reviews.assign(office.ada, idea_id, person.id, TOMORROW)


def campaign(office: Office, *judges: User, criteria: bool = False) -> str:
    today = now().date()
    row = CampaignRow(
        title="Spring", opens_on=today, closes_on=today, judging_until=today,
        criteria=[{**entry, "weight": 10} for entry in written_list(shipped_criteria().criteria)]
        if criteria
        else [],
    )  # fmt: skip
    with office.database.begin() as session:
        session.add(row)
        session.flush()
        session.add_all(CampaignJudgeRow(campaign_id=row.id, user_id=j.id) for j in judges)
    return row.id


def test_a_reviewer_is_asked_told_and_finds_the_idea_with_its_date(
    office: Office, reviews: Reviews, idea: str
) -> None:
    ask(reviews, office, idea, office.rita)

    (waiting,) = [w for w in reviews.queue(office.rita) if w.task is Task.REVIEW]

    assert (waiting.idea_id, waiting.due_at) == (idea, TOMORROW)
    assert not waiting.is_overdue(now())
    assert waiting.is_overdue(TOMORROW + timedelta(seconds=1))
    assert office.told(office.rita) == [Happening.REVIEW_DUE.value]


def test_asking_again_moves_the_date_and_tells_nobody_twice(
    office: Office, reviews: Reviews, idea: str
) -> None:
    ask(reviews, office, idea, office.rita)
    reviews.assign(office.ada, idea, office.rita.id, TOMORROW + timedelta(days=7))

    (waiting,) = [w for w in reviews.queue(office.rita) if w.task is Task.REVIEW]

    assert waiting.due_at == TOMORROW + timedelta(days=7)
    assert len(office.told(office.rita)) == 1


def test_two_reviews_place_the_idea_in_the_same_transaction(
    office: Office, reviews: Reviews, idea: str
) -> None:
    ask(reviews, office, idea, office.rita, office.rob)
    reviews.submit(office.rita, idea, form(5))
    first = office.row(idea)
    reviews.submit(office.rob, idea, form(4, impact=3))
    row = office.row(idea)

    assert (first.review_count, first.value_score, first.value_spread) == (1, 100.0, None)
    assert row.review_count == 2
    assert row.value_score == pytest.approx((100 + (0.4 * 3 + 0.6 * 4 - 1) * 25) / 2)
    assert row.feasibility_score == pytest.approx((100 + 75) / 2)
    assert row.quadrant == Quadrant.QUICK_WIN
    assert row.impact_score == 4
    assert row.disagreement == pytest.approx(2**0.5)
    assert row.value_spread is not None
    assert row.value_spread > 0


def test_others_are_hidden_until_ones_own_review_is_in(
    office: Office, reviews: Reviews, idea: str
) -> None:
    ask(reviews, office, idea, office.rita, office.rob)
    reviews.submit(office.rita, idea, form(5))

    before = reviews.of_idea(office.rob, idea)
    reviews.submit(office.rob, idea, form(2))
    after = reviews.of_idea(office.rob, idea)

    assert (before.is_blind, before.others, before.distributions) == (True, (), ())
    assert (before.submitted, before.expected) == (1, 2)
    assert not after.is_blind
    assert [review.reviewer_name for review in after.others] == ["Rita"]
    assert after.is_disputed
    assert {each.counts for each in after.distributions} == {(0, 1, 0, 0, 1)}


def test_those_who_submitted_and_other_employees_see_counts_only(
    office: Office, reviews: Reviews, idea: str
) -> None:
    ask(reviews, office, idea, office.rita)
    reviews.submit(office.rita, idea, form())

    for person in (office.anna, office.ben):
        view = reviews.of_idea(person, idea)
        assert (view.others, view.distributions, view.conflicts) == ((), (), ())
        assert (view.submitted, view.expected) == (1, 1)


def test_who_may_still_take_the_idea_on_sees_single_reviews_at_the_end_of_the_round(
    office: Office, reviews: Reviews, idea: str
) -> None:
    ask(reviews, office, idea, office.rita, office.rob)
    reviews.submit(office.rita, idea, form(5))
    before = reviews.of_idea(office.ruth, idea)
    reviews.submit(office.rob, idea, form(4))

    after = reviews.of_idea(office.ruth, idea)

    assert (before.others, before.distributions, before.submitted) == ((), (), 1)
    assert [review.reviewer_name for review in after.others] == ["Rita", "Rob"]


def test_the_terminal_sees_all_reviews(office: Office, reviews: Reviews, idea: str) -> None:
    ask(reviews, office, idea, office.rita)
    reviews.submit(office.rita, idea, form())

    assert len(reviews.of_idea(SYSTEM, idea).others) == 1


def test_nobody_reviews_an_idea_that_they_submitted(office: Office, reviews: Reviews) -> None:
    idea = office.idea(office.rita, IdeaStatus.EVALUATION)
    with office.database.begin() as session:
        session.add(IdeaCoSubmitterRow(idea_id=idea, user_id=office.rob.id))

    for submitter in (office.rita, office.rob):
        with pytest.raises(InvalidInput):
            reviews.assign(office.ada, idea, submitter.id)
        with pytest.raises(AccessDenied):
            reviews.assign(submitter, idea, office.ruth.id)
        assert reviews.queue(submitter) == []
    assert {c.id for c in reviews.candidates(office.ada, idea)} == {office.ruth.id, office.ada.id}


def test_a_review_of_someone_who_joined_the_idea_later_does_not_count(
    office: Office, reviews: Reviews, idea: str
) -> None:
    ask(reviews, office, idea, office.rita, office.rob)
    reviews.submit(office.rita, idea, form(1))
    with office.database.begin() as session:
        session.add(IdeaCoSubmitterRow(idea_id=idea, user_id=office.rita.id))

    reviews.submit(office.rob, idea, form(5))

    assert (office.row(idea).review_count, office.row(idea).value_score) == (1, 100.0)


@pytest.mark.parametrize("who", ["anna", "ben"])
def test_employees_cannot_be_asked_and_cannot_ask(
    office: Office, reviews: Reviews, idea: str, who: str
) -> None:
    person = getattr(office, who)

    with pytest.raises(InvalidInput):
        reviews.assign(office.ada, idea, person.id)
    with pytest.raises(AccessDenied):
        reviews.assign(person, idea, office.rita.id)


def test_a_deactivated_reviewer_cannot_be_asked(
    office: Office, reviews: Reviews, idea: str
) -> None:
    with office.database.begin() as session:
        session.get_one(UserRow, office.rita.id).is_active = False

    with pytest.raises(InvalidInput):
        reviews.assign(office.ada, idea, office.rita.id)


def test_reviewers_take_an_idea_on_themselves(office: Office, reviews: Reviews, idea: str) -> None:
    reviews.assign(office.rita, idea, office.rita.id)

    assert [w.task for w in reviews.queue(office.rita)] == [Task.REVIEW]
    assert office.told(office.rita) == []


def test_who_was_not_asked_cannot_hand_in(office: Office, reviews: Reviews, idea: str) -> None:
    with pytest.raises(NotFound):
        reviews.submit(office.rita, idea, form())


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (form(impact=6), "impact"),
        (form(impact=0), "impact"),
        (replace(form(), scores={}), "reach"),
        (form(comment="Too short"), "comment"),
        (form(comment="x" * 4_001), "comment"),
        (replace(form(), recommendation=None), "recommendation"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_handed_in(
    office: Office, reviews: Reviews, idea: str, typed: ReviewForm, field: str
) -> None:
    ask(reviews, office, idea, office.rita)

    assert field in reviews.problems(office.rita, idea, typed)
    with pytest.raises(InvalidInput):
        reviews.submit(office.rita, idea, typed)
    assert office.row(idea).review_count == 0


def test_what_is_typed_is_kept_until_it_is_handed_in(
    office: Office, reviews: Reviews, idea: str
) -> None:
    ask(reviews, office, idea, office.rita)

    reviews.save(office.rita, idea, ReviewForm({"impact": 5, "reach": 9}, "Half a sen"))
    own = reviews.of_idea(office.rita, idea).own

    assert own is not None
    assert (own.scores, own.comment, own.submitted_at) == ({"impact": 5}, "Half a sen", None)
    assert office.row(idea).review_count == 0


def test_a_review_is_handed_in_once(office: Office, reviews: Reviews, idea: str) -> None:
    ask(reviews, office, idea, office.rita)
    reviews.submit(office.rita, idea, form())

    for again in (reviews.submit, reviews.save):
        with pytest.raises(Conflict):
            again(office.rita, idea, form(1))
    with pytest.raises(Conflict):
        reviews.assign(office.ada, idea, office.rita.id)
    with pytest.raises(Conflict):
        reviews.withdraw(office.ada, idea, office.rita.id)


def test_a_conflict_of_interest_closes_the_review_and_counts_for_nothing(
    office: Office, reviews: Reviews, idea: str
) -> None:
    ask(reviews, office, idea, office.rita, office.rob)
    reviews.declare_conflict(office.rita, idea, "My sister sells this product.")
    reviews.submit(office.rob, idea, form())

    view = reviews.of_idea(office.ruth, idea)

    assert (view.submitted, view.expected, view.conflicts) == (1, 1, ("Rita",))
    assert office.row(idea).review_count == 1
    assert [w.task for w in reviews.queue(office.rita)] == []


def test_a_conflict_of_interest_needs_a_reason(office: Office, reviews: Reviews, idea: str) -> None:
    ask(reviews, office, idea, office.rita)

    with pytest.raises(InvalidInput):
        reviews.declare_conflict(office.rita, idea, "  ")


def test_a_request_is_withdrawn_while_it_is_open(
    office: Office, reviews: Reviews, idea: str
) -> None:
    ask(reviews, office, idea, office.rita)
    reviews.withdraw(office.ada, idea, office.rita.id)

    with pytest.raises(NotFound):
        reviews.withdraw(office.ada, idea, office.rita.id)
    assert reviews.of_idea(office.ada, idea).expected == 0


@pytest.mark.parametrize("status", [s for s in IdeaStatus if s is not IdeaStatus.EVALUATION])
def test_only_ideas_in_evaluation_are_reviewed(
    office: Office, reviews: Reviews, idea: str, status: IdeaStatus
) -> None:
    ask(reviews, office, idea, office.rita)
    office.change(idea, status=status.value)

    with pytest.raises(Conflict):
        reviews.submit(office.rita, idea, form())
    with pytest.raises(Conflict):
        reviews.assign(office.ada, idea, office.rob.id)


def test_the_panel_of_a_campaign_reviews_its_ideas_and_nobody_else(
    office: Office, reviews: Reviews, idea: str
) -> None:
    office.change(idea, campaign_id=campaign(office, office.ben, office.anna))

    reviews.assign(office.ada, idea, office.ben.id)
    reviews.submit(office.ben, idea, form())

    with pytest.raises(InvalidInput):
        reviews.assign(office.ada, idea, office.rita.id)
    with pytest.raises(InvalidInput):  # on the panel, but the idea is hers
        reviews.assign(office.ada, idea, office.anna.id)
    assert office.row(idea).review_count == 1
    assert [c.name for c in reviews.candidates(office.ada, idea)] == []


def test_a_campaign_weighs_as_it_likes(office: Office, reviews: Reviews, idea: str) -> None:
    office.change(idea, campaign_id=campaign(office, criteria=True))
    ask(reviews, office, idea, office.rita)

    reviews.submit(office.rita, idea, form(3, impact=5))

    assert office.row(idea).value_score == pytest.approx((3 * 3 + 5) / 4 * 25 - 25)


def test_the_queue_has_what_waits_for_whom(office: Office, reviews: Reviews) -> None:
    fresh = office.idea(office.anna, IdeaStatus.SUBMITTED)
    open_one = office.idea(office.anna, IdeaStatus.EVALUATION)
    ready = office.idea(office.anna, IdeaStatus.EVALUATION)
    office.review(office.rita, ready)
    office.review(office.rob, ready)
    risky = office.idea(office.anna, IdeaStatus.APPROVED)
    office.idea(office.anna, IdeaStatus.MEASURED)
    triage = office.triage(risky, RiskClass.HIGH)

    def seen(person: User) -> set[tuple[str, Task]]:
        return {(w.idea_id, w.task) for w in reviews.queue(person)}

    ruth, ada = seen(office.ruth), seen(office.ada)
    with office.database.begin() as session:
        session.add(IdeaSignOffRow(idea_id=risky, triage_id=triage, text="Looked at it."))

    assert ruth == {(fresh, Task.TRIAGE), (open_one, Task.REVIEWER), (ready, Task.DECISION)}
    assert ada == ruth | {(risky, Task.SIGN_OFF)}
    assert seen(office.ada) == ruth
    assert seen(office.anna) == seen(office.ben) == set()


def test_the_queue_puts_the_earliest_date_first(office: Office, reviews: Reviews) -> None:
    late, soon, undated = (office.idea(office.anna, IdeaStatus.EVALUATION) for _ in range(3))
    reviews.assign(office.ada, undated, office.rita.id)
    reviews.assign(office.ada, late, office.rita.id, TOMORROW + timedelta(days=5))
    reviews.assign(office.ada, soon, office.rita.id, TOMORROW)

    queue = [w.idea_id for w in reviews.queue(office.rita) if w.task is Task.REVIEW]

    assert queue == [soon, late, undated]


def test_a_second_round_begins_without_the_reviews_of_the_first(
    office: Office, reviews: Reviews, idea: str
) -> None:
    ask(reviews, office, idea, office.rita)
    reviews.submit(office.rita, idea, form(1))
    office.change(idea, review_round=2)
    ask(reviews, office, idea, office.rita)

    reviews.submit(office.rita, idea, form(5))

    assert (office.row(idea).review_count, office.row(idea).value_score) == (1, 100.0)
    with office.database.read() as session:
        assert len(session.exec(select(IdeaReviewRow)).all()) == 2


def test_reviews_work_on_both_databases(database: Database) -> None:
    office = Office(database)
    reviews = Reviews(database)
    idea = office.idea(office.anna, IdeaStatus.EVALUATION)
    ask(reviews, office, idea, office.rita, office.rob)
    office.triage(idea)

    assert reviews.queue(office.rita)[0].due_at == TOMORROW
    reviews.submit(office.rita, idea, form(2))
    reviews.submit(office.rob, idea, form(2))

    assert office.row(idea).quadrant == Quadrant.TRAP
    assert [w.task for w in reviews.queue(office.ada)] == [Task.DECISION]
    assert not reviews.of_idea(office.ada, idea).is_disputed
