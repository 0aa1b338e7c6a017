"""`incidents`: what people reported, and how it ends."""

from core.domain.governance.incidents import IncidentKind
from core.domain.identity import SYSTEM
from tests.terminal.conftest import Terminal

BEN = "ben@nordhafen.example"


def test_problems_are_listed_and_closed(terminal: Terminal) -> None:
    terminal.add_person(BEN)
    [ben] = terminal.services.people.list_all(SYSTEM)
    terminal.services.policy.versions.acknowledge(ben, *_current(terminal))
    [ben] = terminal.services.people.list_all(SYSTEM)
    terminal.services.incidents.reports.report(ben, IncidentKind.WRONG, words="Not so")

    [listed] = terminal("incidents", "list", "--json").records
    [closed] = terminal(
        "incidents", "close", "1", "--outcome", "explained", "--reply", "It is so", "--json"
    ).records
    again = terminal("incidents", "close", "1", "--outcome", "fixed")

    assert (listed["state"], listed["kind"], listed["words"]) == ("new", "wrong", "Not so")
    assert (closed["state"], closed["outcome"], closed["reply"]) == (
        "closed",
        "explained",
        "It is so",
    )
    assert (again.code, "closed" in again.err) == (1, True)
    assert terminal("incidents", "list", "--json").records == []
    assert len(terminal("incidents", "list", "--all", "--json").records) == 1


def test_an_unknown_number_is_named(terminal: Terminal) -> None:
    ran = terminal("incidents", "close", "7", "--outcome", "fixed")

    assert (ran.code, "INC-7" in ran.err) == (2, True)


def _current(terminal: Terminal) -> tuple[str, str]:
    version = terminal.services.policy.versions.current(SYSTEM)
    assert version is not None
    return version.id, version.sha256
