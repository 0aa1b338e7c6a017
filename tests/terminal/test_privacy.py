"""`users erase`, `users certificates`, `retention` and `holds`."""

import json

from tests.terminal.conftest import Terminal

OLE, ADA = "ole@nordhafen.example", "ada@nordhafen.example"


def test_a_person_is_erased_with_a_certificate(terminal: Terminal) -> None:
    terminal.add_person(OLE)
    file = terminal.folder / "certificate.json"

    refused = terminal("users", "erase", "--person", OLE)
    erased = terminal(
        *("users", "erase", "--person", OLE, "--yes", "--certificate", str(file), "--json")
    )
    again = terminal("users", "erase", "--person", OLE, "--yes")

    assert (refused.code, erased.code, again.code) == (2, 0, 2)
    [record] = erased.records
    assert record["is_complete"]
    assert record == json.loads(file.read_text())
    assert OLE not in file.read_text()
    assert terminal("users", "list", "--json").records == []
    assert terminal("users", "certificates", "--json").records == [record]


def test_the_last_administrator_and_whoever_is_held_stay(terminal: Terminal) -> None:
    terminal.add_person(OLE)
    terminal.add_person(ADA)
    terminal("users", "set", ADA, "--role", "admin")
    placed = terminal("holds", "place", "--person", OLE, "--reason", "Case 7", "--json")
    hold = placed.records[0]["hold"]

    assert "legal hold" in terminal("users", "erase", "--person", OLE, "--yes").err
    assert "last active" in terminal("users", "erase", "--person", ADA, "--yes").err
    assert terminal("conversations", "delete", OLE, "--yes").code == 1
    assert terminal("holds", "release", hold[:8], "--json").records[0]["released"]
    assert terminal("holds", "list", "--json").records[0]["released"]
    assert terminal("holds", "release", hold[:8]).code == 2
    assert terminal("users", "erase", "--person", OLE, "--yes").code == 0


def test_periods_are_shown_set_and_run(terminal: Terminal) -> None:
    shown = terminal("retention", "show", "--json").records
    assert {one["days"] for one in shown} == {None}

    assert terminal("retention", "set", "drafts").code == 2
    assert terminal("retention", "set", "drafts", "--days", "1").code == 2
    terminal("retention", "set", "drafts", "--days", "30")
    planned = terminal("retention", "run", "--dry-run", "--json").records
    done = terminal("retention", "run", "--json").records

    assert planned == [{"name": "drafts", "due": 0}, {"name": "hidden_chats", "due": 0}]
    assert done == [{"name": "drafts", "deleted": 0}, {"name": "hidden_chats", "deleted": 0}]
    assert terminal("retention", "set", "drafts", "--keep", "--json").code == 0
