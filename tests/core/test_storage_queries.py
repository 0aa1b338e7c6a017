"""Query functions on both engines: who may read what, and which passages may be shown."""

from dataclasses import replace

import pytest

from core.domain.identity import SYSTEM, Group, Role, User
from core.domain.knowledge import Sensitivity
from core.errors import NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.chunks import hydrate
from core.storage.queries.collections import (
    all_collections,
    collection_by_id,
    collection_named,
    readable_collections,
    with_counts,
)
from core.storage.queries.people import (
    group_ids_named,
    groups,
    user_by_email,
    user_by_id,
)
from core.storage.tables import (
    AuditEventRow,
    ChunkRow,
    CollectionGroupRow,
    CollectionRow,
    DocumentRow,
    DocumentVersionRow,
    GroupRow,
    MembershipRow,
    UserRow,
)


def add_person(database: Database, name: str, *names: str, role: Role = Role.EMPLOYEE) -> User:
    with database.begin() as session:
        row = UserRow(id=name, email=f"{name}@nordhafen.example", name=name.title(), role=role)
        session.add(row)
        session.flush()
        ids = group_ids_named(session, list(names))
        session.add_all(MembershipRow(user_id=name, group_id=i) for i in ids)
    with database.read() as session:
        user = user_by_id(session, name)
    assert user is not None
    return user


def add_collection(
    database: Database, name: str, *names: str, is_open: bool = False, owner_id: str | None = None
) -> str:
    with database.begin() as session:
        session.add(
            CollectionRow(
                id=name.lower(),
                name=name,
                is_open=is_open,
                owner_id=owner_id,
                embedding_model="hashing",
                embedding_dimension=16,
                splitter_version="1",
            )
        )
        session.flush()
        ids = group_ids_named(session, list(names))
        session.add_all(CollectionGroupRow(collection_id=name.lower(), group_id=i) for i in ids)
    return name.lower()


def add_version(
    database: Database, collection: str, document: str, number: int, *, is_current: bool = True
) -> str:
    """A version of a document, which is made with its first version."""
    with database.begin() as session:
        row = session.get(DocumentRow, document)
        if row is None:
            row = DocumentRow(
                id=document,
                collection_id=collection,
                source_key=document,
                external_id=f"x-{document}",
                title=document.title(),
            )
            session.add(row)
            session.flush()
        version = DocumentVersionRow(
            id=f"{document}-{number}",
            document_id=document,
            number=number,
            file_name=f"{document}.{number}.txt",
            media_type="text/plain",
            sha256="0" * 64,
            size_bytes=1,
            state="ready",
        )
        session.add(version)
        session.flush()
        if is_current:
            row.current_version_id = version.id
        return version.id


def add_chunk(
    database: Database, collection: str, version_id: str, words: str, *, is_ready: bool = True
) -> int:
    with database.begin() as session:
        version = session.get_one(DocumentVersionRow, version_id)
        row = ChunkRow(
            collection_id=collection,
            document_id=version.document_id,
            version_id=version_id,
            ordinal=1,
            page_from=2,
            page_to=3,
            start=10,
            end=10 + len(words),
            headings=["Leave", "§ 3 “Twins”"],
            text=words,
            is_ready=is_ready,
        )
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id


def names(database: Database, user: User) -> list[str]:
    with database.read() as session:
        return [collection.name for collection in readable_collections(session, user)]


def test_a_person_is_read_with_role_and_groups(database: Database) -> None:
    added = add_person(database, "hanna", "hr", "board", role=Role.REVIEWER)

    with database.read() as session:
        by_email = user_by_email(session, "  HANNA@Nordhafen.example ")
        known = {group.id for group in groups(session)}

    assert by_email == added
    assert (added.name, added.role, added.is_active) == ("Hanna", Role.REVIEWER, True)
    assert added.group_ids == known


def test_an_unknown_person_is_nobody(database: Database) -> None:
    with database.read() as session:
        assert user_by_id(session, "") is None
        assert user_by_id(session, "nobody") is None
        assert user_by_email(session, "") is None
        assert user_by_email(session, "%@nordhafen.example") is None


def test_groups_are_listed_by_name_with_their_sizes(database: Database) -> None:
    add_person(database, "hanna", "hr", "board")
    add_person(database, "ben", "hr")
    with database.begin() as session:
        session.add(GroupRow(id="empty", name="empty"))

    with database.read() as session:
        found = groups(session)

    assert [(g.name, g.member_count) for g in found] == [("board", 1), ("empty", 0), ("hr", 2)]
    assert found[1] == Group("empty", "empty", 0)


def test_groups_named_twice_are_one_and_made_only_once(database: Database) -> None:
    with database.begin() as session:
        first = group_ids_named(session, ["hr", " hr ", "", "  ", "board"])
    with database.begin() as session:
        again = group_ids_named(session, ["board", "hr"])

    assert len(first) == 2
    assert first == again


def test_by_default_nobody_reads_a_collection(database: Database) -> None:
    anna = add_person(database, "anna", "hr", role=Role.ADMIN)
    add_collection(database, "Closed", owner_id=anna.id)

    assert names(database, anna) == []


def test_an_open_collection_is_read_by_everybody_active(database: Database) -> None:
    ben = add_person(database, "ben")
    add_collection(database, "Handbook", is_open=True)

    assert names(database, ben) == ["Handbook"]
    assert names(database, replace(ben, is_active=False)) == []


