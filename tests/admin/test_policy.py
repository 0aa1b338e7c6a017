"""The AI-use policy: versions, acknowledgements, who is asked again, quiz and first steps."""

from threading import Barrier, Thread

import pytest
from sqlmodel import select

from admin.people import People
from admin.policy.first_steps import FirstSteps
from admin.policy.policies import MAX_TEXT, Policies
from admin.policy.quiz import PolicyQuiz, quiz
from admin.policy.shipped import publish_shipped, shipped_text
from admin.policy.standings import PolicyStandings
from admin.signing_in.passwords import Passwords
from core.domain.governance.policy import Decision, PolicyVersion, Step, text_sha256
from core.domain.identity import SYSTEM, PolicyStanding, Role, User
from core.errors import (
    AccessDenied,
    Conflict,
    InvalidFields,
    InvalidInput,
    NotFound,
    PolicyNotAcknowledged,
)
from core.storage.database import Database
from core.storage.queries.people import as_now, user_by_id
from core.storage.tables import (
    AuditEventRow,
    ConversationRow,
    FeedbackRow,
    MessageRow,
    PolicyAnswerRow,
    UserRow,
)
from tests.admin.conftest import PASSWORD

RULES = "# Rules\n\nDo no harm."


@pytest.fixture
def policies(sqlite_database: Database) -> Policies:
    return Policies(sqlite_database)


def person(database: Database, name: str, role: Role = Role.EMPLOYEE) -> User:
    people = People(database, Passwords("Nordhafen"))
    return people.add(
        SYSTEM, f"{name}@nordhafen.example", name=name.title(), password=PASSWORD, role=role
    )


def now_of(database: Database, user: User) -> User:
    with database.read() as session:
        found = user_by_id(session, user.id)
    assert found is not None
    return found


def acknowledge(policies: Policies, user: User) -> PolicyVersion:
    version = policies.current(user)
    assert version is not None
    policies.acknowledge(user, version.id, version.sha256)
    return version


def change(policies: Policies, text: str, *, is_material: bool = True) -> PolicyVersion:
    newest = policies.current(SYSTEM)
    return policies.publish(
        SYSTEM,
        text,
        is_material=is_material,
        note="One word",
        seen=newest.number if newest else 0,
    )


def test_nobody_is_asked_where_no_policy_is_published(
    sqlite_database: Database, policies: Policies, ben: User
) -> None:
    assert policies.current(ben) is None
    assert not now_of(sqlite_database, ben).awaits_policy


def test_everyone_is_asked_once_and_again_after_a_material_change(database: Database) -> None:
    policies, ben = Policies(database), person(database, "ben")
    change(policies, RULES)
    asked = [now_of(database, ben).policy]
    acknowledge(policies, ben)
    asked.append(now_of(database, ben).policy)
    change(policies, RULES + " Ever.", is_material=False)
    asked.append(now_of(database, ben).policy)
    change(policies, RULES + " Never ever.")
    asked.append(now_of(database, ben).policy)
    acknowledge(policies, ben)
    asked.append(now_of(database, ben).policy)

    assert asked == [
        PolicyStanding.AWAITED,
        PolicyStanding.SETTLED,
        PolicyStanding.SETTLED,
        PolicyStanding.AWAITED,
        PolicyStanding.SETTLED,
    ]


def test_a_person_who_starts_after_a_small_change_acknowledges_that_text(
    sqlite_database: Database, policies: Policies, ben: User
) -> None:
    change(policies, RULES)
    change(policies, RULES + " Ever.", is_material=False)

    acknowledge(policies, ben)

    [own] = policies.own(ben)
    assert (own.number, own.sha256) == (2, text_sha256(RULES + " Ever."))
    assert not now_of(sqlite_database, ben).awaits_policy


def test_an_acknowledgement_keeps_person_version_hash_and_moment_and_is_audited(
    sqlite_database: Database, policies: Policies, ben: User
) -> None:
    version = change(policies, RULES)

    policies.acknowledge(ben, version.id, version.sha256)

    with sqlite_database.read() as session:
        [row] = session.exec(select(PolicyAnswerRow)).all()
        events = session.exec(select(AuditEventRow)).all()
    assert (row.user_id, row.version_id, row.sha256) == (ben.id, version.id, text_sha256(RULES))
    [event] = [one for one in events if one.action == "policy.acknowledged"]
    assert (event.actor_id, event.object_id, event.details) == (ben.id, version.id, {"number": 1})


def test_a_text_that_was_replaced_while_it_was_read_is_not_acknowledged(
    sqlite_database: Database, policies: Policies, ben: User
) -> None:
    shown = change(policies, RULES)
    change(policies, RULES + " Never.")

    with pytest.raises(Conflict):
        policies.acknowledge(ben, shown.id, shown.sha256)

    assert now_of(sqlite_database, ben).awaits_policy


def test_another_text_than_the_stored_one_is_not_acknowledged(
    policies: Policies, ben: User
) -> None:
    version = change(policies, RULES)

    with pytest.raises(Conflict):
        policies.acknowledge(ben, version.id, text_sha256("something else"))

    assert policies.own(ben) == []


