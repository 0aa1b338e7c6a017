"""`sync` from the terminal."""

from tests.terminal.conftest import LEAVE, LUNCH, Terminal


def test_a_folder_is_followed(terminal: Terminal) -> None:
    terminal("collections", "add", "Handbook", "--open")
    leave = terminal.file("leave.txt", LEAVE)
    terminal.file("sub/lunch.txt", LUNCH)
    arguments = ("sync", str(leave.parent), "--collection", "Handbook", "--json")

    dry = terminal(*arguments, "--dry-run")
    first, second = terminal(*arguments), terminal(*arguments)
    leave.unlink()
    third = terminal(*arguments)

    assert [ran.code for ran in (dry, first, second, third)] == [0, 0, 0, 0]
    assert dry.records[0]["uploaded"] == first.records[0]["uploaded"]
    assert first.records[0]["uploaded"] == ["leave.txt", "sub/lunch.txt"]
    assert second.records[0]["changed"] == 0
    assert (third.records[0]["removed"], third.records[0]["deleted_chunks"]) == (["leave.txt"], 1)
    assert terminal("verify").code == 0


def test_a_folder_that_is_not_there_is_bad_usage(terminal: Terminal) -> None:
    terminal("collections", "add", "Handbook", "--open")

    assert terminal("sync", "nowhere", "--collection", "Handbook").code == 2
