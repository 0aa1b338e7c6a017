"""The audit log says who could read a collection at a time: what changed, from what to what."""

from collections.abc import Mapping

from sqlmodel import select

from admin.collections import Collections
from admin.groups import Groups
from admin.people import People
from core.domain.identity import SYSTEM, Role, User
from core.storage.database import Database
from core.storage.tables import AuditEventRow


def details(database: Database, action: str) -> list[Mapping[str, object]]:
    """The details of all events of this action, the oldest first."""
    with database.read() as session:
        rows = session.exec(
            select(AuditEventRow).where(AuditEventRow.action == action).order_by("id")
        )
        return [row.details for row in rows.all()]


def test_roles_and_groups_are_told_before_and_after(
    sqlite_database: Database, people: People, ben: User
) -> None:
    hr, sales = (Groups(sqlite_database).add(SYSTEM, name) for name in ("hr", "sales"))

    people.set_groups(SYSTEM, ben.id, ["hr"])
    people.set_groups(SYSTEM, ben.id, ["sales", "hr"])
    people.set_role(SYSTEM, ben.id, Role.ADMIN)

    both = " ".join(sorted([hr.id, sales.id]))
    assert details(sqlite_database, "person.groups_changed") == [
        {"before": "", "after": hr.id},
        {"before": hr.id, "after": both},
    ]
    assert details(sqlite_database, "person.role_changed") == [
        {"before": "employee", "after": "admin"}
    ]


def test_a_new_person_is_told_with_role_and_groups(
    sqlite_database: Database, people: People
) -> None:
    hr = Groups(sqlite_database).add(SYSTEM, "hr")

    people.add_without_password(SYSTEM, "cleo@nordhafen.example", name="Cleo", groups=["hr"])

    assert details(sqlite_database, "person.added") == [
        {"role": "employee", "groups": hr.id, "has_password": False}
    ]


def test_access_to_a_collection_is_told_before_and_after(sqlite_database: Database) -> None:
    hr, sales = (Groups(sqlite_database).add(SYSTEM, name) for name in ("hr", "sales"))
    collections = Collections(
        sqlite_database, embedding_model="test", embedding_dimension=8, splitter_version="1"
    )

    pay = collections.add(SYSTEM, "Pay", groups=["hr"])
    collections.set_access(SYSTEM, pay.id, groups=["sales"], is_open=True)

    assert details(sqlite_database, "collection.added") == [
        {"is_open": False, "groups": hr.id, "sensitivity": "internal"}
    ]
    assert details(sqlite_database, "collection.access_changed") == [
        {"was_open": False, "is_open": True, "before": hr.id, "after": sales.id}
    ]


def test_a_removed_group_is_told_with_its_people_and_collections(
    sqlite_database: Database, people: People, ben: User
) -> None:
    groups = Groups(sqlite_database)
    groups.add(SYSTEM, "hr")
    people.set_groups(SYSTEM, ben.id, ["hr"])

    groups.remove(SYSTEM, "hr", although_used=True)

    assert details(sqlite_database, "group.removed") == [{"members": ben.id, "collections": ""}]
