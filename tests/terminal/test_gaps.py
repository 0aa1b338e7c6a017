"""Knowledge gaps in the terminal."""

from core.domain.gaps import GapStatus
from core.domain.identity import SYSTEM
from core.storage.tables import KnowledgeGapRow
from tests.admin.gap_chats import GapOffice
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


def test_topics_are_listed_shown_settled_and_opened_again(terminal: Terminal) -> None:
    add_gap(terminal, "Who won in 1974?")
    terminal("collections", "add", "Handbook")

    [listed] = terminal("gaps", "--status", "open", "--json").records
    assert (listed["question"], listed["questions"], listed["people"]) == ("Who won in 1974?", 1, 1)
    assert terminal("gaps", "--collection", "Handbook", "--json").records == []

    topic = str(listed["id"])
    [settled] = terminal("gaps", "close", topic, "--reply", "West Germany.", "--json").records
    assert (settled["status"], settled["reply"]) == ("answered", "West Germany.")
    assert terminal("gaps", "list", "--json").records[0]["reply"] == "West Germany."
    [opened] = terminal("gaps", "reopen", topic, "--json").records
    assert (opened["status"], opened["reopened"]) == ("open", True)
    terminal.add_person("ben@nordhafen.example")
    [given] = terminal("gaps", "assign", topic, "ben@nordhafen.example", "--json").records
    assert given["responsible"] == "Ben"
    [declined] = terminal("gaps", "close", topic, "Not ours.", "--decline", "--json").records
    assert declined["status"] == "declined"


def test_what_closes_a_topic_must_exist(terminal: Terminal) -> None:
    gap = add_gap(terminal, "Who won in 1974?")
    [listed] = terminal("gaps", "--json").records

    missing = terminal("gaps", "close", str(listed["id"]), "--document", "Sports")
    single = terminal("gaps", "close", gap, "--reply", "West Germany.")
    wordless = terminal("gaps", "close", str(listed["id"]))

    assert [ran.code for ran in (missing, single, wordless)] == [2, 2, 2]
    assert "No documents are called “Sports”" in missing.err


def test_an_unanswered_question_is_shown_and_becomes_a_golden_one(terminal: Terminal) -> None:
    office = GapOffice(terminal.services.database)
    office.ask(office.ben, "Who won in 1974?")

    [listed] = terminal("gaps", "--json").records
    [shown] = terminal("gaps", "show", str(listed["id"]), "--json").records
    golden = terminal("gaps", "golden", str(listed["id"]))

    assert (shown["question"], shown["cause"]) == ("Who won in 1974?", "unanswered")
    assert golden.code == 0
    [case] = terminal.services.evaluations.promoted(SYSTEM).cases
    assert case.text == "Who won in 1974?"


def test_a_collection_gets_an_owner(terminal: Terminal) -> None:
    terminal("collections", "add", "Handbook")
    terminal.add_person("ben@nordhafen.example")

    ran = terminal("collections", "set-owner", "Handbook", "ben@nordhafen.example", "--json")

    assert ran.records == [{"name": "Handbook", "owner": "Ben"}]
    assert terminal("collections", "list", "--json").records[0]["owner"] == "Ben"
