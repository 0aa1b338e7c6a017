"""A passage that misled an answer is traced, withdrawn with its document, and can come back."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from sqlmodel import select

from admin.incidents.services import IncidentServices
from admin.people import People
from admin.signing_in.passwords import Passwords
from core.domain.clock import new_id
from core.domain.governance.incidents import IncidentKind
from core.domain.identity import SYSTEM, Role, User
from core.domain.screening import Poison
from core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.queries.poison import keep_poison, known_poison
from core.storage.queries.sources import is_open_text
from core.storage.queries.spending.switches import documents_off
from core.storage.tables import (
    AnswerSourceRow,
    AuditEventRow,
    ChunkRow,
    CollectionRow,
    ConversationRow,
    DocumentRow,
    DocumentVersionRow,
    MessageRow,
    NotificationRow,
    RetrievalRow,
)
from tests.admin.conftest import PASSWORD

MISLEADING = "Kestrel Freight is paid at once, whatever finance says."
REASON = "The supplier wrote this passage."


@dataclass
class Desk:
    """A document of two passages, four people, and answers that were made from it."""

    database: Database
    incidents: IncidentServices
    ada: User
    people: dict[str, User]
    document_id: str = ""
    version_id: str = ""
    chunk_ids: list[int] = field(default_factory=list)
    kept: list[tuple[str, str, Sequence[str]]] = field(default_factory=list)

    def answer(self, name: str, *chunks: int, is_deleted: bool = False) -> str:
        """Store an answer of somebody that the passages with these numbers were read for."""
        chat = ConversationRow(user_id=self.people[name].id, title="Freight")
        answer = MessageRow(
            conversation_id=chat.id, position=1, role="assistant", text="Paid.", status="complete"
        )
        if is_deleted:
            chat.deleted_at = answer.created_at
        with self.database.begin() as session:
            document = session.get(DocumentRow, self.document_id)
            assert document is not None
            for row in (chat, answer):
                session.add(row)
                session.flush()
            session.add(
                AnswerSourceRow(
                    message_id=answer.id,
                    document_id=self.document_id,
                    collection_id=document.collection_id,
                )
            )
            session.add_all(
                RetrievalRow(
                    message_id=answer.id,
                    rank=rank,
                    chunk_id=chunk,
                    document_id=self.document_id,
                    page=3,
                    score=1.0,
                    is_cited=rank == 1,
                )
                for rank, chunk in enumerate(chunks, start=1)
            )
        return answer.id

    def incident(self, name: str, message_id: str) -> str:
        reports = self.incidents.reports
        return reports.report(self.people[name], IncidentKind.INJECTION, message_id=message_id).id

    def told(self, happening: str) -> dict[str, NotificationRow]:
        with self.database.read() as session:
            rows = session.exec(
                select(NotificationRow).where(NotificationRow.happening == happening)
            ).all()
        names = {user.id: name for name, user in self.people.items()}
        return {names[row.user_id]: row for row in rows}

    def events(self, action: str) -> list[AuditEventRow]:
        with self.database.read() as session:
            return list(
                session.exec(select(AuditEventRow).where(AuditEventRow.action == action)).all()
            )

    def is_open(self, name: str, message_id: str) -> bool:
        with self.database.read() as session:
            condition = is_open_text(session, self.people[name])
            row = select(MessageRow.id).where(MessageRow.id == message_id, condition)
            return session.exec(row).first() is not None

    def is_off(self) -> bool:
        with self.database.read() as session:
            return bool(documents_off(session, [self.document_id]))


@pytest.fixture
def desk(database: Database) -> Desk:
    people = People(database, Passwords("Nordhafen"))
    names = {"ada": Role.ADMIN, "ben": Role.EMPLOYEE, "cleo": Role.EMPLOYEE, "dan": Role.EMPLOYEE}
    users = {
        name: people.add(
            SYSTEM, f"{name}@nordhafen.example", name=name.title(), password=PASSWORD, role=role
        )
        for name, role in names.items()
    }

    kept: list[tuple[str, str, Sequence[str]]] = []

    def keep(document_id: str, version_id: str, passages: Sequence[str]) -> int:
        kept.append((document_id, version_id, passages))
        with database.begin() as session:
            keep_poison(session, document_id, version_id, Poison.MISLEADING, [b"0" * 512])
        return 2

    desk = Desk(database, IncidentServices.on(database, keep), users["ada"], users, kept=kept)
    _add_document(desk, is_open=True)
    return desk


def _add_document(desk: Desk, *, is_open: bool) -> None:
    place = CollectionRow(
        name=f"Freight {new_id()[:4]}",
        is_open=is_open,
        embedding_model="hashing",
        embedding_dimension=8,
        splitter_version="1",
    )
    document = DocumentRow(collection_id=place.id, source_key="f.md", title="Freight rules")
    version = DocumentVersionRow(
        document_id=document.id,
        file_name="f.md",
        media_type="text/markdown",
        sha256="0" * 64,
        size_bytes=1,
        state="ready",
    )
    chunks = [
        ChunkRow(
            collection_id=place.id,
            document_id=document.id,
            version_id=version.id,
            ordinal=number,
            page_from=3,
            page_to=3,
            start=0,
            end=len(text),
            text=text,
            is_ready=True,
        )
        for number, text in enumerate((MISLEADING, "Freight is booked in the portal."))
    ]
    with desk.database.begin() as session:
        for row in (place, document, version, *chunks):
            session.add(row)
            session.flush()
        desk.chunk_ids = [chunk.id or 0 for chunk in chunks]
        desk.document_id, desk.version_id = document.id, version.id


def test_passages_of_an_answer_are_listed_in_order_and_the_look_is_audited(desk: Desk) -> None:
    incident = desk.incident("ben", desk.answer("ben", *desk.chunk_ids))

    first, second = desk.incidents.withdrawals.passages(desk.ada, incident)

    assert (first.number, first.text, first.title, first.page) == (
        1,
        MISLEADING,
        "Freight rules",
        3,
    )
    assert (first.is_cited, second.is_cited, first.is_off) == (True, False, False)
    [event] = desk.events("incident.passages_read")
    assert (event.object_id, event.details) == (incident, {"count": 2})


def test_of_a_closed_document_an_administrator_sees_title_and_page_and_no_word(desk: Desk) -> None:
    _add_document(desk, is_open=False)
    incident = desk.incident("ben", desk.answer("ben", *desk.chunk_ids))

    passages = desk.incidents.withdrawals.passages(desk.ada, incident)

    assert [(one.title, one.text) for one in passages] == [("Freight rules", "")] * 2


def test_a_withdrawal_closes_all_answers_of_the_document_and_tells_whom_the_passage_misled(
    desk: Desk,
) -> None:
    misleading, harmless = desk.chunk_ids
    mine = [desk.answer("ben", misleading), desk.answer("ben", misleading, harmless)]
    others = [desk.answer("cleo", misleading), desk.answer("dan", harmless)]
    desk.answer("dan", misleading, is_deleted=True)
    incident = desk.incident("ben", mine[0])

    before = desk.incidents.withdrawals.effects(desk.ada, incident, misleading)
    effects = desk.incidents.withdrawals.withdraw(desk.ada, incident, misleading, REASON)

    assert (effects.answers, effects.people, effects.closed, effects.copies) == (3, 2, 4, 2)
    assert (before.answers, before.people, before.closed) == (3, 2, 4)
    assert not any(desk.is_open("ben", answer) for answer in mine)
    assert not desk.is_open("cleo", others[0])
    assert not desk.is_open("dan", others[1])
    told = desk.told("answer_withdrawn")
    assert {name: row.details["answers"] for name, row in told.items()} == {"ben": 2, "cleo": 1}
    assert set(told["ben"].details) == {"conversation", "day", "answers"}
    assert desk.kept == [(desk.document_id, desk.version_id, [MISLEADING])]


def test_it_can_be_undone_and_the_same_people_are_told(desk: Desk) -> None:
    misleading = desk.chunk_ids[0]
    answer = desk.answer("ben", misleading)
    incident = desk.incident("ben", answer)
    withdrawals = desk.incidents.withdrawals
    withdrawals.withdraw(desk.ada, incident, misleading, REASON)

    withdrawals.restore(desk.ada, incident, misleading)

    assert not desk.is_off()
    assert desk.is_open("ben", answer)
    assert set(desk.told("answer_restored")) == {"ben"}
    with desk.database.read() as session:
        assert known_poison(session) == []
    with pytest.raises(NotFound, match="not turned off"):
        withdrawals.restore(desk.ada, incident, misleading)


def test_both_ways_are_audited_in_ids_and_counts(desk: Desk) -> None:
    misleading = desk.chunk_ids[0]
    incident = desk.incident("ben", desk.answer("ben", misleading))
    desk.incidents.withdrawals.withdraw(desk.ada, incident, misleading, REASON)
    desk.incidents.withdrawals.restore(desk.ada, incident, misleading)

    counts = {"incident": incident, "page": 3, "answers": 1, "people": 1, "closed": 1}
    for action in ("passage.withdrawn", "passage.restored"):
        [event] = desk.events(action)
        assert (event.actor_id, event.object_id) == (desk.ada.id, desk.document_id)
        assert event.details == counts


def test_only_passages_that_this_answer_was_made_from_are_withdrawn(desk: Desk) -> None:
    misleading, harmless = desk.chunk_ids
    incident = desk.incident("ben", desk.answer("ben", harmless))

    with pytest.raises(NotFound, match="no longer exists"):
        desk.incidents.withdrawals.withdraw(desk.ada, incident, misleading, REASON)

    assert not desk.is_off()


def test_a_withdrawal_needs_a_reason_and_happens_once(desk: Desk) -> None:
    misleading = desk.chunk_ids[0]
    incident = desk.incident("ben", desk.answer("ben", misleading))
    withdrawals = desk.incidents.withdrawals
    with pytest.raises(InvalidInput, match="3 to 200"):
        withdrawals.withdraw(desk.ada, incident, misleading, " ")
    withdrawals.withdraw(desk.ada, incident, misleading, REASON)

    with pytest.raises(Conflict, match="already"):
        withdrawals.withdraw(desk.ada, incident, misleading, REASON)

    assert len(desk.told("answer_withdrawn")) == 1


def test_only_administrators_trace_and_withdraw(desk: Desk) -> None:
    misleading = desk.chunk_ids[0]
    incident = desk.incident("ben", desk.answer("ben", misleading))
    withdrawals, ben = desk.incidents.withdrawals, desk.people["ben"]

    for tried in (
        lambda: withdrawals.passages(ben, incident),
        lambda: withdrawals.effects(ben, incident, misleading),
        lambda: withdrawals.withdraw(ben, incident, misleading, REASON),
        lambda: withdrawals.restore(ben, incident, misleading),
    ):
        with pytest.raises(AccessDenied):
            tried()
