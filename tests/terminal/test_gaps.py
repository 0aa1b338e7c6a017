"""Knowledge gaps in the terminal."""

from core.domain.gaps import GapStatus
from core.storage.tables import KnowledgeGapRow
from tests.terminal.conftest import Terminal


def add_gap(terminal: Terminal, question: str) -> str:
    row = KnowledgeGapRow(question=question, status=GapStatus.OPEN.value)
    with terminal.services.database.begin() as session:
        session.add(row)
    return row.id


def test_a_gap_is_listed_and_answered(terminal: Terminal) -> None:
    gap = add_gap(terminal, "Who won in 1974?")

    [listed] = terminal("gaps", "list", "--status", "open", "--json").records
    [answered] = terminal("gaps", "answer", gap, "West Germany.", "--json").records

    assert (listed["id"], listed["asked_by"]) == (gap, "a former employee")
    assert (answered["status"], answered["reply"]) == ("answered", "West Germany.")
    assert terminal("gaps", "list", "--status", "open", "--json").records == []


def test_a_gap_is_closed_or_declined_with_a_reason(terminal: Terminal) -> None:
    gap, other = add_gap(terminal, "Who won in 1974?"), add_gap(terminal, "And in 1978?")

    [closed] = terminal("gaps", "close", gap, "On the sports page.", "--json").records
    [declined] = terminal("gaps", "close", other, "Not ours.", "--decline", "--json").records

    assert (closed["status"], declined["status"]) == ("closed", "declined")


def test_a_gap_that_does_not_exist_is_bad_usage(terminal: Terminal) -> None:
    ran = terminal("gaps", "answer", "nothing", "Words.")

    assert (ran.code, "no longer exists" in ran.err) == (2, True)


def test_a_collection_gets_an_owner(terminal: Terminal) -> None:
    terminal("collections", "add", "Handbook")
    terminal.add_person("ben@nordhafen.example")

    ran = terminal("collections", "set-owner", "Handbook", "ben@nordhafen.example", "--json")

    assert ran.records == [{"name": "Handbook", "owner": "Ben"}]
    assert terminal("collections", "list", "--json").records[0]["owner"] == "Ben"
