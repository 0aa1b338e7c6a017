"""`audit`: what was done, found by filters, handed on as files, and proven to be whole."""

import csv
import io

import pytest

from tests.terminal.conftest import Terminal

ANNA = "anna@nordhafen.example"


def test_events_are_found_by_action_object_and_day(terminal: Terminal) -> None:
    terminal.add_person(ANNA, "hr")
    [person] = terminal("users", "list", "--json").records
    terminal("users", "set", ANNA, "--role", "reviewer")

    found = terminal("audit", "list", "--action", "person.", "--json").records
    of_day = terminal("audit", "list", "--until", "2020-01-01", "--json").records

    assert [event["action"] for event in found][:2] == ["person.role_changed", "person.added"]
    assert found[0]["details"] == {"before": "employee", "after": "reviewer"}
    assert found[0]["origin"].startswith("os:")
    assert of_day == []
    assert person["email"] == ANNA
    by_id = terminal("audit", "list", "--object", found[0]["object"], "--json").records
    assert {event["action"] for event in by_id} >= {"person.role_changed", "person.added"}


def test_an_export_is_whole_harmless_in_a_spreadsheet_and_recorded(terminal: Terminal) -> None:
    terminal.add_person("=1+1@nordhafen.example")

    lines = terminal("audit", "export", "--json").records
    table = list(csv.DictReader(io.StringIO(terminal("audit", "export").out.lstrip("\ufeff"))))

    assert lines[0]["action"] == "audit.exported"
    assert [row["action"] for row in table] == [
        "audit.exported",
        *(line["action"] for line in lines),
    ]


def test_the_newest_events_come_last(terminal: Terminal) -> None:
    for name in ("one", "two", "three"):
        terminal("groups", "add", name)
    listed = terminal("audit", "list", "--json").records

    tail = terminal("audit", "tail", "--lines", "2", "--json").records
    nothing = terminal("audit", "tail", "--lines", "0")

    assert tail == [listed[1], listed[0]]
    assert (nothing.code, nothing.out) == (0, "")
    assert "group.added" in terminal("audit", "tail").out


def test_a_log_that_nobody_touched_is_whole_and_its_head_proves_it_later(
    terminal: Terminal,
) -> None:
    terminal.add_person(ANNA)
    head = terminal("audit", "head", "--json").records[0]["head"]
    terminal.add_person("ben@nordhafen.example")

    told = terminal("audit", "verify", "--head", head)
    [record] = terminal("audit", "verify", "--json").records

    assert (told.code, record["whole"], record["findings"]) == (0, True, [])
    assert told.out.startswith("The audit log is whole")
    assert terminal("audit", "head").out.strip() == record["head"] == record["kept_head"]


def test_a_cut_end_is_told_until_it_is_accepted(terminal: Terminal) -> None:
    terminal.add_person(ANNA)
    head_file = terminal.folder / "data" / "audit.head"
    number, _, digest = head_file.read_text().partition(":")
    head_file.write_text(f"{int(number) + 2}:{digest}")

    told = terminal("audit", "verify")
    unasked = terminal("audit", "accept")
    accepted = terminal("audit", "accept", "--yes", "--json").records

    assert told.code == 1
    assert f"The end is missing, from entry {int(number) + 1} on." in told.out
    assert "Keep a copy of the database" in told.err
    assert unasked.code == 2
    assert accepted == [{"entries": int(number), "damaged": 1}]
    assert terminal("audit", "verify").code == 0
    [event] = terminal("audit", "list", "--action", "audit.accepted", "--json").records
    assert event["details"] == {
        "damaged": 1,
        "entries": int(number),
        "kept_head": int(number) + 2,
    }


@pytest.mark.parametrize("text", ["", "12", "12:xyz", "x" * 200])
def test_a_text_that_is_no_head_is_told(terminal: Terminal, text: str) -> None:
    ran = terminal("audit", "verify", "--head", text)

    assert (ran.code, ran.out) == (2, "")
    assert "is no head of the audit log" in ran.err
