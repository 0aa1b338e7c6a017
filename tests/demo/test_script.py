"""The demo year tells what the product would allow."""

from datetime import UTC, datetime
from itertools import pairwise
from random import Random

import pytest

from core.domain.ideas.card import IdeaCategory, IdeaDraft
from core.domain.ideas.titles import title_key
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus
from core.storage.tables import IdeaReviewRow, IdeaRow, IdeaSignOffRow, IdeaTriageRow
from demo.assessments import SIGNED, assessment_rows
from demo.calendar import WEEKS, Calendar
from demo.chats import Chats
from demo.ideas import Ideas
from demo.script import IdeaScript, campaigns, employees, ideas, questions, units
from demo.ways import steps_of, way_of
from ideas.cards.fields import draft_problems
from ideas.scoring.criteria import shipped_criteria
from ideas.workflow.rules import RULES

CALENDAR = Calendar(datetime(2026, 6, 3, 15, 30, tzinfo=UTC))
PEOPLE = {employee.key for employee in employees()}
EVERY = pytest.mark.parametrize("script", ideas(), ids=lambda script: title_key(script.title))


def card(script: IdeaScript) -> IdeaRow:
    """The card without the life around it, with what the committee made of it."""
    year = Ideas(Chats({}, CALENDAR, Random(1)), CALENDAR, Random(1), 1)
    steps = steps_of(script, CALENDAR, Random(1))
    row = year._card(script, 1, steps)  # noqa: SLF001  the row alone, without a database
    list(assessment_rows(script, row, steps))
    return row


def test_ideas_stand_in_every_state_but_draft() -> None:
    assert {script.state for script in ideas()} == set(IdeaStatus) - {IdeaStatus.DRAFT}


@EVERY
def test_every_move_is_one_that_the_workflow_knows(script: IdeaScript) -> None:
    way = (IdeaStatus.SUBMITTED, *way_of(script))

    assert way[-1] is script.state
    assert [move for move in pairwise(way) if move not in RULES] == []


@EVERY
def test_moves_lie_between_the_submission_and_today(script: IdeaScript) -> None:
    times = [step.at for step in steps_of(script, CALENDAR, Random(1))]

    assert times == sorted(times)
    assert all(card(script).submitted_at < at < CALENDAR.until for at in times)
    assert script.weeks_ago <= WEEKS


@EVERY
def test_a_card_could_have_been_submitted(script: IdeaScript) -> None:
    draft = IdeaDraft(script.title, script.problem, script.proposal, IdeaCategory(script.category))

    assert draft_problems(draft) == {}
    assert script.unit in units()
    named = {script.by, *script.together, *(remark.by for remark in script.comments)}
    assert named <= PEOPLE
    assert not script.question or script.question in questions().common


@EVERY
def test_a_decision_has_two_reviews_and_a_class_that_allows_it(script: IdeaScript) -> None:
    steps = steps_of(script, CALENDAR, Random(1))
    row = card(script)
    records = list(assessment_rows(script, row, steps))
    reviews = [r for r in records if isinstance(r, IdeaReviewRow) and r.submitted_at]
    triages = [r for r in records if isinstance(r, IdeaTriageRow)]
    signed = [r for r in records if isinstance(r, IdeaSignOffRow)]

    if script.state in SIGNED:
        assert len(reviews) >= 2
        assert row.risk_class not in (None, RiskClass.PROHIBITED)
        assert [t for t in triages if t.needs_sign_off and not signed] == []
    assert not signed or (row.who_decides and row.how_overruled and row.when_it_fails)
    if row.risk_class == RiskClass.PROHIBITED:
        assert script.state is IdeaStatus.DECLINED
    assert {r.reviewer_id for r in reviews}.isdisjoint({row.submitter_id})
    assert all(set(r.scores) == set(shipped_criteria().scored) for r in reviews)


def test_what_was_declined_says_what_was_learned_and_duplicates_name_an_earlier_idea() -> None:
    by_title = {script.title: script for script in ideas()}

    for script in ideas():
        assert (script.state is IdeaStatus.DECLINED) == bool(script.lesson_learned)
        assert (script.state is IdeaStatus.DUPLICATE) == bool(script.duplicate_of)
        if script.duplicate_of:
            assert by_title[script.duplicate_of].weeks_ago > script.weeks_ago


def test_titles_are_different_and_every_quadrant_has_an_idea() -> None:
    assert len({title_key(script.title) for script in ideas()}) == len(ideas())
    assert len({card(script).quadrant for script in ideas()} - {None}) == 4


def test_campaigns_have_people_and_their_ideas_a_team_of_theirs() -> None:
    teams = {campaign.key: {team.name for team in campaign.teams} for campaign in campaigns()}

    for campaign in campaigns():
        named = {*campaign.panel, *(member for team in campaign.teams for member in team.members)}
        assert named <= PEOPLE
        assert campaign.opened > campaign.closed > campaign.judged
    assert all(s.team in teams[s.campaign] for s in ideas() if s.campaign)