def test_a_group_opens_its_collections_to_its_members_only(database: Database) -> None:
    hanna, ole = add_person(database, "hanna", "hr"), add_person(database, "ole", "sales")
    add_collection(database, "Pay", "hr", "board")
    add_collection(database, "Offers", "sales")

    assert names(database, hanna) == ["Pay"]
    assert names(database, ole) == ["Offers"]


def test_leaving_a_group_closes_its_collections(database: Database) -> None:
    add_person(database, "hanna", "hr")
    add_collection(database, "Pay", "hr")

    with database.begin() as session:
        session.delete(session.get_one(GroupRow, group_ids_named(session, ["hr"]).pop()))

    with database.read() as session:
        hanna = user_by_id(session, "hanna")
        assert hanna is not None
        assert hanna.group_ids == frozenset()
        assert readable_collections(session, hanna) == []


def test_only_the_one_operator_reads_everything(database: Database) -> None:
    add_collection(database, "Pay", "hr")

    assert names(database, SYSTEM) == ["Pay"]
    assert names(database, replace(SYSTEM)) == []


def test_collections_are_listed_by_name_with_owner_and_documents_that_answer(
    database: Database,
) -> None:
    anna = add_person(database, "anna")
    add_collection(database, "Pay", "hr", owner_id=anna.id)
    add_collection(database, "Handbook", is_open=True)
    add_version(database, "pay", "bands", 1)
    add_version(database, "pay", "unfinished", 1, is_current=False)

    with database.read() as session:
        handbook, pay = with_counts(session, all_collections(session))
        hr = frozenset(group_ids_named(session, ["hr"]))

    assert (handbook.name, handbook.is_open, handbook.owner_name) == ("Handbook", True, "")
    assert (pay.owner_name, pay.document_count, pay.group_ids) == ("Anna", 1, hr)
    assert (pay.sensitivity, pay.embedding_dimension) == (Sensitivity.INTERNAL, 16)


def test_a_collection_is_found_by_name_and_by_id(database: Database) -> None:
    add_collection(database, "Pay")

    with database.read() as session:
        assert collection_named(session, "Pay") == collection_by_id(session, "pay")
        for search in (collection_named, collection_by_id):
            with pytest.raises(NotFound):
                search(session, "nothing")


def test_a_passage_comes_back_with_everything_a_citation_needs(database: Database) -> None:
    add_collection(database, "Handbook")
    version = add_version(database, "handbook", "leave", 1)
    chunk_id = add_chunk(database, "handbook", version, "Ninety days.")

    with database.read() as session:
        chunk = hydrate(session, [chunk_id], ["handbook"])[chunk_id]

    assert (chunk.id, chunk.text, chunk.ordinal, chunk.start) == (chunk_id, "Ninety days.", 1, 10)
    assert (chunk.document_id, chunk.version_id, chunk.collection_id) == (
        "leave",
        version,
        "handbook",
    )
    assert (chunk.document_title, chunk.file_name, chunk.external_id) == (
        "Leave",
        "leave.1.txt",
        "x-leave",
    )
    assert (chunk.page_from, chunk.page_to, chunk.headings) == (2, 3, ("Leave", "§ 3 “Twins”"))


def test_a_passage_of_a_collection_that_is_not_open_is_absent(database: Database) -> None:
    for name in ("Handbook", "Pay"):
        add_collection(database, name)
    known = add_chunk(database, "handbook", add_version(database, "handbook", "leave", 1), "A")
    secret = add_chunk(database, "pay", add_version(database, "pay", "bands", 1), "B")

    with database.read() as session:
        assert set(hydrate(session, [known, secret], ["handbook"])) == {known}
        assert hydrate(session, [known, secret], []) == {}
        assert hydrate(session, [], ["handbook", "pay"]) == {}
        assert hydrate(session, [10**9], ["handbook", "pay"]) == {}


def test_only_ready_passages_of_the_current_version_are_shown(database: Database) -> None:
    add_collection(database, "Handbook")
    old = add_version(database, "handbook", "leave", 1)
    current = add_version(database, "handbook", "leave", 2)
    coming = add_version(database, "handbook", "leave", 3, is_current=False)
    unfinished = add_version(database, "handbook", "draft", 1, is_current=False)
    ids = [
        add_chunk(database, "handbook", old, "old"),
        add_chunk(database, "handbook", current, "now"),
        add_chunk(database, "handbook", current, "pending", is_ready=False),
        add_chunk(database, "handbook", coming, "coming"),
        add_chunk(database, "handbook", unfinished, "draft"),
    ]

    with database.read() as session:
        shown = hydrate(session, ids, ["handbook"])

    assert [chunk.text for chunk in shown.values()] == ["now"]


def test_passages_of_a_thousand_ids_are_found(database: Database) -> None:
    add_collection(database, "Handbook")
    chunk_id = add_chunk(database, "handbook", add_version(database, "handbook", "leave", 1), "A")

    with database.read() as session:
        assert set(hydrate(session, range(1, chunk_id + 1000), ["handbook"])) == {chunk_id}


def test_an_event_tells_who_did_what(database: Database) -> None:
    ben = add_person(database, "ben")
    with database.begin() as session:
        record_event(session, ben, "document.delete", "d1", chunks=3, is_last=True)
        record_event(session, None, "sign_in.failed", outcome="refused")

    with database.read() as session:
        first, second = (session.get_one(AuditEventRow, number) for number in (1, 2))
    assert (first.actor_id, first.action, first.object_id, first.outcome) == (
        "ben",
        "document.delete",
        "d1",
        "ok",
    )
    assert first.details == {"chunks": 3, "is_last": True}
    assert (second.actor_id, second.outcome, second.details) == ("", "refused", {})
