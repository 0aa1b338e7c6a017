"""A question without an answer goes to the owner and comes back, in a real browser.

The tests of this file build on each other, as one question's way does.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Person, person
from tools.trial.browser import PASSWORD
from tools.trial.served import ServedApp

pytestmark = pytest.mark.browser

ADMIN, EMPLOYEE = "mara@nordhafen.example", "ben@nordhafen.example"
COLLEAGUE = "cleo@nordhafen.example"
QUESTION = "When does the warehouse get solar panels?"
ASKED_TOO = "When does our warehouse get solar panels?"
REPLY = "In spring; the roof is measured in January."


@pytest.fixture(scope="module")
def mara(browser: Browser, app: ServedApp) -> Iterator[Person]:
    """An administrator who owns the sample documents."""
    app.cli(
        *("users", "add", ADMIN, "--role", "admin", "--name", "Mara Lindqvist"),
        "--password-stdin",
        stdin=f"{PASSWORD}\n",
    )
    app.cli("collections", "set-owner", "Company handbook", ADMIN)
    visitor = person(browser, app)
    visitor.sign_in(ADMIN)
    yield visitor
    visitor.context.close()


@pytest.fixture(scope="module")
def ben(mara: Person, browser: Browser, app: ServedApp) -> Iterator[Person]:
    """An employee, who comes after the owner."""
    app.cli("users", "add", EMPLOYEE, "--password-stdin", stdin=f"{PASSWORD}\n")
    visitor = person(browser, app)
    visitor.sign_in(EMPLOYEE)
    yield visitor
    visitor.context.close()


@pytest.fixture(scope="module")
def cleo(mara: Person, browser: Browser, app: ServedApp) -> Iterator[Person]:
    """Another employee."""
    app.cli("users", "add", COLLEAGUE, "--password-stdin", stdin=f"{PASSWORD}\n")
    visitor = person(browser, app)
    visitor.sign_in(COLLEAGUE)
    yield visitor
    visitor.context.close()


def test_an_employee_learns_why_nothing_was_found(ben: Person) -> None:
    answer = ben.ask(QUESTION)

    expect(answer).to_contain_text("do not answer this question")
    ben.page.get_by_text("Why not found").click()
    expect(ben.page.get_by_text("No passage mentions “solar” or “panels”.")).to_be_visible()
    expect(ben.page.get_by_text("If you expected an answer")).to_be_visible()
    ben.screenshot("why-not-found")


def test_the_employee_asks_the_owner_and_sees_who_will_read_it(ben: Person) -> None:
    ben.page.get_by_role("button", name="Ask Mara Lindqvist").click()
    expect(ben.page.get_by_text("will see your name, the question as you typed it")).to_be_visible()
    ben.page.get_by_label("Add a note").fill("A customer would like to know.")
    ben.page.keyboard.press("Tab")
    ben.settle()  # a click while the page is drawn again may be lost
    ben.screenshot("ask-the-owner")
    ben.page.get_by_role("button", name="Send", exact=True).dblclick()

    expect(ben.page.get_by_text("Sent to Mara Lindqvist about Company handbook")).to_be_visible()
    expect(ben.page.get_by_role("button", name="Ask Mara Lindqvist")).to_have_count(0)
    expect(ben.page.get_by_role("button", name="Send", exact=True)).to_have_count(0)


def test_a_colleague_asks_the_same_in_other_words_and_sends_nothing(cleo: Person) -> None:
    expect(cleo.ask(ASKED_TOO)).to_contain_text("do not answer this question")


def test_the_owner_finds_the_question_and_replies(mara: Person) -> None:
    mara.open("/gaps")

    expect(mara.page.get_by_role("link", name=re.compile(r"Knowledge gaps \(1\)"))).to_be_visible()
    expect(mara.page.get_by_text(QUESTION).first).to_be_visible()
    expect(mara.page.get_by_text("2 questions of 2 people")).to_be_visible()
    mara.page.get_by_text("Reply", exact=True).click()
    mara.page.get_by_label("Message to the 2 people who asked").fill(REPLY)
    mara.page.keyboard.press("Tab")
    mara.settle()  # a click while the page is drawn again may be lost
    mara.screenshot("knowledge-gaps")
    mara.page.get_by_role("button", name="Send reply").click()

    expect(mara.page.get_by_text("No open questions")).to_be_visible()


def test_the_employee_sees_that_a_reply_arrived_and_reads_it(ben: Person) -> None:
    ben.open("/")
    entry = ben.page.get_by_role("button", name=re.compile("When does the warehouse"))
    expect(entry.get_by_text("mark_chat_unread")).to_be_visible()
    entry.click()

    expect(ben.page.get_by_text("Mara Lindqvist replied")).to_be_visible()
    expect(ben.page.get_by_text(REPLY)).to_be_visible()
    ben.screenshot("reply")
    ben.open("/")
    expect(entry.get_by_text("mark_chat_unread")).to_have_count(0)


def test_the_colleague_is_notified_and_reads_the_reply_too(cleo: Person) -> None:
    cleo.open("/notifications")
    expect(cleo.page.get_by_text("Mara Lindqvist replied to a question of yours")).to_be_visible()
    cleo.page.get_by_role("button", name="Conversation", exact=True).click()

    expect(cleo.page.get_by_text("Mara Lindqvist replied")).to_be_visible()
    expect(cleo.page.get_by_text(REPLY)).to_be_visible()
    cleo.screenshot("reply-to-all")


def test_the_topic_is_opened_again_and_becomes_a_golden_question(mara: Person) -> None:
    mara.open("/gaps")
    mara.page.get_by_role("combobox", name=re.compile("Status")).click()
    mara.page.get_by_role("option", name="Answered").click()
    mara.settle()
    mara.page.get_by_role("button", name="Open again").click()
    expect(mara.page.get_by_text("The topic is open again.")).to_be_visible()
    mara.open("/gaps")
    expect(mara.page.get_by_text("Reopened")).to_be_visible()
    mara.page.get_by_role("button", name="Make it a golden question").click()

    expect(mara.page.get_by_text("Golden question", exact=True)).to_be_visible()
    mara.screenshot("golden-question")


def test_a_question_without_an_answer_becomes_an_idea(ben: Person) -> None:
    ben.page.get_by_role("button", name=re.compile("When does the warehouse")).click()
    ben.page.get_by_role("button", name="Make it an idea").click()

    expect(ben.page.get_by_label(re.compile("^Problem"))).to_have_value(
        re.compile(re.escape(QUESTION))
    )


def test_no_script_failed_and_nothing_was_loaded_from_elsewhere(
    mara: Person, ben: Person, cleo: Person
) -> None:
    assert [*mara.complaints, *ben.complaints, *cleo.complaints] == []