def test_declining_is_kept_and_does_not_open_the_sandbox(
    sqlite_database: Database, policies: Policies, ben: User
) -> None:
    version = change(policies, RULES)

    policies.decline(ben, version.id, version.sha256)

    assert [one.decision for one in policies.own(ben)] == [Decision.DECLINED]
    assert now_of(sqlite_database, ben).awaits_policy


def test_who_declined_can_acknowledge_later(
    sqlite_database: Database, policies: Policies, ben: User
) -> None:
    version = change(policies, RULES)
    policies.decline(ben, version.id, version.sha256)

    acknowledge(policies, ben)

    assert not now_of(sqlite_database, ben).awaits_policy
    assert [one.decision for one in policies.own(ben)] == [
        Decision.ACKNOWLEDGED,
        Decision.DECLINED,
    ]


def test_a_double_click_is_one_acknowledgement(database: Database) -> None:
    policies, ben = Policies(database), person(database, "ben")
    change(policies, RULES)
    start = Barrier(4)

    def click() -> None:
        start.wait()
        acknowledge(policies, ben)

    clicks = [Thread(target=click) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()

    assert len(policies.own(ben)) == 1


def test_two_administrators_who_publish_at_once_do_not_make_two_versions_of_one_number(
    database: Database,
) -> None:
    policies = Policies(database)
    change(policies, RULES)
    start, refused = Barrier(2), []

    def publish(text: str) -> None:
        start.wait()
        try:
            policies.publish(SYSTEM, text, is_material=True, note="Mine", seen=1)
        except Conflict as error:
            refused.append(str(error))

    both = [Thread(target=publish, args=(f"{RULES} {name}",)) for name in ("Anna", "Ben")]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert [version.number for version in policies.history(SYSTEM)] == [2, 1]
    assert len(refused) == 1


def test_the_terminal_has_no_account_that_could_acknowledge(policies: Policies) -> None:
    version = change(policies, RULES)

    with pytest.raises(NotFound):
        policies.acknowledge(SYSTEM, version.id, version.sha256)


def test_changes_since_the_last_acknowledgement_are_told(policies: Policies, ben: User) -> None:
    change(policies, RULES)
    first = policies.changes_since(ben)
    acknowledge(policies, ben)
    policies.publish(SYSTEM, RULES + " 2", is_material=False, note="A comma", seen=1)
    policies.publish(SYSTEM, RULES + " 3", is_material=True, note="A rule", seen=2)

    assert (first, policies.changes_since(ben)) == ([], ["A comma", "A rule"])


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "x" * (MAX_TEXT + 1)])
def test_an_empty_or_endless_text_is_no_policy(policies: Policies, anna: User, text: str) -> None:
    with pytest.raises(InvalidInput):
        policies.publish(anna, text, is_material=True, seen=0)


def test_the_same_text_and_a_change_without_a_word_are_refused(
    policies: Policies, anna: User
) -> None:
    change(policies, RULES)
    admin = anna

    with pytest.raises(InvalidInput, match="published text already"):
        policies.publish(admin, RULES + "\n", is_material=True, note="x", seen=1)
    with pytest.raises(InvalidFields):
        policies.publish(admin, RULES + " More.", is_material=True, note=" ", seen=1)


def test_a_draft_is_for_administrators_and_ends_with_the_publication(
    policies: Policies, anna: User, ben: User
) -> None:
    change(policies, RULES)
    draft = policies.save_draft(anna, "# New rules", version=0)

    with pytest.raises(AccessDenied):
        policies.draft(ben)
    assert policies.current(ben) is not None
    assert policies.draft(anna).text == "# New rules"
    policies.publish(anna, "# New rules", is_material=True, note="All of it", seen=1)
    assert (draft.version, policies.draft(anna).version) == (1, 0)


def test_the_draft_of_a_second_tab_does_not_overwrite_the_first(
    policies: Policies, anna: User
) -> None:
    policies.save_draft(anna, "first tab", version=0)

    with pytest.raises(Conflict):
        policies.save_draft(anna, "second tab", version=0)
    with pytest.raises(Conflict):
        policies.discard_draft(anna, version=0)

    assert policies.draft(anna).text == "first tab"


def test_the_shipped_policy_is_version_one_and_published_once(
    sqlite_database: Database, policies: Policies
) -> None:
    for _ in range(2):
        with sqlite_database.begin() as session:
            publish_shipped(session)

    [version] = policies.history(SYSTEM)
    assert (version.number, version.is_material, version.published_by) == (1, True, "")
    assert version.text == shipped_text()
    assert version.sha256 == text_sha256(shipped_text())


def test_who_has_not_acknowledged_comes_first_in_the_list(
    sqlite_database: Database, policies: Policies, anna: User, ben: User
) -> None:
    version = change(policies, RULES)
    acknowledge(policies, anna)
    policies.decline(ben, version.id, version.sha256)
    people = People(sqlite_database, Passwords("Nordhafen"))
    gone = person(sqlite_database, "cora")
    people.set_active(SYSTEM, gone.id, is_active=False)

    standings = PolicyStandings(sqlite_database).list(SYSTEM)

    assert [(one.name, one.is_settled, one.number) for one in standings] == [
        ("Ben", False, 0),
        ("Anna", True, 1),
    ]
    assert standings[0].has_declined


