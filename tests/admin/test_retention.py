"""What is older than its period goes, exactly as the dry run says, and nothing that is held."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, select

from admin.privacy.holds import LegalHolds
from admin.privacy.retention import FLOORS, Retention
from admin.usage.days import UsageDays
from core.domain.answers import AnswerStatus
from core.domain.clock import new_id, now
from core.domain.conversations import MessageRole
from core.domain.gaps import GapStatus
from core.domain.governance.privacy import DataClass
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied, ConfirmationNeeded, Conflict, InvalidInput
from core.storage.database import Database
from core.storage.originals import OriginalFiles
from core.storage.tables import (
    AnswerUsageRow,
    AuditEventRow,
    ConversationRow,
    EvaluationCaseRow,
    FeedbackRow,
    GuardNoteRow,
    IdeaDraftRow,
    IncidentRow,
    KnowledgeGapRow,
    LegalHoldRow,
    MessageRow,
    ModelCallRow,
    RefusedCallRow,
    SessionRow,
    UsageDayPersonRow,
    UsageDayRow,
    UserRow,
)
from ideas.life.personal import PersonalIdeas
from rag.conversations.own import Conversations

OLD, NEW = timedelta(days=96), timedelta(days=1)
DAYS = 92


def count(session: Session, table: Table | type[SQLModel], *conditions: Any) -> int:  # noqa: ANN401  conditions of SQL
    query = select_columns(func.count()).select_from(table).where(*conditions)
    return session.scalar(query) or 0


class House:
    """A database with old and new data of several people, and its retention."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.at = now()
        self.days = UsageDays(database)
        self.files = OriginalFiles(folder / "attachments")
        self.retention = Retention(
            database,
            self.days,
            PersonalIdeas(database, self.files).drop_drafts,
            undo=timedelta(minutes=30),
            clock=lambda: self.at,
        )
        self.holds = LegalHolds(database)
        self.people = {name: self.person(name) for name in ("ada", "ben", "carl")}

    def person(self, name: str) -> User:
        role = Role.ADMIN if name == "ada" else Role.EMPLOYEE
        row = UserRow(email=f"{name}@nordhafen.example", name=name.title(), role=role)
        self.add(row)
        return User(row.id, row.email, row.name, role)

    def add(self, *rows: SQLModel) -> None:
        with self.database.begin() as session:
            for row in rows:
                session.add(row)
                session.flush()

    def fill(self) -> None:
        """Give Ben and Carl one old and one new thing of each class."""
        number = 0
        for name in ("ben", "carl"):
            for age in (OLD, NEW):
                number += 1
                self._things(self.people[name].id, self.at - age, number)

    def _things(self, person: str, at: datetime, number: int) -> None:
        chat = ConversationRow(user_id=person, title="A chat", created_at=at, updated_at=at)
        answer = MessageRow(
            conversation_id=chat.id,
            position=1,
            role=MessageRole.ASSISTANT,
            text="words",
            status=AnswerStatus.COMPLETE,
            created_at=at,
        )
        counted: dict[str, Any] = {"user_id": person, "created_at": at, "status": "complete"}
        self.add(
            chat,
            answer,
            GuardNoteRow(message_id=answer.id, effect="masked", kind="email", count=1),
            FeedbackRow(
                message_id=answer.id, user_id=person, rating=-1, comment="words", updated_at=at
            ),
            AnswerUsageRow(
                message_id=answer.id, conversation_id=chat.id, engine="m", cost_micros=7, **counted
            ),
            ModelCallRow(purpose="answer", provider="p", model_requested="m", **counted),
            KnowledgeGapRow(
                message_id=answer.id,
                asker_id=person,
                question="words",
                status=GapStatus.ANSWERED,
                asked_at=at,
                replied_at=at,
            ),
            IncidentRow(
                number=number,
                reporter_id=person,
                kind="other",
                is_near_miss=False,
                words="words",
                state="closed",
                reported_at=at,
                closed_at=at,
            ),
            IdeaDraftRow(user_id=person, saved_at=at),
            RefusedCallRow(user_id=person, at=at, reason="price"),
            SessionRow(token_hash=new_id(), user_id=person, created_at=at, expires_at=at),
        )

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        with self.database.read() as session:
            return {table.name: count(session, table) for table in SQLModel.metadata.sorted_tables}

    def keep_all_for(self, days: int) -> None:
        for name in DataClass:
            self.retention.set_period(SYSTEM, name, days)


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    house = House(database, tmp_path)
    house.fill()
    return house


