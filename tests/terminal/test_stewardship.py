"""Documents and who answers for them, in the terminal."""

from datetime import timedelta

from ingestion.library.reviews import today
from tests.terminal.conftest import LEAVE, Terminal

NEXT_YEAR = (today() + timedelta(days=365)).isoformat()


def add_document(terminal: Terminal) -> str:
    terminal("collections", "add", "Handbook")
    terminal("ingest", str(terminal.file("leave.md", LEAVE)), "--collection", "Handbook")
    [listed] = terminal("documents", "list", "--json").records
    document_id: str = listed["id"]
    return document_id


def test_a_document_is_listed_and_shown_with_its_fitness(terminal: Terminal) -> None:
    document = add_document(terminal)

    [listed] = terminal("documents", "list", "--collection", "Handbook", "--json").records
    [shown] = terminal("documents", "show", document, "--json").records

    assert (listed["fitness"], listed["classification"]) == ("good", "internal")
    assert (shown["pages"], shown["readable_pages"], shown["concerns"]) == (1, 1, [])
    assert "fitness" in terminal("documents", "show", document).out


def test_owner_class_and_review_date_are_set(terminal: Terminal) -> None:
    document = add_document(terminal)
    terminal.add_person("ben@nordhafen.example")

    ran = terminal(
        *("documents", "set", document, "--owner", "ben@nordhafen.example"),
        *("--classification", "public", "--review-by", NEXT_YEAR, "--json"),
    )
    [again] = terminal("documents", "set", document, "--owner", "", "--json").records

    assert (ran.records[0]["owner"], ran.records[0]["classification"]) == ("Ben", "public")
    assert (again["owner"], again["review_by"]) == ("", NEXT_YEAR)


def test_a_review_is_noted_with_the_day_of_the_next(terminal: Terminal) -> None:
    document = add_document(terminal)

    [reviewed] = terminal("documents", "reviewed", document, "--next", NEXT_YEAR, "--json").records
    past = terminal("documents", "reviewed", document, "--next", "2020-01-01")

    assert (reviewed["review"], reviewed["review_by"]) == ("later", NEXT_YEAR)
    assert (past.code, "after today" in past.err) == (2, True)


def test_passages_of_a_page_are_shown(terminal: Terminal) -> None:
    document = add_document(terminal)

    [passage] = terminal("documents", "passages", document, "--json").records

    assert passage["text"] == LEAVE
    assert (passage["start"], passage["end"]) == (0, len(LEAVE))


def test_an_unknown_document_is_bad_usage(terminal: Terminal) -> None:
    assert terminal("documents", "show", "nothing").code == 2
    assert terminal("documents", "set", "nothing", "--source", "x").code == 2
