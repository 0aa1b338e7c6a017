"""Problems that people report: no words of answers, guarded reading, triage, notices."""

from dataclasses import dataclass
from threading import Barrier, Thread

import pytest
from sqlmodel import select

from admin.incidents.rows import MAX_WORDS
from admin.incidents.services import IncidentServices
from admin.incidents.triage import Closing
from admin.people import People
from admin.signing_in.passwords import Passwords
from core.domain.clock import new_id, now
from core.domain.governance.incidents import (
    IncidentKind,
    IncidentOutcome,
    IncidentState,
    Severity,
)
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.tables import (
    AnswerSourceRow,
    AuditEventRow,
    CollectionRow,
    ConversationRow,
    IncidentNoteRow,
    IncidentRow,
    MessageRow,
    NotificationRow,
)
from tests.admin.conftest import PASSWORD

SECRET = "The salary of the canary is 4711 EUR."


@dataclass
class Office:
    """An administrator, an employee, and an answer of the employee."""

    database: Database
    incidents: IncidentServices
    anna: User
    ben: User
    answer_id: str

    def rows(self, kind: type) -> list:  # type: ignore[type-arg]  # rows of any table
        with self.database.read() as session:
            return list(session.exec(select(kind)).all())

    def events(self, action: str) -> list[AuditEventRow]:
        return [one for one in self.rows(AuditEventRow) if one.action == action]


@pytest.fixture
def office(database: Database) -> Office:
    people = People(database, Passwords("Nordhafen"))
    anna, ben = (
        people.add(SYSTEM, f"{name}@nordhafen.example", name=name, password=PASSWORD, role=role)
        for name, role in (("Anna", Role.ADMIN), ("Ben", Role.EMPLOYEE))
    )
    answer = _answer(database, ben, is_open=True)
    return Office(database, IncidentServices.on(database, lambda *_: 0), anna, ben, answer)


def _answer(database: Database, user: User, *, is_open: bool) -> str:
    place = CollectionRow(
        name=f"Pay {new_id()[:4]}",
        is_open=is_open,
        embedding_model="hashing",
        embedding_dimension=8,
        splitter_version="1",
    )
    chat = ConversationRow(user_id=user.id, title="Pay")
    answer = MessageRow(
        conversation_id=chat.id,
        position=1,
        role="assistant",
        text=SECRET,
        status="complete",
        engine="fake-1",
    )
    source = AnswerSourceRow(message_id=answer.id, document_id=new_id(), collection_id=place.id)
    with database.begin() as session:
        for row in (place, chat, answer, source):
            session.add(row)
            session.flush()
    return answer.id


def report(office: Office, kind: IncidentKind = IncidentKind.LEAKED, words: str = "") -> str:
    sent = office.incidents.reports.report(
        office.ben, kind, message_id=office.answer_id, words=words
    )
    return sent.id


def test_a_report_refers_to_the_answer_and_holds_none_of_its_words(office: Office) -> None:
    report(office, words="I should not see this.")

    [row] = office.rows(IncidentRow)
    assert (row.message_id, row.engine, row.words) == (
        office.answer_id,
        "fake-1",
        "I should not see this.",
    )
    stored = [*office.rows(IncidentRow), *office.events("incident.reported")]
    assert all("canary" not in str(one.model_dump()) for one in stored)
    [event] = office.events("incident.reported")
    assert event.details == {"number": 1, "kind": "leaked", "is_near_miss": False}


def test_administrators_are_told_of_a_report_and_the_reporter_of_its_end(office: Office) -> None:
    incident = report(office)
    office.incidents.triage.close(
        office.anna, incident, Closing(IncidentOutcome.FIXED, "The folder is closed."), version=1
    )

    told = {(one.user_id, one.happening) for one in office.rows(NotificationRow)}
    assert told == {
        (office.anna.id, "incident_reported"),
        (office.ben.id, "incident_closed"),
    }
    [own] = office.incidents.reports.own(office.ben)
    assert (own.state, own.outcome, own.reply) == (
        IncidentState.CLOSED,
        IncidentOutcome.FIXED,
        "The folder is closed.",
    )


