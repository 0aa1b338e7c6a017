"""An answer becomes an idea, is judged by two people, approved, tried, used and measured.

The tests of this file build on each other, as one idea's way does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.conftest import Person, person
from tools.trial.browser import PASSWORD
from tools.trial.served import ServedApp

pytestmark = pytest.mark.browser

QUESTION = "How many weeks of parental leave do I get?"
TITLE = "Leave assistant for new parents"
LIKE_IT = "An assistant that answers parents' questions about leave"
MOST_CLICKS = 4


@dataclass
class Company:
    """Who takes part: an employee, two reviewers and an administrator, each at a browser."""

    ben: Person
    rita: Person
    rob: Person
    ada: Person

    @property
    def everyone(self) -> tuple[Person, ...]:
        return (self.ben, self.rita, self.rob, self.ada)


@pytest.fixture(scope="module")
def company(browser: Browser, app: ServedApp) -> Iterator[Company]:
    roles = {"ben": "employee", "rita": "reviewer", "rob": "reviewer", "ada": "admin"}
    people = {}
    for name, role in roles.items():
        email = f"{name}@nordhafen.example"
        options = ("--role", role, "--name", name.title(), "--password-stdin")
        app.cli("users", "add", email, *options, stdin=f"{PASSWORD}\n")
        people[name] = person(browser, app)
        people[name].sign_in(email)
    app.cli(
        *("ideas", "submit", "--user", "ada@nordhafen.example", "--title", LIKE_IT),
        *("--problem", "New parents ask the same questions about leave again and again."),
        *("--proposal", "An assistant answers them from the policy, with the exact words."),
        *("--category", "internal_optimisation", "--benefit", "Half a day a week"),
    )
    yield Company(**people)
    for each in people.values():
        each.context.close()


def button(at: Person, name: str) -> Locator:
    return at.page.get_by_role("button", name=name, exact=True).last


def move(at: Person, name: str, reason: str) -> None:
    """Makes a move on the card that is open; the button stands once in the row, once below."""
    button(at, name).click()
    at.page.get_by_label("Reason", exact=True).fill(reason)
    at.page.locator(".st-key-make-move button").click()


def open_card(at: Person, tab: str = "Idea") -> None:
    at.open("/ideas?idea=IDEA-0002" + ("" if tab == "Idea" else f"&tab={tab}"))


def test_an_answer_is_submitted_as_an_idea_in_four_clicks(company: Company) -> None:
    ben, clicks = company.ben, 0

    def click(target: Locator) -> None:
        nonlocal clicks
        target.click()
        clicks += 1

    ben.ask(QUESTION)
    click(ben.page.get_by_role("button", name="Make it an idea"))
    ben.page.get_by_label("Title").fill(TITLE)
    ben.page.get_by_label(re.compile("^Problem")).fill(
        "New parents ask the same questions about leave every week and wait for days."
    )
    ben.page.get_by_label(re.compile("^Proposal")).fill(
        "An assistant answers them from the policy, with its exact words."
    )
    ben.page.get_by_label(re.compile("^Expected benefit")).fill("Half a day a week")
    click(ben.page.get_by_role("radio", name="Internal optimisation"))
    hint = ben.page.locator(".st-key-similar-ideas")
    expect(hint).to_contain_text(LIKE_IT)
    expect(hint.get_by_role("button", name="Vote for this one instead")).to_be_visible()
    ben.screenshot("idea-form")
    click(button(ben, "Submit idea"))

    expect(ben.page.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(ben.page.get_by_text("IDEA-0002").first).to_be_visible()
    assert clicks <= MOST_CLICKS


def test_the_card_shows_the_conversation_it_comes_from(company: Company) -> None:
    company.ben.page.get_by_text("From a conversation").click()

    expect(company.ben.page.get_by_text("Parental Leave Policy").first).to_be_visible()
    expect(company.ben.page.get_by_text(QUESTION).first).to_be_visible()
    expect(button(company.ben, "Withdraw")).to_be_visible()
    expect(button(company.ben, "Start triage")).to_have_count(0)


def test_a_reviewer_finds_it_in_the_queue_and_triages_its_risk(company: Company) -> None:
    rita = company.rita
    rita.open("/idea-review")
    rita.screenshot("idea-review")
    row = rita.page.locator("[class*=st-key-triage-]").filter(has_text=TITLE)
    row.get_by_role("button", name="Triage").click()
    move(rita, "Start triage", "Worth a look today.")

    expect(rita.page.get_by_text("to answer before there is a result")).to_be_visible()
    answer_all_with_no(rita)
    expect(rita.page.locator(".st-key-triage-result")).to_contain_text("Minimal risk")
    rita.screenshot("idea-triage")
    button(rita, "Record triage").click()

    expect(rita.page.locator(".st-key-triage-result")).to_have_count(0)
    expect(rita.page.get_by_text("Minimal risk").first).to_be_visible()


def answer_all_with_no(reviewer: Person) -> None:
    """Says that it is AI, and no to everything else; some questions appear by an answer."""
    reviewer.page.get_by_role("radiogroup").first.get_by_text("Yes", exact=True).click()
    reviewer.settle()
    rest = reviewer.page.get_by_role("button", name="Answer the rest with no")
    for place in range(rest.count()):
        rest.nth(place).click()
        reviewer.settle()
    for group in reviewer.page.get_by_role("radiogroup").all():
        if not group.locator("input:checked").count():
            group.get_by_text("No", exact=True).click()
            reviewer.settle()


def test_it_goes_to_evaluation_and_two_reviewers_score_it_blind(company: Company) -> None:
    open_card(company.rita)
    move(company.rita, "Send to evaluation", "The risk is minimal, so it can be scored.")
    expect(company.rita.page.get_by_text("In evaluation").first).to_be_visible()

    review(company.rita, "rita", value=4, feasibility=5)
    expect(company.rita.page.get_by_text("Your review is in.").first).to_be_visible()
    take_on(company.rob)
    expect(company.rob.page.get_by_text("You see the scores of others once")).to_be_visible()
    open_card(company.rob, "Reviews")
    expect(company.rob.page.get_by_text("once your own review is in")).to_be_visible()
    expect(company.rob.page.get_by_text("rita's reason")).to_have_count(0)
    company.rob.screenshot("idea-reviews-blind")

    review(company.rob, "rob", value=5, feasibility=4, is_taken=True)
    expect(company.rob.page.get_by_text("rita's reason")).to_be_visible()
    expect(company.rob.page.get_by_text("Quick win")).to_be_visible()
    company.rob.screenshot("idea-reviews")


def take_on(reviewer: Person) -> None:
    reviewer.open("/idea-review")
    row = reviewer.page.locator("[class*=st-key-reviewer-]").filter(has_text=TITLE)
    row.get_by_role("button", name="Take it on").click()
    reviewer.settle()


def review(
    reviewer: Person, name: str, *, value: int, feasibility: int, is_taken: bool = False
) -> None:
    if is_taken:
        open_card(reviewer, "Reviews")
        button(reviewer, "Write your review").click()
    else:
        take_on(reviewer)
    expect(reviewer.page.get_by_role("radiogroup")).to_have_count(9)
    for column, score in ((0, value), (1, feasibility)):
        axis = reviewer.page.locator("[data-testid=stColumn]").nth(column)
        for criterion in axis.get_by_role("radiogroup").all():
            criterion.get_by_text(re.compile(f"^{score} · ")).click()
            reviewer.settle()
    reviewer.page.get_by_label("Why?").fill(f"This is {name}'s reason, and it is long enough.")
    reviewer.page.get_by_text("Approve", exact=True).last.click()
    reviewer.settle()
    reviewer.screenshot("idea-scorecard")
    button(reviewer, "Submit review").click()
    reviewer.settle()


def test_the_matrix_shows_it_as_a_quick_win(company: Company) -> None:
    ada = company.ada
    ada.open("/portfolio")

    expect(ada.page.get_by_text(re.compile(r"^1 quick win, 0 big bets"))).to_be_visible()
    ada.screenshot("portfolio-matrix")
    found = ada.app.cli("ideas", "list", "--json")
    assert re.search(rf'"title": "{TITLE}".*"quadrant": "quick_win"', found)


def test_the_administrator_approves_it_and_names_an_owner(company: Company) -> None:
    ada = company.ada
    open_card(ada)
    move(ada, "Approve", "Both reviewers want it, and it costs little.")
    expect(ada.page.get_by_text("Its owner prepares an experiment.")).to_be_visible()

    open_card(ada, "Results")
    choose(ada, "Owner", "Ben")
    ada.page.get_by_label(re.compile("^Budget cap")).fill("2000")
    ada.page.get_by_label(re.compile("^Budget cap")).press("Enter")
    date(ada, "End of the pilot", "2027-06-30")
    ada.page.get_by_label("Success is").fill("Half the questions to HR")
    button(ada, "Save owner and budget").click()

    expect(ada.page.get_by_text("of 2,000").first).to_be_visible()


def choose(at: Person, label: str, option: str) -> None:
    at.page.get_by_role("combobox", name=re.compile(label)).first.click()
    at.page.get_by_role("option", name=option, exact=True).click()
    at.settle()


def date(at: Person, label: str, day: str) -> None:
    """Types a date into its parts: year, month and day."""
    at.page.get_by_role("spinbutton", name=f"year, {label}").click()
    at.page.keyboard.type(day.replace("-", ""))
    at.page.keyboard.press("Tab")
    at.settle()


def test_the_owner_is_told_and_tries_it(company: Company) -> None:
    ben = company.ben
    ben.open("/notifications")
    expect(ben.page.get_by_text(TITLE).first).to_be_visible()
    ben.screenshot("notifications")
    open_card(ben)
    move(ben, "Start experiment", "Ten new parents try it for four weeks.")
    expect(ben.page.get_by_text("A first group tries it.")).to_be_visible()

    open_card(ben, "Results")
    ben.page.get_by_label("What do you expect?").fill("Half of their questions need no person.")
    button(ben, "Begin experiment").click()
    expect(ben.page.get_by_text("Running")).to_be_visible()
    ben.page.get_by_text("Close this experiment").click()
    ben.page.get_by_text("Success", exact=True).click()
    ben.settle()
    button(ben, "Close experiment").click()

    expect(ben.page.get_by_text("Experiment closed.")).to_be_visible()


def test_it_goes_into_production_and_its_value_is_measured(company: Company) -> None:
    open_card(company.ada)
    move(company.ada, "Put into production", "The experiment was a success.")
    expect(company.ada.page.get_by_text("Its benefit is measured next.")).to_be_visible()
    ben = company.ben
    open_card(ben, "Results")
    ben.page.get_by_text("Enter a month").click()
    ben.page.get_by_label(re.compile(r"^Benefit \(")).fill("900")
    ben.page.get_by_label(re.compile(r"^Benefit \(")).press("Enter")
    ben.settle()  # the page is drawn again, and what is typed meanwhile would be lost
    ben.page.get_by_label("How is this known?").fill("Counted in the inbox of HR.")
    button(ben, "Enter month").click()
    expect(ben.page.get_by_text("Month added.")).to_be_visible()
    ben.screenshot("idea-results")

    open_card(ben)
    move(ben, "Mark as measured", "The first month is in.")

    expect(ben.page.get_by_text("It is in use, and its benefit is known.")).to_be_visible()
    open_card(ben, "History")
    for state in ("Submitted", "In triage", "In evaluation", "Approved", "In production"):
        expect(ben.page.get_by_text(state).first).to_be_visible()
    ben.screenshot("idea-history")


def test_what_is_typed_wrongly_is_said_beside_the_field_and_kept(company: Company) -> None:
    ben = company.ben
    ben.open("/ideas")
    button(ben, "New idea").click()
    ben.page.get_by_label("Title").fill("Too short")
    ben.page.get_by_label("Title").press("Tab")
    problem = "A problem that is long enough to be kept over a reload of the page."
    ben.page.get_by_label(re.compile("^Problem")).fill(problem)
    button(ben, "Submit idea").click()

    expect(ben.page.get_by_text("Choose a category.")).to_be_visible()
    expect(ben.page.get_by_text(re.compile("Saved as your draft"))).to_be_visible()
    ben.page.reload()
    expect(ben.page.get_by_label(re.compile("^Problem"))).to_have_value(problem)


def test_no_script_failed_and_nothing_was_loaded_from_elsewhere(company: Company) -> None:
    assert [each.complaints for each in company.everyone] == [[], [], [], []]
