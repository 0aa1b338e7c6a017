"""Collections are closed until an admin opens them."""

import pytest

from admin.collections import Collections
from admin.people import People
from core.domain.identity import SYSTEM, User
from core.domain.knowledge import Sensitivity
from core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from core.storage.database import Database


@pytest.fixture
def collections(sqlite_database: Database) -> Collections:
    return Collections(
        sqlite_database,
        embedding_model="all-MiniLM-L6-v2",
        embedding_dimension=384,
        splitter_version="1",
    )


def test_a_new_collection_is_closed_even_to_its_owner(collections: Collections, anna: User) -> None:
    added = collections.add(anna, " Customs  manuals ", sensitivity=Sensitivity.CONFIDENTIAL)

    assert (added.name, added.owner_name, added.embedding_dimension) == (
        "Customs manuals",
        "Anna",
        384,
    )
    assert collections.readable(anna) == []
    assert collections.list_all(anna) == [added]


def test_groups_open_a_collection(
    collections: Collections, people: People, anna: User, ben: User
) -> None:
    added = collections.add(anna, "Customs", groups=["Customs"])
    before = collections.readable(ben)

    ben = people.set_groups(anna, ben.id, ["Customs"])

    assert before == []
    assert [c.id for c in collections.readable(ben)] == [added.id]


def test_access_is_replaced(collections: Collections, people: People, anna: User) -> None:
    ben = people.add(SYSTEM, "b@c.d", name="Ben", password="violet kettle orbit", groups=["A"])
    added = collections.add(anna, "Customs", groups=["A"])

    collections.set_access(anna, added.id, groups=["B"], is_open=False)
    closed = collections.readable(ben)
    collections.set_access(anna, added.id, groups=[], is_open=True)

    assert closed == []
    assert [c.id for c in collections.readable(ben)] == [added.id]


def test_employees_may_not_manage_collections(collections: Collections, ben: User) -> None:
    added = collections.add(SYSTEM, "Customs")

    with pytest.raises(AccessDenied):
        collections.add(ben, "Mine")
    with pytest.raises(AccessDenied):
        collections.list_all(ben)
    with pytest.raises(AccessDenied):
        collections.set_access(ben, added.id, groups=[], is_open=True)


def test_a_name_is_taken_once(collections: Collections) -> None:
    collections.add(SYSTEM, "Customs")

    with pytest.raises(Conflict):
        collections.add(SYSTEM, "Customs ")


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_a_name_must_be_readable(collections: Collections, name: str) -> None:
    with pytest.raises(InvalidInput):
        collections.add(SYSTEM, name)


def test_unknown_collections_are_not_found(collections: Collections) -> None:
    with pytest.raises(NotFound):
        collections.set_access(SYSTEM, "0" * 32, groups=[], is_open=True)
