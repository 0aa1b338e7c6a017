"""Records of the risk triage: who writes them, that nobody lowers a class alone, and sign-offs."""

from dataclasses import replace

import pytest

from core.domain.ideas.life import Happening
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus, Oversight
from core.domain.identity import User
from core.errors import AccessDenied, Conflict, InvalidInput
from core.storage.database import Database
from core.storage.tables import IdeaCoSubmitterRow
from ideas.triage.classification import TriageAnswer
from ideas.triage.questionnaire import Question, QuestionGroup, current_questionnaire
from ideas.triage.service import RiskTriage, TriageForm
from tests.ideas.office import Office

QUESTIONS = [question.id for question in current_questionnaire().questions]
NO, YES, UNSURE = TriageAnswer.NO, TriageAnswer.YES, TriageAnswer.UNSURE
REASON = "The works council and counsel agreed on this."
OVERSIGHT = Oversight("Rita decides", "By hand, in the list", "We phone the customer")


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def triage(office: Office) -> RiskTriage:
    return RiskTriage(office.database)


@pytest.fixture
def idea(office: Office) -> str:
    return office.idea(office.anna, IdeaStatus.TRIAGE)


def answered(**answers: TriageAnswer) -> TriageForm:
    return TriageForm(dict.fromkeys(QUESTIONS, NO) | answers)


def record(
    office: Office, triage: RiskTriage, idea: str, form: TriageForm, user: User | None = None
) -> None:
    triage.record(user or office.rita, idea, form, office.row(idea).row_version)


def test_a_triage_is_recorded_and_the_idea_knows_its_class(
    office: Office, triage: RiskTriage, idea: str
) -> None:
    record(office, triage, idea, answered(S1=YES, L1=YES, D1=YES))

    (kept,) = triage.history(office.rita, idea)

    assert (kept.computed, kept.risk) == (RiskClass.TRANSPARENCY, RiskClass.TRANSPARENCY)
    assert (kept.gates, kept.needs_sign_off) == (("personal_data",), False)
    assert kept.answers["L1"] == "yes"
    assert kept.policy_version == triage.questionnaire.version
    row = office.row(idea)
    assert (row.risk_class, row.policy_version) == ("transparency", kept.policy_version)
    assert row.changed_by == office.rita.id


def test_those_around_the_idea_are_told_when_its_class_changes(
    office: Office, triage: RiskTriage, idea: str
) -> None:
    record(office, triage, idea, answered())
    record(office, triage, idea, answered(D1=YES))

    assert office.told(office.anna) == [Happening.RISK_CHANGED.value]


def test_the_fields_of_the_card_set_off_gates(
    office: Office, triage: RiskTriage, idea: str
) -> None:
    office.change(idea, data_classification="restricted", needs_external_model=True)

    record(office, triage, idea, answered())

    (kept,) = triage.history(office.rita, idea)
    assert (kept.gates, kept.risk) == (("restricted_data", "external_model"), RiskClass.MINIMAL)
    assert kept.needs_sign_off


def test_a_person_raises_the_class_with_a_reason(
    office: Office, triage: RiskTriage, idea: str
) -> None:
    form = replace(answered(), raised_to=RiskClass.HIGH)

    with pytest.raises(InvalidInput):
        record(office, triage, idea, form)
    record(office, triage, idea, replace(form, rationale=REASON))

    (kept,) = triage.history(office.rita, idea)
    assert (kept.computed, kept.risk) == (RiskClass.MINIMAL, RiskClass.HIGH)
    assert kept.needs_sign_off


@pytest.mark.parametrize("lower", [RiskClass.MINIMAL, RiskClass.TRANSPARENCY, RiskClass.HIGH])
def test_nobody_lowers_the_class_of_the_answers(
    office: Office, triage: RiskTriage, idea: str, lower: RiskClass
) -> None:
    form = replace(answered(H5=UNSURE), raised_to=lower, rationale=REASON)

    assert "raised_to" in triage.problems(office.rita, idea, form)
    with pytest.raises(InvalidInput):
        record(office, triage, idea, form)
    assert triage.history(office.rita, idea) == []


