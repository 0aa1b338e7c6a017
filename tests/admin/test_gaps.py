"""Knowledge gaps reach their owner and the administrators, and are settled once."""

from dataclasses import dataclass

import pytest
from sqlmodel import select

from admin.collections import Collections
from admin.gaps.inbox import GapInbox
from admin.people import People
from core.domain.gaps import GapStatus
from core.domain.identity import SYSTEM, User
from core.domain.knowledge import Collection
from core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.tables import AuditEventRow, KnowledgeGapRow
from tests.admin.conftest import PASSWORD


@pytest.fixture
def inbox(sqlite_database: Database) -> GapInbox:
    return GapInbox(sqlite_database)


@pytest.fixture
def collections(sqlite_database: Database) -> Collections:
    return Collections(
        sqlite_database, embedding_model="m", embedding_dimension=3, splitter_version="1"
    )


@pytest.fixture
def maria(people: People) -> User:
    """An employee."""
    return people.add(SYSTEM, "maria@nordhafen.example", name="Maria Keller", password=PASSWORD)


@dataclass(frozen=True, slots=True)
class Staff:
    """An administrator, an employee and the owner of the handbook."""

    anna: User
    ben: User
    maria: User


@pytest.fixture
def staff(anna: User, ben: User, maria: User) -> Staff:
    return Staff(anna, ben, maria)


@pytest.fixture
def handbook(collections: Collections, anna: User, maria: User) -> Collection:
    """Owned by Maria."""
    added = collections.add(anna, "Handbook", is_open=True)
    return collections.set_owner(anna, added.id, maria.id)


def add_gap(
    database: Database, asker: User, question: str, collection: Collection | None = None
) -> str:
    row = KnowledgeGapRow(
        asker_id=asker.id,
        collection_id=collection.id if collection else None,
        owner_id=collection.owner_id if collection else None,
        question=question,
        status=GapStatus.OPEN.value,
    )
    with database.begin() as session:
        session.add(row)
    return row.id


def questions(inbox: GapInbox, user: User, **narrowed: object) -> list[str]:
    return [gap.question for gap in inbox.list(user, **narrowed)]  # type: ignore[arg-type]


def test_an_owner_sees_the_gaps_of_their_collections_only(
    sqlite_database: Database,
    inbox: GapInbox,
    collections: Collections,
    staff: Staff,
    handbook: Collection,
) -> None:
    fleet = collections.add(staff.anna, "Fleet", is_open=True)
    add_gap(sqlite_database, staff.ben, "How long is a sabbatical?", handbook)
    add_gap(sqlite_database, staff.ben, "Who insures our trucks?", fleet)
    add_gap(sqlite_database, staff.ben, "Who won in 1974?")

    assert questions(inbox, staff.maria) == ["How long is a sabbatical?"]
    assert inbox.count_open(staff.maria) == 1
    assert [c.name for c in inbox.collections(staff.maria)] == ["Handbook"]
    assert len(questions(inbox, staff.anna)) == inbox.count_open(staff.anna) == 3


def test_the_inbox_is_closed_to_people_who_own_nothing(
    sqlite_database: Database, inbox: GapInbox, ben: User, handbook: Collection
) -> None:
    gap = add_gap(sqlite_database, ben, "How long is a sabbatical?", handbook)

    assert not inbox.is_open_to(ben)
    for attempt in (inbox.list, inbox.collections):
        with pytest.raises(AccessDenied):
            attempt(ben)
    with pytest.raises(AccessDenied):
        inbox.answer(ben, gap, "Six months.")


def test_an_owner_cannot_reply_to_a_gap_of_another_collection(
    sqlite_database: Database, inbox: GapInbox, ben: User, maria: User, handbook: Collection
) -> None:
    gap = add_gap(sqlite_database, ben, "Who won in 1974?")

    with pytest.raises(NotFound):
        inbox.answer(maria, gap, "West Germany.")


def test_gaps_follow_a_collection_to_its_new_owner(
    sqlite_database: Database,
    inbox: GapInbox,
    collections: Collections,
    staff: Staff,
    handbook: Collection,
) -> None:
    add_gap(sqlite_database, staff.maria, "How long is a sabbatical?", handbook)

    collections.set_owner(staff.anna, handbook.id, staff.ben.id)

    assert questions(inbox, staff.ben) == ["How long is a sabbatical?"]
    assert not inbox.is_open_to(staff.maria)
    assert inbox.list(staff.ben)[0].owner_name == "Maria Keller"


@pytest.mark.parametrize(
    "settling",
    [
        ("answer", GapStatus.ANSWERED),
        ("close", GapStatus.CLOSED),
        ("decline", GapStatus.DECLINED),
    ],
)
def test_a_gap_is_settled_once_with_words_and_a_trace(
    sqlite_database: Database,
    inbox: GapInbox,
    staff: Staff,
    handbook: Collection,
    settling: tuple[str, GapStatus],
) -> None:
    maria, (verb, status) = staff.maria, settling
    gap = add_gap(sqlite_database, staff.ben, "How long is a sabbatical?", handbook)

    settled = getattr(inbox, verb)(maria, gap, " Up to six months. ")

    assert (settled.status, settled.reply) == (status, "Up to six months.")
    assert (settled.replied_by, settled.has_news) == ("Maria Keller", True)
    assert inbox.count_open(maria) == 0
    with pytest.raises(Conflict):
        inbox.answer(maria, gap, "Seven.")
    with sqlite_database.read() as session:
        events = session.exec(
            select(AuditEventRow).where(AuditEventRow.action == f"gap.{status}")
        ).all()
    assert [(e.actor_id, e.object_id, e.details) for e in events] == [
        (maria.id, gap, {"characters": 17})
    ]


def test_a_reply_needs_words(
    sqlite_database: Database, inbox: GapInbox, anna: User, ben: User
) -> None:
    gap = add_gap(sqlite_database, ben, "Who won in 1974?")

    with pytest.raises(InvalidInput):
        inbox.close(anna, gap, " \u200b ")


def test_the_list_is_narrowed_by_state_collection_and_words(
    sqlite_database: Database, inbox: GapInbox, anna: User, ben: User, handbook: Collection
) -> None:
    add_gap(sqlite_database, ben, "How long is a sabbatical?", handbook)
    inbox.close(anna, add_gap(sqlite_database, anna, "100 % of what?"), "Unclear.")

    assert questions(inbox, anna, status=GapStatus.CLOSED) == ["100 % of what?"]
    assert questions(inbox, anna, collection_id=handbook.id) == ["How long is a sabbatical?"]
    assert questions(inbox, anna, search="ben") == ["How long is a sabbatical?"]
    assert questions(inbox, anna, search="100 %") == ["100 % of what?"]
    assert questions(inbox, anna, search="_") == []


def test_the_terminal_replies_as_an_administrator(
    sqlite_database: Database, inbox: GapInbox, ben: User
) -> None:
    gap = add_gap(sqlite_database, ben, "Who won in 1974?")

    assert inbox.answer(SYSTEM, gap, "West Germany.").replied_by == "An administrator"


def test_only_administrators_name_an_owner_and_only_an_active_person(
    collections: Collections, people: People, anna: User, ben: User, handbook: Collection
) -> None:
    people.set_active(anna, ben.id, is_active=False)

    with pytest.raises(NotFound):
        collections.set_owner(anna, handbook.id, ben.id)
    with pytest.raises(AccessDenied):
        collections.set_owner(ben, handbook.id, "")
    assert collections.set_owner(anna, handbook.id, "").owner_name == ""
