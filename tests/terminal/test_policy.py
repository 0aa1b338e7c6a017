"""`policy`: the text, a new version, and who acknowledged it."""

from admin.policy.shipped import shipped_text
from core.domain.governance.policy import text_sha256
from core.domain.identity import SYSTEM
from tests.terminal.conftest import LEAVE, QUESTION, Terminal

ANNA = "anna@nordhafen.example"


def test_a_fresh_sandbox_has_the_shipped_policy(terminal: Terminal) -> None:
    [record] = terminal("policy", "show", "--json").records
    shown = terminal("policy", "show")

    assert (record["number"], record["is_material"]) == (1, True)
    assert record["sha256"] == text_sha256(shipped_text())
    assert shown.out == shipped_text() + "\n"


def test_a_version_is_published_from_a_file_and_audited(terminal: Terminal) -> None:
    rules = terminal.file("rules.md", "# Rules\n\nDo no harm.\n")

    [record] = terminal("policy", "publish", str(rules), "--note", "Shorter", "--json").records
    again = terminal("policy", "publish", str(rules), "--note", "Shorter")

    assert (record["number"], record["is_material"], record["note"]) == (2, True, "Shorter")
    assert (again.code, "published text already" in again.err) == (2, True)
    [old] = terminal("policy", "show", "--version", "1", "--json").records
    assert old["text"] == shipped_text()
    events = terminal("audit", "list", "--action", "policy.published", "--json").records
    assert [event["details"]["number"] for event in events] == [2]


def test_what_is_no_text_and_what_is_not_there_is_refused_with_a_sentence(
    terminal: Terminal,
) -> None:
    picture = terminal.file("picture.md", b"\x89PNG\xff\xfe")

    assert "no text in UTF-8" in terminal("policy", "publish", str(picture)).err
    assert "cannot be read" in terminal("policy", "publish", "nowhere.md").err
    assert terminal("policy", "show", "--version", "7").code == 2


def test_status_tells_who_is_missing(terminal: Terminal) -> None:
    terminal.add_person(ANNA)
    terminal.add_person("ben@nordhafen.example")
    policies = terminal.services.policy.versions
    [anna, _] = terminal.services.people.list_all(SYSTEM)
    version = policies.current(anna)
    assert version is not None
    policies.acknowledge(anna, version.id, version.sha256)

    everyone = terminal("policy", "status", "--json").records
    missing = terminal("policy", "status", "--missing", "--json").records
    told = terminal("policy", "status")

    assert [(one["email"], one["acknowledged"], one["version"]) for one in everyone] == [
        ("ben@nordhafen.example", False, None),
        (ANNA, True, 1),
    ]
    assert [one["email"] for one in missing] == ["ben@nordhafen.example"]
    assert "1 of 2 have acknowledged the policy." in told.err


def test_the_operator_acts_for_people_who_have_not_acknowledged(terminal: Terminal) -> None:
    terminal.add_person(ANNA)
    terminal("collections", "add", "Handbook", "--open")
    terminal("ingest", str(terminal.file("leave.txt", LEAVE)), "--collection", "Handbook")

    ran = terminal("ask", QUESTION, "--user", ANNA)

    assert ran.code == 0, ran.err
    assert "90 working days" in ran.out