def test_a_lower_class_than_before_takes_another_reviewer_and_a_reason(
    office: Office, triage: RiskTriage, idea: str
) -> None:
    record(office, triage, idea, answered(H5=YES))
    lower = replace(answered(), rationale=REASON)

    with pytest.raises(InvalidInput):
        record(office, triage, idea, lower)
    with pytest.raises(InvalidInput):
        record(office, triage, idea, answered(), office.rob)
    record(office, triage, idea, lower, office.rob)

    assert office.row(idea).risk_class == "minimal"
    assert [kept.by_name for kept in triage.history(office.rita, idea)] == ["Rob", "Rita"]


def test_an_exception_is_claimed_with_a_written_ground(
    office: Office, triage: RiskTriage, idea: str
) -> None:
    form = answered(H5=YES, H9=YES)

    assert list(triage.problems(office.rita, idea, form)) == ["rationale"]
    record(office, triage, idea, replace(form, rationale=REASON))

    assert office.row(idea).risk_class == "needs_counsel"


def test_missing_answers_are_named_and_nothing_is_recorded(
    office: Office, triage: RiskTriage, idea: str
) -> None:
    form = answered()
    incomplete = replace(form, answers={k: v for k, v in form.answers.items() if k != "P6"})

    assert list(triage.problems(office.rita, idea, incomplete)) == ["P6"]
    with pytest.raises(InvalidInput):
        record(office, triage, idea, incomplete)
    assert office.row(idea).risk_class is None


def test_only_reviewers_who_did_not_submit_the_idea_judge_it(
    office: Office, triage: RiskTriage
) -> None:
    idea = office.idea(office.rita, IdeaStatus.TRIAGE)
    with office.database.begin() as session:
        session.add(IdeaCoSubmitterRow(idea_id=idea, user_id=office.rob.id))

    for person in (office.anna, office.rita, office.rob, replace(office.ruth, is_active=False)):
        with pytest.raises(AccessDenied):
            record(office, triage, idea, answered(), person)


@pytest.mark.parametrize(
    "status", [IdeaStatus.SUBMITTED, IdeaStatus.DECLINED, IdeaStatus.WITHDRAWN, IdeaStatus.RETIRED]
)
def test_the_risk_of_closed_ideas_is_not_judged(
    office: Office, triage: RiskTriage, idea: str, status: IdeaStatus
) -> None:
    office.change(idea, status=status.value)

    with pytest.raises(Conflict):
        record(office, triage, idea, answered())


def test_an_idea_that_changed_meanwhile_is_looked_at_again(
    office: Office, triage: RiskTriage, idea: str
) -> None:
    version = office.row(idea).row_version
    record(office, triage, idea, answered(), office.rob)

    with pytest.raises(Conflict):
        triage.record(office.rita, idea, answered(), version)


def test_answers_are_read_by_those_concerned_only(
    office: Office, triage: RiskTriage, idea: str
) -> None:
    record(office, triage, idea, answered())
    office.change(idea, owner_id=office.carl.id)

    for person in (office.anna, office.carl, office.rob, office.ada):
        assert len(triage.history(person, idea)) == 1
    with pytest.raises(AccessDenied):
        triage.history(office.ben, idea)


def oversee(office: Office, triage: RiskTriage, idea: str, user: User) -> None:
    triage.oversee(user, idea, OVERSIGHT, office.row(idea).row_version)


def test_a_high_risk_is_signed_once_people_are_in_charge(
    office: Office, triage: RiskTriage, idea: str
) -> None:
    record(office, triage, idea, answered(H5=YES))

    with pytest.raises(InvalidInput):
        triage.sign_off(office.ada, idea, REASON)
    oversee(office, triage, idea, office.rita)
    with pytest.raises(InvalidInput):
        triage.sign_off(office.ada, idea, "Fine.")
    signed = triage.sign_off(office.ada, idea, REASON)

    assert (signed.by_name, signed.text) == ("Ada", REASON)
    assert triage.sign_offs(office.rita, idea) == [signed]
    with pytest.raises(Conflict):
        triage.sign_off(office.ada, idea, REASON)