def test_the_dry_run_says_exactly_what_the_run_deletes(house: House) -> None:
    house.keep_all_for(DAYS)
    house.days.refresh()
    before = house.rows()

    planned = house.retention.plan(SYSTEM)
    assert house.rows() == before
    done = house.retention.run(SYSTEM)

    after = house.rows()
    gone = {name: before[name] - after[name] for name in before}
    assert planned.counts == done.counts
    assert done.counts == {
        DataClass.CONVERSATIONS: gone["conversations"],
        DataClass.USAGE: sum(
            gone[name]
            for name in ("answer_usage", "model_calls", "usage_day_people", "usage_day_askers")
        ),
        DataClass.GUARD_NOTES: gone["guard_notes"],
        DataClass.FEEDBACK: gone["feedback"],
        DataClass.SENT_QUESTIONS: gone["knowledge_gaps"],
        DataClass.INCIDENTS: gone["incidents"],
        DataClass.DRAFTS: gone["idea_drafts"],
        DataClass.REFUSALS: gone["refused_calls"],
        DataClass.SIGN_INS: gone["sign_in_sessions"],
    }
    assert all(number >= 2 for number in done.counts.values())
    assert house.retention.plan(SYSTEM).total == 0


def test_sums_of_days_outlive_the_rows_and_are_not_added_up_again(house: House) -> None:
    house.days.refresh()
    old_day = (house.at - OLD).date()
    house.retention.set_period(SYSTEM, DataClass.USAGE, DAYS)

    def sums() -> list[tuple[int, int]]:
        with house.database.read() as session:
            return [
                (row.questions, row.cost_micros)
                for row in session.exec(select(UsageDayRow).where(UsageDayRow.day == old_day))
            ]

    before = sums()
    assert before
    house.retention.run(SYSTEM)
    house.days.refresh()
    house.days.rebuild()

    assert sums() == before
    with house.database.read() as session:
        people = [row.day for row in session.exec(select(UsageDayPersonRow)).all()]
    assert people
    assert old_day not in people


def test_nothing_of_a_held_person_goes(house: House) -> None:
    ben = house.people["ben"]
    house.keep_all_for(DAYS)
    hold = house.holds.place(SYSTEM, ben.id, "Case 7")

    house.retention.run(SYSTEM)

    with house.database.read() as session:
        for table, column in (
            (ConversationRow, ConversationRow.user_id),
            (AnswerUsageRow, AnswerUsageRow.user_id),
            (ModelCallRow, ModelCallRow.user_id),
            (FeedbackRow, FeedbackRow.user_id),
            (KnowledgeGapRow, KnowledgeGapRow.asker_id),
            (IncidentRow, IncidentRow.reporter_id),
            (IdeaDraftRow, IdeaDraftRow.user_id),
            (RefusedCallRow, RefusedCallRow.user_id),
        ):
            left = count(session, table, column == ben.id)
            assert left == 2, table.__tablename__
        assert count(session, GuardNoteRow) == 3
    house.holds.release(SYSTEM, hold.id)
    house.retention.run(SYSTEM)
    assert house.retention.plan(SYSTEM).total == 0
    with house.database.read() as session:
        assert count(session, ConversationRow) == 2


