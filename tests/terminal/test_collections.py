"""`collections`, `documents` and `conversations`: changed, stopped, handed over and deleted."""

import hashlib
from dataclasses import replace

import pytest

from core.domain.identity import SYSTEM, PolicyStanding
from core.domain.knowledge import DocumentState
from core.storage.tables import DocumentVersionRow
from ingestion.background.ownership import IndexOwnership
from tests.terminal.conftest import LEAVE, LUNCH, QUESTION, Terminal

OLE = "ole@nordhafen.example"


@pytest.fixture
def handbook(terminal: Terminal) -> Terminal:
    terminal("collections", "add", "Handbook", "--open")
    terminal("collections", "add", "Canteen", "--open")
    terminal.file("a/leave.txt", LEAVE)
    terminal.file("b/lunch.txt", LUNCH)
    assert terminal("ingest", "files/a", "--collection", "Handbook").code == 0
    assert terminal("ingest", "files/b", "--collection", "Canteen").code == 0
    return terminal


def document_id(terminal: Terminal, collection: str) -> str:
    [record] = terminal("documents", "list", "--collection", collection, "--json").records
    return str(record["id"])


def asked_by(terminal: Terminal, email: str) -> None:
    """A new person with one conversation."""
    terminal.add_person(email)
    [user] = [u for u in terminal.services.people.list_all(SYSTEM) if u.email == email]
    user = replace(user, policy=PolicyStanding.NOT_ASKED)
    assert list(terminal.services.chat.ask(user, QUESTION))


def put_into_state(terminal: Terminal, document: str, state: DocumentState) -> None:
    newest = terminal.services.lifecycle.version_history.versions(SYSTEM, document)[0]
    with terminal.services.database.begin() as session:
        session.get_one(DocumentVersionRow, newest.version_id).state = state


def test_a_renamed_collection_keeps_its_documents(handbook: Terminal) -> None:
    ran = handbook("collections", "rename", "Handbook", "Staff handbook", "--json")

    assert [r["name"] for r in ran.records] == ["Staff handbook"]
    assert (
        len(handbook("documents", "list", "--collection", "Staff handbook", "--json").records) == 1
    )
    assert handbook("collections", "rename", "Canteen", "Staff handbook").code == 1


def test_who_may_read_a_collection_is_said_anew(handbook: Terminal) -> None:
    handbook.add_group("hr")

    closed = handbook("collections", "set-access", "Handbook", "--group", "hr", "--json").records
    nobody = handbook("collections", "set-access", "Handbook", "--nobody", "--json").records
    unclear = handbook("collections", "set-access", "Handbook", "--json")

    assert closed == [{"name": "Handbook", "open": False, "groups": ["hr"]}]
    assert nobody == [{"name": "Handbook", "open": False, "groups": []}]
    assert unclear.code == 2


def test_a_deleted_collection_takes_its_documents_along_and_no_others(handbook: Terminal) -> None:
    ran = handbook("collections", "delete", "Handbook", "--yes", "--json")

    assert ran.records == [{"name": "Handbook", "documents": 1, "passages": 1}]
    assert [r["name"] for r in handbook("collections", "list", "--json").records] == ["Canteen"]
    assert handbook("verify", "--json").records[-1]["ok"]
    assert len(handbook("search", "lunch", "--json").records[0]["hits"]) == 1
    assert not any(
        (handbook.folder / "data" / "originals").rglob(hashlib.sha256(LEAVE.encode()).hexdigest())
    )


def test_a_collection_is_not_deleted_beside_a_running_app_or_unasked(handbook: Terminal) -> None:
    unasked = handbook("collections", "delete", "Handbook", "--json")
    app = IndexOwnership(handbook.folder / "data")
    assert app.acquire()

    beside = handbook("collections", "delete", "Handbook", "--yes")

    app.release()
    assert (unasked.code, beside.code) == (2, 1)
    assert "Another process" in beside.err
    assert len(handbook("collections", "list", "--json").records) == 2


def test_documents_are_paused_resumed_cancelled_and_tried_again(handbook: Terminal) -> None:
    document = document_id(handbook, "Handbook")
    put_into_state(handbook, document, DocumentState.QUEUED)

    paused = handbook("documents", "pause", document, "--json").records[0]
    cancelled = handbook("documents", "cancel", document, "--json").records[0]
    ready = handbook("documents", "retry", document, "--json").records[0]

    assert [one["state"] for one in (paused, cancelled, ready)] == ["paused", "cancelled", "ready"]
    put_into_state(handbook, document, DocumentState.PAUSED)
    assert handbook("documents", "resume", document, "--json").records[0]["state"] == "ready"


def test_a_move_that_the_state_does_not_allow_is_said(handbook: Terminal) -> None:
    ran = handbook("documents", "pause", document_id(handbook, "Handbook"), "--json")

    assert ran.code == 1
    assert ran.records[0]["state"] == "ready"
    assert "left unchanged" in ran.err
    assert handbook("documents", "pause", "nowhere", "--json").code == 2


def test_conversations_of_a_person_are_handed_over_also_after_they_left(
    handbook: Terminal,
) -> None:
    asked_by(handbook, OLE)
    handbook("users", "set", OLE, "--inactive")
    [ole] = [one for one in handbook.services.people.list_all(SYSTEM) if one.email == OLE]

    ran = handbook("conversations", "export", OLE, "--json")

    [record] = ran.records
    assert ran.out == handbook.services.personal_conversations.export_lines(SYSTEM, ole.id)
    assert [m["text"] for m in record["messages"] if m["role"] == "user"] == [QUESTION]
    assert QUESTION in handbook("conversations", "export", OLE).out
    actions = [r["action"] for r in handbook("audit", "list", "--json").records]
    assert actions.count("conversations.exported") == 3


def test_conversations_of_a_person_are_deleted_and_nobody_elses(handbook: Terminal) -> None:
    for person in (OLE, "mia@nordhafen.example"):
        asked_by(handbook, person)

    refused = handbook("conversations", "delete", OLE, "--json")
    deleted = handbook("conversations", "delete", OLE, "--yes", "--json")

    assert refused.code == 2
    assert deleted.records == [{"email": OLE, "conversations": 1}]
    assert handbook("conversations", "export", OLE, "--json").records == []
    assert len(handbook("conversations", "export", "mia@nordhafen.example", "--json").records) == 1