def test_a_new_triage_has_to_be_signed_again(office: Office, triage: RiskTriage, idea: str) -> None:
    record(office, triage, idea, answered(H5=YES))
    oversee(office, triage, idea, office.rita)
    triage.sign_off(office.ada, idea, REASON)
    record(office, triage, idea, answered(H5=YES, D1=YES))

    triage.sign_off(office.ada, idea, REASON)

    assert len({each.triage_id for each in triage.sign_offs(office.rita, idea)}) == 2


def test_nothing_is_signed_without_need(office: Office, triage: RiskTriage, idea: str) -> None:
    with pytest.raises(Conflict):
        triage.sign_off(office.ada, idea, REASON)
    record(office, triage, idea, answered(P1=YES))
    oversee(office, triage, idea, office.rita)

    with pytest.raises(Conflict):  # prohibited: no signature makes it lawful
        triage.sign_off(office.ada, idea, REASON)


def test_neither_reviewers_nor_whoever_did_the_triage_sign(
    office: Office, triage: RiskTriage, idea: str
) -> None:
    record(office, triage, idea, answered(H5=YES), office.ada)
    oversee(office, triage, idea, office.rita)

    for person in (office.anna, office.rita, office.ada):
        with pytest.raises(AccessDenied):
            triage.sign_off(person, idea, REASON)


def test_strangers_do_not_say_who_is_in_charge(
    office: Office, triage: RiskTriage, idea: str
) -> None:
    oversee(office, triage, idea, office.anna)

    with pytest.raises(AccessDenied):
        oversee(office, triage, idea, office.ben)
    long = Oversight("x" * 4_001, "y", "z")
    with pytest.raises(InvalidInput):
        triage.oversee(office.rita, idea, long, office.row(idea).row_version)


def test_ideas_judged_by_another_version_are_listed_affected_ones_first(
    database: Database,
) -> None:
    office = Office(database)
    now_in_use = current_questionnaire()
    triage = RiskTriage(database, now_in_use)
    chat, plain, gone, fresh = (office.idea(office.anna, IdeaStatus.TRIAGE) for _ in range(4))
    record(office, triage, plain, answered())
    record(office, triage, chat, answered(L1=YES))
    record(office, triage, gone, answered(L1=YES))
    office.change(gone, status=IdeaStatus.DECLINED.value)
    stricter = tuple(
        replace(q, yes=RiskClass.HIGH) if q.id == "L1" else q for q in now_in_use.questions
    )
    later = RiskTriage(database, replace(now_in_use, version="2027-01", questions=stricter))

    assert triage.due_again(office.rita) == []
    affected, same = later.due_again(office.rita)
    record(office, later, fresh, answered())

    assert (affected.idea_id, affected.risk, affected.would_be, affected.is_affected) == (
        chat,
        RiskClass.TRANSPARENCY,
        RiskClass.HIGH,
        True,
    )
    assert (same.idea_id, same.would_be, same.is_affected) == (plain, RiskClass.MINIMAL, False)
    assert len(later.due_again(office.rita)) == 2
    with pytest.raises(AccessDenied):
        later.due_again(office.anna)


def test_a_new_question_leaves_the_class_open(
    office: Office, triage: RiskTriage, idea: str
) -> None:
    record(office, triage, idea, answered())
    question = Question("X1", QuestionGroup.HIGH, "Is it new?", "Help", ("Yes.",), "Art. 99")
    asked = (*triage.questionnaire.questions, question)
    later = RiskTriage(
        office.database, replace(triage.questionnaire, version="2027-01", questions=asked)
    )

    (due,) = later.due_again(office.rita)

    assert (due.would_be, due.new_questions, due.is_affected) == (None, ("X1",), True)


def test_the_workflow_takes_triage_and_sign_off_as_recorded_here(
    office: Office, triage: RiskTriage, idea: str
) -> None:
    record(office, triage, idea, answered(D3=YES))
    office.move(office.rita, idea, IdeaStatus.EVALUATION)
    office.review(office.rita, idea)
    office.review(office.rob, idea)
    (approve,) = [o for o in office.workflow.options(office.ruth, idea) if o.to == "approved"]
    missing = {need.value for need in approve.missing}

    oversee(office, triage, idea, office.rita)
    triage.sign_off(office.ada, idea, REASON)
    office.move(office.ruth, idea, IdeaStatus.APPROVED)

    assert missing == {"oversight", "sign_off"}
    assert office.row(idea).status == "approved"
