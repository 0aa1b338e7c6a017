"""`users` and `collections`: what is created, who may read it, and what is refused."""

import pytest

from core.domain.identity import SYSTEM
from tests.terminal.conftest import PASSWORD, Terminal

ANNA = "anna@nordhafen.example"


def test_an_account_is_created_with_role_and_groups(terminal: Terminal) -> None:
    terminal("groups", "add", "hr")
    terminal("groups", "add", "board")

    ran = terminal(
        *("users", "add", "Anna.Berg@Nordhafen.example", "--role", "admin", "--group", "hr"),
        *("--group", "board", "--password-stdin", "--json"),
        stdin=f"{PASSWORD}\n",
    )

    assert ran.code == 0
    assert [(r["email"], r["role"]) for r in ran.records] == [
        ("anna.berg@nordhafen.example", "admin")
    ]
    assert terminal("users", "list", "--json").records == [
        {
            "email": "anna.berg@nordhafen.example",
            "name": "Anna Berg",
            "role": "admin",
            "groups": ["board", "hr"],
            "active": True,
        }
    ]


def test_the_password_is_the_line_without_its_end(terminal: Terminal) -> None:
    terminal("users", "add", ANNA, "--password-stdin", stdin=f"{PASSWORD}\r\nmore\n")

    assert terminal.services.sign_in.sign_in(ANNA, PASSWORD)


def test_a_password_is_never_written_out(terminal: Terminal) -> None:
    ran = terminal("users", "add", ANNA, "--password-stdin", "--json", stdin=PASSWORD)

    assert ran.code == 0
    assert PASSWORD not in ran.out + ran.err


@pytest.mark.parametrize("password", ["", "short", "nordhafen logistics", "123456789012"])
def test_a_weak_password_is_refused_with_a_sentence(terminal: Terminal, password: str) -> None:
    ran = terminal("users", "add", ANNA, "--password-stdin", "--json", stdin=f"{password}\n")

    assert (ran.code, ran.out) == (2, "")
    assert "password" in ran.err
    assert ran.err.rstrip().endswith((".", "well."))
    assert terminal.services.people.list_all(SYSTEM) == []


def test_without_a_terminal_the_password_has_to_come_from_standard_input(
    terminal: Terminal,
) -> None:
    ran = terminal("users", "add", ANNA, stdin=f"{PASSWORD}\n")

    assert (ran.code, ran.out) == (2, "")
    assert "--password-stdin" in ran.err


def test_an_address_that_is_none_is_bad_usage(terminal: Terminal) -> None:
    ran = terminal("users", "add", "anna", "--password-stdin", stdin=f"{PASSWORD}\n")

    assert (ran.code, ran.out) == (2, "")
    assert "e-mail address" in ran.err


def test_a_second_account_of_the_same_address_fails(terminal: Terminal) -> None:
    terminal.add_person(ANNA)

    ran = terminal("users", "add", ANNA.upper(), "--password-stdin", stdin=f"{PASSWORD}\n")

    assert (ran.code, ran.out) == (1, "")
    assert "already" in ran.err


def test_an_unknown_role_is_bad_usage(terminal: Terminal) -> None:
    ran = terminal("users", "add", ANNA, "--role", "king", "--password-stdin", stdin=PASSWORD)

    assert (ran.code, ran.out) == (2, "")
    assert "reviewer" in ran.err


def test_a_collection_is_read_by_nobody_unless_it_is_opened(terminal: Terminal) -> None:
    terminal.add_group("hr")
    terminal.add_group("board")
    terminal("collections", "add", "Closed")
    terminal("collections", "add", "Pay", "--group", "hr", "--group", "board")
    terminal("collections", "add", "Handbook", "--open", "--sensitivity", "public")

    records = terminal("collections", "list", "--json").records

    assert [(r["name"], r["open"], r["groups"], r["sensitivity"]) for r in records] == [
        ("Closed", False, [], "internal"),
        ("Handbook", True, [], "public"),
        ("Pay", False, ["board", "hr"], "internal"),
    ]
    assert {(r["documents"], r["embedding_model"]) for r in records} == {(0, "hashing")}


def test_a_new_collection_is_told_with_its_id(terminal: Terminal) -> None:
    [record] = terminal("collections", "add", "Handbook", "--json").records

    [collection] = terminal.services.collections.list_all(SYSTEM)
    assert record == {"name": "Handbook", "id": collection.id}


def test_a_second_collection_of_the_same_name_fails(terminal: Terminal) -> None:
    terminal("collections", "add", "Handbook")

    ran = terminal("collections", "add", "Handbook", "--json")

    assert (ran.code, ran.out) == (1, "")
    assert "already" in ran.err


def test_tables_show_names_letter_for_letter(terminal: Terminal) -> None:
    terminal("collections", "add", "[red]Pay[/bold]")

    ran = terminal("collections", "list")

    assert ran.code == 0
    assert "[red]Pay[/bold]" in ran.out


def test_an_empty_list_is_a_message_and_no_result(terminal: Terminal) -> None:
    ran = terminal("collections", "list")

    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "Nothing to show.\n"


def test_an_empty_list_as_json_has_no_line(terminal: Terminal) -> None:
    ran = terminal("users", "list", "--json")

    assert (ran.code, ran.out, ran.err) == (0, "", "")