def test_a_deleted_chat_can_be_brought_back_for_half_an_hour_and_then_goes_for_good(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ben = house.people["ben"]
    chats = Conversations(house.database)
    first, second = (chat.id for chat in chats.list(ben))
    case = EvaluationCaseRow(kind="lookup", question="words")
    with house.database.read() as session:
        query = select(MessageRow.id).where(MessageRow.conversation_id == first)
        case.source_message_id = session.exec(query).one()
    house.add(case)

    hidden = chats.delete(ben, first)
    chats.delete(ben, second)
    chats.restore(ben, second)

    assert not hidden.is_held
    assert house.retention.delete_hidden() == 0
    house.at = now() + timedelta(minutes=31)
    assert house.retention.delete_hidden() == 1
    with house.database.read() as session:
        assert session.get(ConversationRow, first) is None
        assert session.get(EvaluationCaseRow, case.id) is None
    assert [chat.id for chat in chats.list(ben)] == [second]
    chats.delete(ben, second)
    monkeypatch.setattr("rag.conversations.own.now", lambda: now() + timedelta(minutes=31))
    with pytest.raises(Exception, match="no longer exists"):
        chats.restore(ben, second)


def test_a_held_chat_is_hidden_and_kept_and_its_author_is_told(house: House) -> None:
    ben, chats = house.people["ben"], Conversations(house.database)
    first, second = (chat.id for chat in chats.list(ben))
    hold = house.holds.place(SYSTEM, ben.id, "Case 7", conversation_id=first)

    assert chats.delete(ben, first).is_held
    assert not chats.delete(ben, second).is_held

    house.at = now() + timedelta(hours=1)
    assert house.retention.delete_hidden() == 1
    assert chats.list(ben) == []
    with house.database.read() as session:
        assert session.get(ConversationRow, first) is not None
    house.holds.release(SYSTEM, hold.id)
    assert house.retention.delete_hidden() == 1


def test_an_open_question_to_an_owner_stays_until_it_is_settled(house: House) -> None:
    ben, chats = house.people["ben"], Conversations(house.database)
    with house.database.begin() as session:
        gaps = session.exec(select(KnowledgeGapRow)).all()
        for gap in gaps:
            gap.status = GapStatus.OPEN
    for chat in chats.list(ben):
        chats.delete(ben, chat.id)
    house.at = now() + timedelta(hours=1)

    house.retention.delete_hidden()
    assert house.rows()["knowledge_gaps"] == 4
    with house.database.begin() as session:
        for gap in session.exec(select(KnowledgeGapRow)).all():
            gap.status = GapStatus.ANSWERED
    house.retention.run(SYSTEM)

    assert house.rows()["knowledge_gaps"] == 2


def test_runs_and_changes_are_audited_with_counts_only(house: House) -> None:
    house.keep_all_for(DAYS)
    house.retention.run(SYSTEM)

    with house.database.read() as session:
        events = session.exec(select(AuditEventRow)).all()
    [run] = [event for event in events if event.action == "retention.run"]
    assert run.details.keys() == {name.value for name in DataClass} | {"hidden_chats"}
    assert all(isinstance(number, int) for number in run.details.values())
    assert len([e for e in events if e.action == "retention.changed"]) == len(DataClass)


def test_the_app_runs_once_a_day_from_three_o_clock_on(house: House) -> None:
    house.keep_all_for(DAYS)
    house.at = house.at.replace(hour=2, minute=30)
    assert house.retention.run_due() is None
    house.at = house.at.replace(hour=4)

    done = house.retention.run_due()

    assert done is not None
    assert done.total > 0
    assert house.retention.run_due() is None
    house.at += timedelta(days=1)
    assert house.retention.run_due() is not None


def test_periods_have_floors_and_only_administrators_set_them(house: House) -> None:
    retention, ben = house.retention, house.people["ben"]
    for name, floor in FLOORS.items():
        with pytest.raises(InvalidInput):
            retention.set_period(SYSTEM, name, floor - 1)
    with pytest.raises(AccessDenied):
        retention.set_period(ben, DataClass.DRAFTS, 30)
    with pytest.raises(AccessDenied):
        retention.run(ben)
    unconfirmed = User("x", "x", "x", Role.ADMIN, needs_confirmation=True)
    with pytest.raises(ConfirmationNeeded):
        retention.run(unconfirmed)
    assert [keeping.days for keeping in retention.list_all(SYSTEM)] == [None] * len(DataClass)
    assert retention.run(SYSTEM).total == 0


def test_a_hold_needs_a_reason_and_is_placed_once(house: House) -> None:
    ben = house.people["ben"]
    with pytest.raises(InvalidInput):
        house.holds.place(SYSTEM, ben.id, "  ")
    house.holds.place(house.people["ada"], ben.id, "Case 7")
    with pytest.raises(Conflict):
        house.holds.place(SYSTEM, ben.id, "Case 8")
    with pytest.raises(AccessDenied):
        house.holds.list_all(ben)

    [hold] = house.holds.list_all(SYSTEM)
    assert (hold.person_name, hold.reason, hold.placed_by) == ("Ben", "Case 7", "Ada")
    house.holds.release(SYSTEM, hold.id)
    assert house.holds.list_all(SYSTEM)[0].released_at is not None
    with house.database.read() as session:
        assert session.get_one(LegalHoldRow, hold.id).released_at is not None
