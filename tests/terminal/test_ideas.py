"""`ideas similar`, `review` and `export` in the terminal."""

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlmodel import select

from core.domain.ideas.card import IdeaCategory, IdeaDraft
from core.domain.identity import SYSTEM, Role
from core.storage.tables import IdeaReviewRow, IdeaRow
from ideas.scoring.criteria import shipped_criteria
from terminal.context import user_named
from tests.terminal.conftest import Terminal

OLE, RITA, ROB = (f"{name}@nordhafen.example" for name in ("ole", "rita", "rob"))
DRAFT = IdeaDraft(
    "Answer travel questions",
    "Every week we type the same travel questions into long e-mails.",
    "Let the sandbox answer them with the page of the policy.",
    IdeaCategory.INTERNAL_OPTIMISATION,
    "Two hours a week",
)
SCORES = [option for key in shipped_criteria().scored for option in ("--score", f"{key}=4")]
COMMENT = "The policy is at hand, and everyone asks."


@pytest.fixture
def office(terminal: Terminal) -> Terminal:
    """Ole submitted an idea, which is in evaluation; Rita and Rob are reviewers."""
    for email in (OLE, RITA, ROB):
        terminal.add_person(email)
    for email in (RITA, ROB):
        terminal.services.people.set_role(SYSTEM, user_named(email).id, Role.REVIEWER)
    terminal.services.ideas.cards.submit(user_named(OLE), DRAFT)
    with terminal.services.database.begin() as session:
        for row in session.exec(select(IdeaRow)).all():
            row.status = "evaluation"
    return terminal


def test_a_similar_idea_is_one_line_of_json(office: Terminal) -> None:
    ran = office("ideas", "similar", "Answer questions on travel", "--user", OLE, "--json")

    (record,) = ran.records
    assert (ran.code, ran.err) == (0, "")
    assert (record["number"], record["title"]) == ("IDEA-0001", DRAFT.title)
    assert (record["status"], record["quadrant"]) == ("evaluation", None)
    assert (record["votes"], record["same_title"]) == (0, False)


def test_a_title_that_exists_is_told(office: Terminal) -> None:
    ran = office("ideas", "similar", "answer TRAVEL questions!", "--user", OLE, "--json")

    assert [record["same_title"] for record in ran.records] == [True]


def test_nothing_similar_is_no_error(office: Terminal) -> None:
    ran = office("ideas", "similar", "Zebra", "--user", OLE, "--json")

    assert (ran.code, ran.records) == (0, [])


def test_a_reviewer_sees_what_waits_and_hands_reviews_in(office: Terminal) -> None:
    before = office("ideas", "review", "--user", RITA, "--json").records
    ran = office(
        "ideas", "review", "IDEA-0001", "--user", RITA, *SCORES, "--comment", COMMENT,
        "--recommend", "approve", "--json",
    )  # fmt: skip
    after = office("ideas", "review", "--user", RITA, "--json").records

    assert [(r["number"], r["waits_for"]) for r in before] == [("IDEA-0001", "reviewer")]
    assert (ran.code, ran.err) == (0, "")
    assert ran.records == [
        {
            "number": "IDEA-0001",
            "title": DRAFT.title,
            "status": "evaluation",
            "quadrant": "quick_win",
        }
    ]
    assert after == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--score", "impact=9"], "outside the scale"),
        (["--score", "impact"], "is no score"),
        ([], "Choose a score"),
        ([*SCORES, "--comment", "Short"], "at least 20 characters"),
    ],
)
def test_what_is_wrong_with_a_review_is_told(
    office: Terminal, options: list[str], words: str
) -> None:
    ran = office("ideas", "review", "IDEA-0001", "--user", RITA, *options)

    assert ran.code == 2
    assert words in ran.err
    waiting = office("ideas", "review", "--user", RITA, "--json").records
    assert [row["waits_for"] for row in waiting] == ["reviewer"]  # nobody was asked by it


def test_nobody_reviews_their_own_idea(office: Terminal) -> None:
    ran = office("ideas", "review", "IDEA-0001", "--user", OLE, *SCORES)

    assert ran.code != 0
    assert ran.err


def test_a_conflict_of_interest_ends_the_review(office: Terminal) -> None:
    ran = office("ideas", "review", "1", "--user", RITA, "--conflict", "My brother sells it.")

    assert ran.code == 0
    assert office("ideas", "review", "--user", RITA, "--json").records == []


def test_a_conflict_without_a_reason_asks_nobody_for_a_review(office: Terminal) -> None:
    ran = office("ideas", "review", "1", "--user", RITA, "--conflict", "x")

    assert ran.code == 2
    assert "Say in a few words" in ran.err
    with office.services.database.read() as session:
        assert session.exec(select(IdeaReviewRow)).all() == []


def test_ideas_are_exported_into_files(office: Terminal, tmp_path: Path) -> None:
    names = ("ideas.csv", "ideas.xlsx", "portfolio.pdf")
    for name in names:
        ran = office("ideas", "export", "--output", str(tmp_path / name))
        assert (ran.code, ran.out) == (0, "")
    page = office("ideas", "export", "--idea", "IDEA-0001", "--output", str(tmp_path / "idea.pdf"))

    (row,) = csv.DictReader(io.StringIO((tmp_path / "ideas.csv").read_text("utf-8-sig")))
    assert (page.code, row["number"]) == (0, "IDEA-0001")
    assert load_workbook(tmp_path / "ideas.xlsx").active.max_row == 2
    assert DRAFT.problem in " ".join(
        PdfReader(tmp_path / "idea.pdf").pages[0].extract_text().split()
    )
    assert "No idea of this view" in PdfReader(tmp_path / "portfolio.pdf").pages[0].extract_text()


@pytest.mark.parametrize(
    "options", [["--output", "ideas.docx"], ["--idea", "1"], ["--output", "/nowhere/ideas.csv"]]
)
def test_a_file_that_cannot_be_written_is_told(office: Terminal, options: list[str]) -> None:
    ran = office("ideas", "export", *options)

    assert ran.code != 0
    assert ran.err


def test_an_export_follows_its_filter_and_its_reader(office: Terminal) -> None:
    all_states = office("ideas", "export", "--user", OLE, "--json").records
    none = office("ideas", "export", "--state", "parked", "--json").records

    assert [record["number"] for record in all_states] == ["IDEA-0001"]
    assert none == []