def test_a_double_click_is_one_report(office: Office) -> None:
    start = Barrier(3)

    def click() -> None:
        start.wait()
        report(office)

    clicks = [Thread(target=click) for _ in range(3)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()

    assert len(office.rows(IncidentRow)) == 1
    report(office, IncidentKind.WRONG)
    assert [one.number for one in office.rows(IncidentRow)] == [1, 2]


def test_nobody_reports_the_answer_of_somebody_else(office: Office) -> None:
    with pytest.raises(NotFound):
        office.incidents.reports.report(
            office.anna, IncidentKind.WRONG, message_id=office.answer_id
        )


def test_reports_are_for_administrators_and_ones_own(office: Office) -> None:
    incident = report(office)
    triage = office.incidents.triage

    for call in (
        lambda: triage.reported(office.ben),
        lambda: triage.notes(office.ben, incident),
        lambda: triage.answer(office.ben, incident),
        lambda: triage.note(office.ben, incident, "x"),
    ):
        with pytest.raises(AccessDenied):
            call()
    assert office.incidents.reports.own(office.anna) == []


def test_reading_the_answer_is_recorded_with_who_did(office: Office) -> None:
    incident = report(office)

    assert office.incidents.triage.answer(office.anna, incident) == SECRET

    [event] = office.events("incident.answer_read")
    assert (event.actor_id, event.object_id, event.outcome) == (office.anna.id, incident, "ok")


def test_an_answer_from_documents_that_the_reader_may_not_read_stays_closed(
    office: Office,
) -> None:
    office.answer_id = _answer(office.database, office.ben, is_open=False)
    incident = report(office)

    with pytest.raises(AccessDenied):
        office.incidents.triage.answer(office.anna, incident)

    [event] = office.events("incident.answer_read")
    assert event.outcome == "refused"


def test_of_a_deleted_conversation_the_report_stays_and_no_word_of_the_answer(
    office: Office,
) -> None:
    incident = report(office)
    with office.database.begin() as session:
        message = session.get_one(MessageRow, office.answer_id)
        session.get_one(ConversationRow, message.conversation_id).deleted_at = now()
    with pytest.raises(NotFound):
        office.incidents.triage.answer(office.anna, incident)

    with office.database.begin() as session:
        session.delete(session.get_one(ConversationRow, message.conversation_id))

    [one] = office.incidents.triage.reported(office.anna)
    assert one.message_id == ""
    with pytest.raises(NotFound):
        office.incidents.triage.answer(office.anna, incident)


def test_severity_owner_and_notes_are_kept_and_audited_without_words(office: Office) -> None:
    incident = report(office)
    triage = office.incidents.triage
    triage.assess(office.anna, incident, severity=Severity.HIGH, owner_id=office.anna.id, version=1)
    triage.note(office.anna, incident, "Looks like the group was too wide.")

    [one] = triage.reported(office.anna)
    assert (one.state, one.severity, one.owner_name) == (
        IncidentState.IN_WORK,
        Severity.HIGH,
        "Anna",
    )
    [note] = triage.notes(office.anna, incident)
    assert note.text == "Looks like the group was too wide."
    assert all("too wide" not in str(one.details) for one in office.rows(AuditEventRow))
    assert len(office.rows(IncidentNoteRow)) == 1


def test_two_administrators_do_not_settle_over_each_other(office: Office) -> None:
    incident = report(office)
    triage = office.incidents.triage
    triage.assess(office.anna, incident, severity=Severity.LOW, owner_id="", version=1)

    with pytest.raises(Conflict):
        triage.close(SYSTEM, incident, Closing(IncidentOutcome.NO_PROBLEM), version=1)

    triage.close(SYSTEM, incident, Closing(IncidentOutcome.NO_PROBLEM), version=2)
    with pytest.raises(Conflict):
        triage.assess(office.anna, incident, severity=Severity.LOW, owner_id="", version=3)


def test_a_closed_problem_can_be_taken_up_again(office: Office) -> None:
    incident = report(office)
    triage = office.incidents.triage
    triage.close(office.anna, incident, Closing(IncidentOutcome.FIXED), version=1)
    assert triage.count_open(office.anna) == 0

    triage.reopen(office.anna, incident, version=2)

    [one] = triage.reported(office.anna)
    assert (one.is_open, one.outcome, one.closed_at) == (True, None, None)


def test_what_cannot_be_is_refused(office: Office) -> None:
    incident = report(office)
    triage = office.incidents.triage

    with pytest.raises(InvalidInput):
        report(office, IncidentKind.OTHER, "x" * (MAX_WORDS + 1))
    with pytest.raises(InvalidInput):
        triage.note(office.anna, incident, " \u200b")
    with pytest.raises(InvalidInput):
        triage.assess(
            office.anna, incident, severity=Severity.LOW, owner_id=office.ben.id, version=1
        )
    with pytest.raises(NotFound):
        triage.close(office.anna, "gone", Closing(IncidentOutcome.FIXED), version=1)


def test_an_erased_reporter_leaves_the_report_without_a_name(office: Office) -> None:
    report(office)
    with office.database.begin() as session:
        row = session.exec(select(IncidentRow)).one()
        row.reporter_id = None

    [one] = office.incidents.triage.reported(office.anna)
    assert one.reporter_name == ""