def test_an_administrator_who_has_not_acknowledged_cannot_administer(
    sqlite_database: Database, policies: Policies, anna: User
) -> None:
    change(policies, RULES)
    waiting = now_of(sqlite_database, anna)

    with pytest.raises(PolicyNotAcknowledged):
        policies.history(waiting)
    with pytest.raises(PolicyNotAcknowledged):
        PolicyStandings(sqlite_database).list(waiting)


def test_whoever_is_not_asked_stays_so_and_who_was_asked_is_asked_again(
    sqlite_database: Database, policies: Policies, ben: User
) -> None:
    change(policies, RULES)
    not_asked = User(ben.id, ben.email, ben.name)
    acknowledge(policies, ben)
    settled = now_of(sqlite_database, ben)
    change(policies, RULES + " Never.")

    with sqlite_database.read() as session:
        assert not as_now(session, not_asked).awaits_policy
        assert as_now(session, settled).awaits_policy


def test_an_erased_person_takes_their_acknowledgements_along(
    sqlite_database: Database, policies: Policies, ben: User
) -> None:
    change(policies, RULES)
    acknowledge(policies, ben)

    with sqlite_database.begin() as session:
        session.delete(session.get_one(UserRow, ben.id))

    with sqlite_database.read() as session:
        assert session.exec(select(PolicyAnswerRow)).all() == []


def test_the_quiz_has_five_questions_with_one_right_choice_each() -> None:
    asked = quiz()

    assert len(asked.questions) == 5
    assert all(0 <= one.right < len(one.choices) == 3 for one in asked.questions)
    assert {one.right for one in asked.questions} == {0, 1, 2}
    assert all(one.because.endswith(".") for one in asked.questions)


def test_passing_the_quiz_is_stored_and_audited_with_counts_only(
    sqlite_database: Database, policies: Policies, ben: User
) -> None:
    change(policies, RULES)
    test, right = PolicyQuiz(sqlite_database), [one.right for one in quiz().questions]
    acknowledge(policies, ben)
    one_wrong = [(right[0] + 1) % 3, *right[1:]]

    outcome = test.submit(ben, one_wrong)

    assert (outcome.correct, outcome.wrong, outcome.is_passed) == (4, (0,), True)
    assert test.passed_at(ben) is not None
    [standing] = PolicyStandings(sqlite_database).list(SYSTEM)
    assert standing.trained_at == test.passed_at(ben)
    with sqlite_database.read() as session:
        events = session.exec(select(AuditEventRow)).all()
    [event] = [one for one in events if one.action == "quiz.taken"]
    assert (event.outcome, event.details) == ("ok", {"correct": 4, "questions": 5})


def test_a_failed_or_unfinished_quiz_is_no_evidence(sqlite_database: Database, ben: User) -> None:
    test, right = PolicyQuiz(sqlite_database), [one.right for one in quiz().questions]

    outcome = test.submit(ben, [(place + 1) % 3 for place in right])
    with pytest.raises(InvalidInput):
        test.submit(ben, [None, *right[1:]])

    assert (outcome.correct, outcome.is_passed, test.passed_at(ben)) == (0, False, None)


def test_first_steps_come_from_what_a_person_really_did(database: Database) -> None:
    ben, steps = person(database, "ben"), FirstSteps(database)
    before = steps.trail(ben)
    _ask_and_rate(database, ben)
    steps.note(ben, Step.SOURCE_OPENED)
    steps.note(ben, Step.SOURCE_OPENED)
    asked = steps.trail(ben)
    steps.note(ben, Step.IDEA_SEEN)
    PolicyQuiz(database).submit(ben, [one.right for one in quiz().questions])

    assert before is not None
    assert before.done == frozenset()
    assert asked is not None
    assert asked.done == {Step.ASKED, Step.SOURCE_OPENED, Step.RATED}
    assert steps.trail(ben) is None


def test_a_step_that_rows_tell_of_cannot_be_claimed(sqlite_database: Database, ben: User) -> None:
    steps = FirstSteps(sqlite_database)

    steps.note(ben, Step.ASKED)

    trail = steps.trail(ben)
    assert trail is not None
    assert trail.done == frozenset()


def test_dismissed_first_steps_stay_away(sqlite_database: Database, ben: User) -> None:
    steps = FirstSteps(sqlite_database)

    steps.dismiss(ben)
    steps.dismiss(ben)

    assert steps.trail(ben) is None


def _ask_and_rate(database: Database, user: User) -> None:
    chat = ConversationRow(user_id=user.id, title="Leave")
    asked, answered = (
        MessageRow(
            conversation_id=chat.id, position=place, role=role, text="Leave?", status="complete"
        )
        for place, role in enumerate(("user", "assistant"))
    )
    with database.begin() as session:
        for row in (chat, asked, answered):
            session.add(row)
            session.flush()
        session.add(FeedbackRow(message_id=answered.id, user_id=user.id, rating=1))
