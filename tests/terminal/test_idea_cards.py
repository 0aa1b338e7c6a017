"""`ideas list`, `show`, `submit` and `move` in the terminal."""

import pytest

from core.domain.identity import SYSTEM, Role
from terminal.context import user_named
from tests.terminal.conftest import Ran, Terminal

OLE, MIA, RITA = (f"{name}@nordhafen.example" for name in ("ole", "mia", "rita"))
IDEA = {
    "--title": "Answer travel questions",
    "--problem": "Every week we type the same travel questions into long e-mails.",
    "--proposal": "Let the sandbox answer them with the page of the policy.",
    "--category": "internal_optimisation",
}
REASON = ("--reason", "Agreed in the meeting of today.")


@pytest.fixture
def office(terminal: Terminal) -> Terminal:
    for email in (OLE, MIA, RITA):
        terminal.add_person(email)
    terminal.services.people.set_role(SYSTEM, user_named(RITA).id, Role.REVIEWER)
    return terminal


def submit(office: Terminal, *more: str, **changes: str) -> Ran:
    options = IDEA | {f"--{name}": value for name, value in changes.items()}
    given = [part for option in options.items() for part in option]
    return office("ideas", "submit", "--user", OLE, *given, *more, "--json")


def test_an_idea_is_submitted_listed_and_shown(office: Terminal) -> None:
    ran = submit(office)

    assert (ran.code, ran.err) == (0, "")
    told = {
        "number": "IDEA-0001",
        "title": IDEA["--title"],
        "status": "submitted",
        "quadrant": None,
    }
    assert ran.records == [told]
    [listed] = office("ideas", "list", "--json").records
    assert listed | told == listed
    assert (listed["submitter"], listed["votes"], listed["comments"]) == ("Ole", 0, 0)
    [shown] = office("ideas", "show", "1", "--json").records
    assert shown | told == shown
    assert [step["to"] for step in shown["way"]] == ["submitted"]
    assert {"to": "triage", "needs": ["reason"]} in shown["moves"]
    assert "Every week we type" in office("ideas", "show", "IDEA-0001").out


def test_all_fields_are_taken_with_people_and_files(office: Terminal) -> None:
    note = office.file("note.txt", "Ten a day.")

    submit(
        office, "--benefit", "Two hours", "--unit", "Sales", "--tag", "hr", "--hours", "12.5",
        "--money", "99.90", "--data", "Policy", "--with", MIA, "--attach", str(note),
        "--summary", "Fewer mails",
    )  # fmt: skip

    card = office.services.ideas.cards.get(SYSTEM, "1")
    assert (card.draft.business_unit, card.draft.tags) == ("Sales", ("hr",))
    assert card.draft.estimate.hours_per_month == 12.5
    assert str(card.draft.estimate.money_per_month) == "99.900000"
    assert [person.name for person in card.co_submitters] == ["Mia"]
    [file] = office.services.ideas.attachments.list(SYSTEM, idea_id=card.id)
    assert file.file_name == "note.txt"


def test_what_needs_work_is_told_and_nothing_is_stored(office: Terminal) -> None:
    ran = submit(office, title="Short", problem="Short")

    assert ran.code == 2
    assert "title of 10 to 100 characters" in ran.err
    assert "problem in at least 30 characters" in ran.err
    assert submit(office, "--money", "many").code == 2
    assert submit(office, category="other").code == 2
    assert office("ideas", "list", "--json").records == []


def test_a_title_that_exists_leads_to_the_other_idea(office: Terminal) -> None:
    submit(office)

    ran = submit(office, title="ANSWER travel questions!")

    assert ran.code == 1
    assert "IDEA-0001" in ran.err


def test_a_list_is_filtered_sorted_and_short(office: Terminal) -> None:
    for number, unit in enumerate(("Sales", "IT", "Sales"), start=1):
        submit(office, title=f"Idea with the number {number}", unit=unit)

    def numbers(*options: str) -> list[str]:
        return [record["number"] for record in office("ideas", "list", *options, "--json").records]

    assert numbers() == ["IDEA-0003", "IDEA-0002", "IDEA-0001"]
    assert numbers("--unit", "Sales", "--order", "oldest") == ["IDEA-0001", "IDEA-0003"]
    assert numbers("--search", "number 2") == ["IDEA-0002"]
    assert numbers("--limit", "1") == ["IDEA-0003"]
    assert numbers("--state", "declined") == []
    assert numbers("--owner", RITA) == []
    assert office("ideas", "list", "--campaign", "None").code == 2


def test_a_move_is_made_with_its_reason_or_says_what_it_lacks(office: Terminal) -> None:
    submit(office)

    moved = office("ideas", "move", "1", "triage", *REASON, "--user", RITA, "--json")
    refused = office("ideas", "move", "1", "evaluation", *REASON, "--json")
    no_way = office("ideas", "move", "1", "production", *REASON)
    foreign = office("ideas", "move", "1", "declined", *REASON, "--user", MIA)

    assert [record["status"] for record in moved.records] == ["triage"]
    assert (refused.code, "risk triage" in refused.err) == (1, True)
    assert (no_way.code, "to “in production”" in no_way.err) == (1, True)
    assert (foreign.code, "Only reviewers" in foreign.err) == (1, True)
    [shown] = office("ideas", "show", "1", "--json").records
    assert [(step["to"], step["by"]) for step in shown["way"]][1:] == [("triage", "Rita")]


def test_a_duplicate_leads_to_its_original(office: Terminal) -> None:
    submit(office)
    submit(office, title="Something quite similar")

    moved = office("ideas", "move", "2", "duplicate", *REASON, "--original", "IDEA-0001", "--json")

    assert [record["status"] for record in moved.records] == ["duplicate"]
    assert [r["number"] for r in office("ideas", "show", "2", "--json").records] == ["IDEA-0001"]


@pytest.mark.parametrize(
    "command",
    [
        ("show", "7"),
        ("move", "7", "triage", *REASON),
        ("list", "--user", "nobody@nordhafen.example"),
    ],
)
def test_what_does_not_exist_is_told(office: Terminal, command: tuple[str, ...]) -> None:
    ran = office("ideas", *command)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.strip().endswith(("exist.", "example"))


def test_a_person_is_exported_and_taken_out_of_all_ideas(office: Terminal) -> None:
    submit(office)

    exported = office("ideas", "export-person", OLE, "--json").records
    refused = office("ideas", "erase-person", OLE)
    erased = office("ideas", "erase-person", OLE, "--yes", "--json").records

    assert [(record["kind"], record["number"]) for record in exported] == [
        ("idea", "IDEA-0001"),
        ("move", "IDEA-0001"),
    ]
    assert (refused.code, "--yes" in refused.err) == (2, True)
    assert erased[0]["rows"] >= 2
    [shown] = office("ideas", "show", "1", "--json").records
    assert shown["submitter"] == "a former employee"
