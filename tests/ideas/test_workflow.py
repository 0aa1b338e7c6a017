"""Moves of ideas on both engines: who makes them, what they take, and what they leave behind."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from core.domain.clock import now
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus, MoveRequest, Need
from core.domain.identity import SYSTEM, User
from core.errors import AccessDenied, Conflict, InvalidInput, MoveRefused, NotFound
from core.storage.database import Database
from core.storage.tables import (
    AuditEventRow,
    IdeaCommentRow,
    IdeaCoSubmitterRow,
    IdeaEditRow,
    IdeaFollowRow,
    IdeaMoveRow,
    IdeaVoteRow,
)
from ideas.workflow.rules import RULES
from tests.ideas.office import LESSON, REASON, Office

S = IdeaStatus


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def both(database: Database) -> Office:
    """Once with each engine as database."""
    return Office(database)


def refused(
    office: Office, user: User, idea_id: str, to: IdeaStatus, **more: str
) -> tuple[str, ...]:
    """What the move lacks; fails if it is made, and if anything was changed."""
    before = office.row(idea_id)
    with pytest.raises(MoveRefused) as error:
        office.move(user, idea_id, to, **more)
    assert office.row(idea_id) == before
    return error.value.missing


def test_an_idea_goes_all_the_way_to_its_measured_value(both: Office) -> None:
    office = both
    idea = office.idea(office.anna)

    office.move(office.rita, idea, S.TRIAGE)
    office.triage(idea)
    office.move(office.rita, idea, S.EVALUATION)
    office.review(office.rita, idea)
    office.review(office.rob, idea)
    office.move(office.rob, idea, S.APPROVED)
    office.give(office.ben, idea)
    office.move(office.ben, idea, S.EXPERIMENT)
    office.experiment(idea)
    office.move(office.rita, idea, S.PRODUCTION)
    office.impact(idea)
    office.move(office.ben, idea, S.MEASURED)
    office.move(office.ada, idea, S.RETIRED)

    way = office.workflow.history(office.carl, idea)
    assert [step.to_status for step in way] == [
        S.SUBMITTED,
        S.TRIAGE,
        S.EVALUATION,
        S.APPROVED,
        S.EXPERIMENT,
        S.PRODUCTION,
        S.MEASURED,
        S.RETIRED,
    ]
    assert [step.by_name for step in way][:3] == ["Anna", "Rita", "Rita"]
    assert all(step.reason == REASON for step in way[1:])
    assert [step.at for step in way] == sorted(step.at for step in way)


def test_a_move_leaves_a_step_a_line_in_the_audit_log_and_a_new_version(both: Office) -> None:
    office = both
    idea = office.idea()
    before = office.row(idea)

    office.move(office.rita, idea, S.TRIAGE)

    after = office.row(idea)
    assert (after.status, after.status_reason) == ("triage", REASON)
    assert after.row_version == before.row_version + 1
    assert after.stage_entered_at > before.stage_entered_at
    assert after.changed_by == office.rita.id
    with office.database.read() as session:
        [step] = session.exec(select(IdeaMoveRow).where(IdeaMoveRow.to_status == "triage")).all()
        moves = select(AuditEventRow).where(AuditEventRow.action == "idea.move")
        [event] = session.exec(moves).all()
    assert (step.actor_id, step.from_status, step.reason) == (office.rita.id, "submitted", REASON)
    assert (event.actor_id, event.object_id) == (office.rita.id, idea)
    assert event.details == {"from_status": "submitted", "to_status": "triage"}


@pytest.mark.parametrize("start", list(IdeaStatus))
def test_a_state_is_left_only_on_the_ways_that_lead_out_of_it(
    office: Office, start: IdeaStatus
) -> None:
    idea = office.idea(status=start)
    elsewhere = [to for to in IdeaStatus if (start, to) not in RULES]

    for to in elsewhere:
        for user in (office.anna, office.rita, office.ada, SYSTEM):
            assert refused(office, user, idea, to, lesson=LESSON) == ()


@pytest.mark.parametrize(("start", "to"), list(RULES))
def test_an_employee_who_is_nothing_to_an_idea_moves_it_nowhere(
    office: Office, start: IdeaStatus, to: IdeaStatus
) -> None:
    idea = office.idea(status=start)

    with pytest.raises(AccessDenied):
        office.move(office.carl, idea, to, lesson=LESSON, target_id=office.idea())


def test_reviewers_do_not_decide_on_their_own_ideas(office: Office) -> None:
    own = office.idea(office.rita)
    joined = office.idea(office.anna)
    with office.database.begin() as session:
        session.add(IdeaCoSubmitterRow(idea_id=joined, user_id=office.rita.id))

    for idea in (own, joined):
        with pytest.raises(AccessDenied, match="who did not submit"):
            office.move(office.rita, idea, S.TRIAGE)

    office.move(office.rob, own, S.TRIAGE)


def test_who_was_deactivated_moves_nothing(office: Office) -> None:
    with pytest.raises(AccessDenied):
        office.move(replace(office.rita, is_active=False), office.idea(), S.TRIAGE)


def test_two_people_at_once_are_told_apart_and_the_second_learns_who_was_first(
    both: Office,
) -> None:
    office = both
    idea = office.idea()
    seen = office.row(idea).row_version
    office.workflow.move(office.rita, idea, MoveRequest(S.TRIAGE, seen, REASON))

    with pytest.raises(Conflict, match="Rita changed this idea"):
        office.workflow.move(office.rob, idea, MoveRequest(S.DECLINED, seen, REASON, LESSON))

    assert office.row(idea).status == "triage"


def test_a_move_without_a_reason_is_refused_and_words_are_not_endless(office: Office) -> None:
    idea = office.idea()

    assert refused(office, office.rita, idea, S.TRIAGE, reason="  \u200b ok ") == ("reason",)
    with pytest.raises(InvalidInput, match="below 2,000"):
        office.move(office.rita, idea, S.TRIAGE, reason="x" * 2001)


def test_an_idea_that_does_not_exist_moves_nowhere(office: Office) -> None:
    with pytest.raises(NotFound):
        office.workflow.move(office.rita, "none", MoveRequest(S.TRIAGE, 1, REASON))


def test_evaluation_begins_after_a_triage_of_what_the_idea_says_now(office: Office) -> None:
    idea = office.idea(status=S.TRIAGE)
    assert refused(office, office.rita, idea, S.EVALUATION) == ("risk",)

    office.triage(idea)
    edit(office, idea, "tags")
    edit(office, idea, "proposal")
    assert refused(office, office.rita, idea, S.EVALUATION) == ("risk",)

    office.triage(idea)
    edit(office, idea, "tags")
    office.move(office.rita, idea, S.EVALUATION)


def edit(office: Office, idea_id: str, field: str) -> None:
    changes = {field: {"from": "a", "to": "b"}}
    with office.database.begin() as session:
        session.add(
            IdeaEditRow(idea_id=idea_id, editor_id=office.anna.id, row_version=1, changes=changes)
        )


def test_a_decision_takes_two_reviews_that_count(office: Office) -> None:
    idea = office.idea(status=S.EVALUATION)
    office.triage(idea)
    with office.database.begin() as session:
        session.add(IdeaCoSubmitterRow(idea_id=idea, user_id=office.ben.id))
    office.review(office.rita, idea)
    office.review(office.ruth, idea, has_conflict=True)
    office.review(office.ben, idea)

    for to in (S.APPROVED, S.PARKED, S.DECLINED):
        assert refused(office, office.rita, idea, to, lesson=LESSON) == ("reviews",)

    office.review(office.rob, idea)
    office.move(office.rita, idea, S.APPROVED)


def test_reviews_of_an_earlier_round_do_not_count(office: Office) -> None:
    idea = office.idea(status=S.EVALUATION)
    office.triage(idea)
    office.review(office.rita, idea)
    office.review(office.rob, idea)
    office.change(idea, value_score=70.0, review_count=2, quadrant="quick_win")
    office.move(office.rita, idea, S.NEEDS_INFO)
    edit(office, idea, "tags")
    office.move(office.anna, idea, S.TRIAGE)

    office.move(office.rita, idea, S.EVALUATION)

    row = office.row(idea)
    assert (row.review_round, row.review_count, row.value_score, row.quadrant) == (2, 0, None, None)
    assert refused(office, office.rita, idea, S.APPROVED) == ("reviews",)


def test_reviewers_who_disagree_need_a_rationale(office: Office) -> None:
    idea = office.idea(status=S.EVALUATION)
    office.triage(idea)
    office.review(office.rita, idea, {"impact": 5, "data": 3})
    office.review(office.rob, idea, {"impact": 3, "data": 3})

    assert refused(office, office.rita, idea, S.APPROVED, reason="Good idea.") == ("rationale",)

    office.move(
        office.rita, idea, S.APPROVED, reason="Rob counted the e-mails of one site only, Rita all."
    )


def test_reviewers_who_nearly_agree_need_none(office: Office) -> None:
    idea = office.idea(status=S.EVALUATION)
    office.triage(idea)
    office.review(office.rita, idea, {"impact": 4})
    office.review(office.rob, idea, {"impact": 3})  # a standard deviation of 0.71

    office.move(office.rita, idea, S.APPROVED, reason="Good idea.")


@pytest.mark.parametrize("risk", [RiskClass.HIGH, RiskClass.NEEDS_COUNSEL])
def test_a_grave_risk_needs_oversight_and_a_signed_triage(office: Office, risk: RiskClass) -> None:
    idea = office.idea(status=S.EVALUATION)
    triage = office.triage(idea, risk)
    office.review(office.rita, idea)
    office.review(office.rob, idea)
    assert refused(office, office.rita, idea, S.APPROVED) == ("oversight", "sign_off")
    office.sign(idea, triage)
    assert refused(office, office.rita, idea, S.APPROVED) == ("oversight",)
    office.change(idea, who_decides="Rita", how_overruled="By hand", when_it_fails="  ")
    assert refused(office, office.rita, idea, S.APPROVED) == ("oversight",)
    office.oversee(idea)
    newer = office.triage(idea, risk)
    assert refused(office, office.rita, idea, S.APPROVED) == ("sign_off",)

    office.sign(idea, newer)
    office.move(office.rita, idea, S.APPROVED)

    office.give(office.ben, idea)
    last = office.triage(idea, risk)
    assert refused(office, office.ben, idea, S.EXPERIMENT) == ("sign_off",)
    office.sign(idea, last)
    office.move(office.ben, idea, S.EXPERIMENT)


@pytest.mark.parametrize("start", [s for s in IdeaStatus if (s, S.DECLINED) in RULES])
def test_a_prohibited_idea_can_only_be_declined(office: Office, start: IdeaStatus) -> None:
    idea = office.idea(status=start)
    office.triage(idea, RiskClass.PROHIBITED)
    office.give(office.ben, idea)
    office.review(office.rita, idea)
    office.review(office.rob, idea)
    office.experiment(idea)
    edit(office, idea, "tags")
    for to in (to for at, to in RULES if at is start and to is not S.DECLINED):
        for user in (office.anna, office.rita, office.ben):
            with pytest.raises((MoveRefused, AccessDenied)):
                office.move(user, idea, to, lesson=LESSON, target_id=office.idea())

    office.move(office.rita, idea, S.DECLINED, lesson=LESSON)

    assert office.row(idea).lesson_learned == LESSON


def test_a_prohibited_idea_in_use_can_only_be_retired(office: Office) -> None:
    idea = office.idea(status=S.PRODUCTION)
    office.triage(idea, RiskClass.PROHIBITED)
    office.give(office.ben, idea)
    office.impact(idea)

    assert refused(office, office.ben, idea, S.MEASURED) == ("lawful",)

    office.move(office.ben, idea, S.RETIRED)


def test_a_declined_idea_says_what_was_learned(office: Office) -> None:
    idea = office.idea(status=S.TRIAGE)

    assert refused(office, office.rita, idea, S.DECLINED) == ("lesson",)
    assert refused(office, office.rita, idea, S.DECLINED, lesson="Nothing") == ("lesson",)


def test_a_question_is_answered_before_the_idea_comes_back(office: Office) -> None:
    idea = office.idea(status=S.NEEDS_INFO)
    office.change(idea, stage_entered_at=now() - timedelta(hours=1))
    note(office, idea, office.carl)
    assert refused(office, office.anna, idea, S.TRIAGE) == ("reply",)

    note(office, idea, office.anna)
    office.move(office.anna, idea, S.TRIAGE)


def note(office: Office, idea_id: str, author: User) -> None:
    with office.database.begin() as session:
        session.add(
            IdeaCommentRow(
                idea_id=idea_id, author_id=author.id, visibility="public", text="Ten a day."
            )
        )


def test_an_experiment_begins_with_owner_budget_metric_and_end(office: Office) -> None:
    idea = office.idea(status=S.APPROVED)
    office.triage(idea)
    office.change(idea, owner_id=office.ben.id)
    assert refused(office, office.ben, idea, S.EXPERIMENT) == ("ownership",)

    office.give(office.ben, idea)
    with pytest.raises(AccessDenied, match="the owner"):
        office.move(office.rita, idea, S.EXPERIMENT)
    office.move(office.ben, idea, S.EXPERIMENT)


def test_production_takes_a_closed_experiment_and_measured_an_actual_impact(
    office: Office,
) -> None:
    idea = office.idea(status=S.EXPERIMENT)
    office.triage(idea)
    office.give(office.ben, idea)
    office.experiment(idea, outcome=None)
    assert refused(office, office.rita, idea, S.PRODUCTION) == ("closed_experiment",)
    office.experiment(idea, outcome="failure")
    office.move(office.rita, idea, S.PRODUCTION)
    office.impact(idea, "planned")
    assert refused(office, office.ben, idea, S.MEASURED) == ("actual_impact",)
    office.impact(idea)

    office.move(office.ben, idea, S.MEASURED)


def test_a_page_learns_which_moves_are_a_persons_and_what_they_lack(office: Office) -> None:
    idea = office.idea(status=S.EVALUATION)

    options = {option.to: option for option in office.workflow.options(office.rita, idea)}

    assert options.keys() == {S.APPROVED, S.PARKED, S.DECLINED, S.NEEDS_INFO, S.DUPLICATE}
    assert options[S.APPROVED].missing == (Need.REVIEWS, Need.RISK)
    assert not options[S.APPROVED].is_open
    assert options[S.DUPLICATE].is_open
    assert options[S.DUPLICATE].wants == (Need.REASON, Need.TARGET)
    assert [o.to for o in office.workflow.options(office.anna, idea)] == [S.WITHDRAWN]
    assert office.workflow.options(office.carl, idea) == []


def test_those_around_an_idea_are_told_and_the_one_who_moved_it_is_not(office: Office) -> None:
    idea = office.idea(office.anna)
    office.give(office.ruth, idea)
    with office.database.begin() as session:
        session.add(IdeaFollowRow(idea_id=idea, user_id=office.ben.id))
        session.add(IdeaFollowRow(idea_id=idea, user_id=office.rita.id))

    office.move(office.rita, idea, S.TRIAGE, reason="Rob looks at it: @rob@nordhafen.example.")

    assert [office.told(p) for p in (office.anna, office.ben, office.ruth)] == [["moved"]] * 3
    assert (office.told(office.rob), office.told(office.rita)) == (["mentioned"], [])
    assert office.told(office.carl) == []


def test_a_merge_moves_votes_followers_and_comments_to_the_original(both: Office) -> None:
    office = both
    original, idea, earlier = office.idea(office.ben), office.idea(office.anna), office.idea()
    office.change(earlier, status="duplicate", duplicate_of_id=idea)
    with office.database.begin() as session:
        for person in (office.ben, office.carl):
            session.add(IdeaVoteRow(idea_id=original, user_id=person.id))
        for person in (office.carl, office.rob):
            session.add(IdeaVoteRow(idea_id=idea, user_id=person.id))
            session.add(IdeaFollowRow(idea_id=idea, user_id=person.id))
    note(office, idea, office.carl)

    office.move(office.rita, idea, S.DUPLICATE, target_id=original)

    row = office.row(idea)
    assert (row.status, row.duplicate_of_id) == ("duplicate", original)
    assert office.row(earlier).duplicate_of_id == original
    assert voters(office, original) == {office.ben.id, office.carl.id, office.rob.id}
    assert voters(office, idea) == set()
    assert followers(office, original) == {office.carl.id, office.rob.id, office.anna.id}
    with office.database.read() as session:
        [comment] = session.exec(select(IdeaCommentRow)).all()
    assert (comment.idea_id, comment.written_under_id) == (original, idea)
    assert [office.told(p) for p in (office.anna, office.carl)] == [["merged"], ["merged"]]


def voters(office: Office, idea_id: str) -> set[str]:
    of_it = select(IdeaVoteRow.user_id).where(IdeaVoteRow.idea_id == idea_id)
    with office.database.read() as session:
        return set(session.exec(of_it).all())


def followers(office: Office, idea_id: str) -> set[str]:
    of_it = select(IdeaFollowRow.user_id).where(IdeaFollowRow.idea_id == idea_id)
    with office.database.read() as session:
        return set(session.exec(of_it).all())


def test_a_merge_makes_no_chain_and_no_circle(office: Office) -> None:
    idea, original = office.idea(), office.idea()
    duplicate, withdrawn = office.idea(status=S.DUPLICATE), office.idea(status=S.WITHDRAWN)

    for target in ("", "none", idea, duplicate, withdrawn):
        assert refused(office, office.rita, idea, S.DUPLICATE, target_id=target) == ("target",)

    office.move(office.rita, idea, S.DUPLICATE, target_id=original)
    assert refused(office, office.rita, original, S.DUPLICATE, target_id=idea) == ("target",)
