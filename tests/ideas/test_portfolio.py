"""Views of all ideas: matrix, board, ranking, roadmap, two side by side."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from core.domain.clock import now
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.review import Quadrant
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus
from core.errors import AccessDenied, NotFound
from core.storage.database import Database
from core.storage.tables import (
    CampaignRow,
    IdeaCommentRow,
    IdeaMoveRow,
    IdeaReviewRow,
    IdeaRow,
    IdeaVoteRow,
)
from ideas.portfolio.ranking import RankedBy
from ideas.portfolio.roadmap import Milestone
from ideas.portfolio.service import Portfolio
from ideas.scoring.criteria import shipped_criteria
from ideas.scoring.rescoring import rescore
from tests.ideas.office import Office

KEYS = shipped_criteria().scored
ALL = IdeaFilter()
DAY = timedelta(days=1)


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


@pytest.fixture
def portfolio(office: Office) -> Portfolio:
    return Portfolio(office.database)


def scored(office: Office, *scores: int, status: IdeaStatus = IdeaStatus.EVALUATION) -> str:
    """An idea with one review for each of these scores."""
    idea = office.idea(office.anna, status)
    for reviewer, score in zip((office.rita, office.rob, office.ruth), scores, strict=False):
        office.review(reviewer, idea, dict.fromkeys(KEYS, score))
    with office.database.begin() as session:
        rescore(session, session.get_one(IdeaRow, idea))
    return idea


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    sa.event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(database.engine, "before_cursor_execute", note)


def test_a_reviewed_idea_is_a_point_with_its_place_and_whiskers(
    office: Office, portfolio: Portfolio
) -> None:
    idea = scored(office, 5, 4)
    office.change(idea, money_per_month_micros=2_000_000_000, risk_class="high")
    office.idea()

    matrix = portfolio.matrix(office.carl, ALL)

    (point,) = matrix.points
    assert (point.scored.value, point.scored.feasibility) == (87.5, 87.5)
    assert point.scored.value_spread == pytest.approx(12.5 * 2**0.5)
    assert (point.scored.quadrant, point.scored.is_provisional) == (Quadrant.QUICK_WIN, False)
    assert (point.entry.yearly_benefit, point.area) == (Decimal(24_000), 1.0)
    assert point.entry.risk is RiskClass.HIGH
    assert (matrix.value_cut, matrix.feasibility_cut, matrix.unscored) == (50, 50, 1)


def test_one_review_makes_a_provisional_point_that_counts_nowhere(
    office: Office, portfolio: Portfolio
) -> None:
    scored(office, 4)
    scored(office, 1, 1)

    matrix = portfolio.matrix(office.carl, ALL)

    assert {p.scored.is_provisional for p in matrix.points} == {True, False}
    assert matrix.counts() == {
        Quadrant.QUICK_WIN: 0,
        Quadrant.BIG_BET: 0,
        Quadrant.INCREMENTAL: 0,
        Quadrant.TRAP: 1,
    }


def test_who_owes_a_review_sees_no_score_in_any_view(office: Office, portfolio: Portfolio) -> None:
    idea = scored(office, 5)
    office.change(idea, reach_per_month=10, effort_months=1.0)
    with office.database.begin() as session:
        session.add(IdeaReviewRow(idea_id=idea, reviewer_id=office.rob.id))

    matrix = portfolio.matrix(office.rob, ALL)
    (place,) = portfolio.ranking(office.rob, ALL)
    (by_rice,) = portfolio.ranking(office.rob, ALL, RankedBy.RICE)
    side, _ = portfolio.compare(office.rob, idea, idea)

    assert (matrix.points, matrix.hidden_until_reviewed, matrix.unscored) == ((), 1, 0)
    assert (place.place, place.figure, by_rice.figure) == (None, None, None)
    assert (side.entry.scored, side.means) == (None, {})
    assert len(portfolio.matrix(office.ruth, ALL).points) == 1


def test_duplicates_and_withdrawn_ideas_are_on_the_matrix_only_if_asked_for(
    office: Office, portfolio: Portfolio
) -> None:
    scored(office, 4, 4, status=IdeaStatus.WITHDRAWN)

    assert portfolio.matrix(office.carl, ALL).points == ()
    chosen = IdeaFilter(statuses=frozenset({IdeaStatus.WITHDRAWN}))
    assert len(portfolio.matrix(office.carl, chosen).points) == 1


def test_one_filter_holds_for_all_views(office: Office, portfolio: Portfolio) -> None:
    sales = scored(office, 4, 4, status=IdeaStatus.APPROVED)
    scored(office, 4, 4, status=IdeaStatus.APPROVED)
    office.change(sales, business_unit="Sales", pilot_ends_on=date(2027, 5, 1))
    wanted = IdeaFilter(business_unit="Sales")

    ids = {
        "matrix": [p.entry.id for p in portfolio.matrix(office.carl, wanted).points],
        "board": [e.id for c in portfolio.board(office.carl, wanted) for e in c.cards],
        "ranking": [p.entry.id for p in portfolio.ranking(office.carl, wanted)],
        "roadmap": [i.entry.id for q in portfolio.roadmap(office.carl, wanted) for i in q.items],
        "list": [e.id for e in portfolio.entries(office.carl, wanted)],
    }

    assert ids == {name: [sales] for name in ids}


def test_the_board_counts_ages_and_puts_the_oldest_first(
    office: Office, portfolio: Portfolio
) -> None:
    ages = {office.idea(status=IdeaStatus.TRIAGE): days for days in (1, 30, 4)}
    for idea, days in ages.items():
        office.change(idea, stage_entered_at=now() - days * DAY)

    board = portfolio.board(office.carl, ALL)
    (triage,) = portfolio.board(office.carl, IdeaFilter(statuses=frozenset({IdeaStatus.TRIAGE})))

    assert [c.status for c in board] == [s for s in IdeaStatus if s is not IdeaStatus.DRAFT]
    assert {c.count for c in board if c.status is not IdeaStatus.TRIAGE} == {0}
    assert (triage.count, triage.median_days, triage.oldest_days) == (3, 4, 30)
    assert [ages[card.id] for card in triage.cards] == [30, 4, 1]


def test_the_ranking_gives_equal_figures_equal_places(office: Office, portfolio: Portfolio) -> None:
    best, tied, other, none = (
        scored(office, 5),
        scored(office, 3),
        scored(office, 3),
        scored(office),
    )

    places = {p.entry.id: p.place for p in portfolio.ranking(office.carl, ALL)}

    assert places == {best: 1, tied: 2, other: 2, none: None}


def test_closed_ideas_are_ranked_only_if_asked_for(office: Office, portfolio: Portfolio) -> None:
    scored(office, 5, status=IdeaStatus.DECLINED)
    declined = IdeaFilter(statuses=frozenset({IdeaStatus.DECLINED}))

    assert portfolio.ranking(office.carl, ALL) == []
    assert len(portfolio.ranking(office.carl, declined)) == 1


def test_rice_uses_the_mean_impact_of_the_reviews(office: Office, portfolio: Portfolio) -> None:
    idea = scored(office, 5, 4)
    office.change(idea, reach_per_month=200, confidence=80, effort_months=2.0)

    (place,) = portfolio.ranking(office.carl, ALL, RankedBy.RICE)

    assert place.figure == pytest.approx(200 * 2.5 * 0.8 / 2)


def test_votes_and_comments_of_the_last_month_make_an_idea_trend(
    office: Office, portfolio: Portfolio
) -> None:
    old, new = office.idea(), office.idea()
    for idea in (old, new):
        office.change(idea, submitted_at=now() - 60 * DAY)
    with office.database.begin() as session:
        for person in (office.ben, office.carl, office.rita):
            session.add(IdeaVoteRow(idea_id=old, user_id=person.id, at=now() - 40 * DAY))
        session.add(IdeaVoteRow(idea_id=new, user_id=office.ben.id))
        session.add(IdeaCommentRow(idea_id=new, visibility="public", text="Yes"))
        session.add(IdeaCommentRow(idea_id=old, visibility="reviewers", text="Note"))
        session.add(IdeaCommentRow(idea_id=old, visibility="public", text="", deleted_at=now()))

    by_votes = portfolio.ranking(office.carl, ALL, RankedBy.VOTES)
    by_trend = portfolio.ranking(office.carl, ALL, RankedBy.TRENDING)

    assert [p.entry.id for p in by_votes] == [old, new]
    assert [p.entry.id for p in by_trend] == [new, old]
    assert [p.entry.comments for p in by_trend] == [1, 0]
    assert by_trend[0].figure == pytest.approx((5 + 3 - 1) / (60 * 24 + 2) ** 1.4, rel=1e-3)


def test_votes_are_hidden_while_a_campaign_is_judged(office: Office, portfolio: Portfolio) -> None:
    today = now().date()
    campaign = CampaignRow(
        title="Spring", opens_on=today - 9 * DAY, closes_on=today - DAY, judging_until=today,
        hides_votes=True,
    )  # fmt: skip
    with office.database.begin() as session:
        session.add(campaign)
    idea = office.idea()
    office.change(idea, campaign_id=campaign.id)
    with office.database.begin() as session:
        session.add(IdeaVoteRow(idea_id=idea, user_id=office.ben.id))

    (judged,) = portfolio.entries(office.carl, ALL)
    with office.database.begin() as session:
        session.get_one(CampaignRow, campaign.id).results_out_at = now()
    (told,) = portfolio.entries(office.carl, ALL)

    assert (judged.votes, judged.trend, judged.campaign) == (None, None, "Spring")
    assert told.votes == 1


def test_the_roadmap_has_quarters_in_order_and_the_undated_last(
    office: Office, portfolio: Portfolio
) -> None:
    pilot, undated = (
        office.idea(status=IdeaStatus.EXPERIMENT),
        office.idea(status=IdeaStatus.APPROVED),
    )
    live = office.idea(status=IdeaStatus.MEASURED)
    office.idea(status=IdeaStatus.EVALUATION)
    office.change(pilot, pilot_ends_on=date(2027, 3, 31))
    with office.database.begin() as session:
        for day in (datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)):
            session.add(
                IdeaMoveRow(idea_id=live, from_status="experiment", to_status="production", at=day)
            )

    quarters = portfolio.roadmap(office.carl, ALL)

    assert [(q.label, [i.entry.id for i in q.items]) for q in quarters] == [
        ("2026-Q4", [live]),
        ("2027-Q1", [pilot]),
        ("", [undated]),
    ]
    assert quarters[0].items[0].milestone is Milestone.IN_PRODUCTION


def test_two_ideas_stand_side_by_side_with_their_mean_scores(
    office: Office, portfolio: Portfolio
) -> None:
    one, other = scored(office, 5, 4), scored(office, 2)

    left, right = portfolio.compare(office.carl, one, other)

    assert (left.entry.id, right.entry.id) == (one, other)
    assert left.means == dict.fromkeys(KEYS, 4.5)
    assert right.means == {}  # a single review is not shown
    with pytest.raises(NotFound):
        portfolio.compare(office.carl, one, "gone")


def test_views_take_the_same_statements_for_few_and_many_ideas(
    office: Office, portfolio: Portfolio
) -> None:
    scored(office, 4, 4)
    with statements(office.database) as few:
        portfolio.matrix(office.rita, ALL)
        portfolio.roadmap(office.rita, ALL)
    for _ in range(8):
        scored(office, 3, 4)
    with statements(office.database) as many:
        portfolio.matrix(office.rita, ALL)
        portfolio.roadmap(office.rita, ALL)

    assert len(few) == len(many) <= 20


def test_deactivated_people_see_no_view(office: Office, portfolio: Portfolio) -> None:
    gone = replace(office.carl, is_active=False)

    for view in (portfolio.entries, portfolio.matrix, portfolio.board, portfolio.roadmap):
        with pytest.raises(AccessDenied):
            view(gone, ALL)
