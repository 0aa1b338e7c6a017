"""The vocabulary in the terminal."""

from pathlib import Path

from tests.terminal.conftest import Terminal


def test_a_set_is_added_listed_edited_and_removed(terminal: Terminal) -> None:
    [added] = terminal("vocabulary", "add", "mooring fee, berth charge", "--json").records
    listed = terminal("vocabulary", "list", "--json").records
    [edited] = terminal("vocabulary", "edit", added["id"], "mooring fee, dues", "--json").records
    [removed] = terminal("vocabulary", "remove", edited["id"], "--json").records

    assert listed == [added]
    assert (added["words"], added["status"], added["added_by"]) == (
        "mooring fee, berth charge",
        "on",
        "terminal",
    )
    assert (edited["words"], removed["words"]) == ("mooring fee, dues", "mooring fee, dues")
    assert terminal("vocabulary", "list", "--json").records == []


def test_a_shipped_set_is_found_and_switched_off(terminal: Terminal) -> None:
    [found] = terminal("vocabulary", "list", "--shipped", "--search", "elevator", "--json").records
    terminal("vocabulary", "switch-off", found["id"])
    off = terminal("vocabulary", "preview", "the elevator", "--json").records
    terminal("vocabulary", "switch-on", found["id"])
    [on] = terminal("vocabulary", "preview", "the elevator", "--json").records

    assert (off, on) == ([], {"asked": "elevator", "also": "lift"})


def test_a_file_is_planned_imported_and_exported(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "words.csv"
    file.write_text("mooring fee;berth charge\nalone\n", encoding="utf-8")

    planned = terminal("vocabulary", "import", str(file), "--dry-run", "--json")
    before = terminal("vocabulary", "export").out
    terminal("vocabulary", "import", str(file))

    assert planned.records == [{"added": 1, "switched": 0, "already_there": 0, "not_a_set": 1}]
    assert "Line 2: " in planned.err
    assert before == ""
    assert terminal("vocabulary", "export").out == "mooring fee, berth charge\n"


def test_what_cannot_be_used_ends_with_a_sentence(terminal: Terminal, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"\xff\xfe")

    attempts = [
        terminal("vocabulary", "add", "alone"),
        terminal("vocabulary", "remove", "zzzz"),
        terminal("vocabulary", "remove", ""),
        terminal("vocabulary", "import", str(bad)),
        terminal("vocabulary", "import", str(tmp_path / "missing.csv")),
    ]

    assert [ran.code for ran in attempts] == [2] * 5
    assert "needs two words" in attempts[0].err
    assert "vocabulary list --shipped" in attempts[1].err
