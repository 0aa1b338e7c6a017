"""An employee's own file in the chat, in a real browser: attached, asked, opened, gone."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, expect

from tests.e2e.conftest import Person, person
from tools.trial import files
from tools.trial.browser import PASSWORD
from tools.trial.served import ServedApp, served_app

pytestmark = pytest.mark.browser

EMAIL = "ole@nordhafen.example"
WORD = "quokkawind"
TRIES = 5
CONTRACT = files.pdf(
    [
        ("Maintenance contract", 18),
        ("Price", 14),
        (f"The lift {WORD} costs 900 EUR a month and is paid in March.", 11),
    ],
    title="Maintenance contract",
)
GONE_MS = 120_000
"""Until the thread that removes what is left has been there twice."""


@pytest.fixture(scope="module")
def app(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """The app in passage mode with an employee in it."""
    with served_app(tmp_path_factory.mktemp("files"), filled=filled) as running:
        running.cli("users", "add", EMAIL, "--name", "Ole", "--password-stdin", stdin=PASSWORD)
        yield running


@pytest.fixture(scope="module")
def ole(browser: Browser, app: ServedApp) -> Iterator[Person]:
    visitor = person(browser, app)
    visitor.sign_in(EMAIL)
    yield visitor
    visitor.context.close()


def holding(app: ServedApp, word: str) -> list[str]:
    """Return the files of the data directory in which a word stands."""
    return [
        str(path.relative_to(app.data_dir))
        for path in app.data_dir.rglob("*")
        if path.is_file() and word.encode() in path.read_bytes().lower()
    ]


def choose(person: Person, file: FilePayload) -> None:
    """Choose a file in the composer; one that is just being drawn does not notice the first try."""
    composer = person.page.locator("[data-testid=stChatInput]")
    chip = composer.get_by_text(file["name"])
    for _ in range(TRIES):
        composer.locator("input[type=file]").first.set_input_files([file])
        person.page.wait_for_timeout(1_000)
        if chip.is_visible():
            return
    expect(chip).to_be_visible()


def long_ago(app: ServedApp) -> None:
    """Let the time pass in which the deletion of conversations can be undone."""
    with closing(sqlite3.connect(app.data_dir / "sandbox.db")) as database, database:
        database.execute("UPDATE conversations SET deleted_at = '2026-01-01 00:00:00.000000'")


def test_a_pdf_is_attached_and_answers(ole: Person) -> None:
    chosen = FilePayload(name="contract.pdf", mimeType="application/pdf", buffer=CONTRACT)
    choose(ole, chosen)

    answer = ole.ask(f"What does the lift {WORD} cost a month?")

    expect(answer).to_contain_text("900 EUR")
    expect(ole.page.locator(".st-key-attached-files")).to_contain_text("contract.pdf")
    ole.screenshot("chat-file")


def test_its_citation_opens_the_page_with_the_words_marked(ole: Person) -> None:
    ole.answers.last.get_by_role("button", name=re.compile("source 1", re.IGNORECASE)).first.click()

    expect(ole.panel).to_contain_text("contract.pdf")
    expect(ole.panel).to_contain_text("Attached to this chat")
    expect(ole.panel.locator("img")).to_be_visible()
    ole.screenshot("chat-file-citation")


def test_a_file_is_in_no_other_chat(ole: Person) -> None:
    ole.page.get_by_role("button", name="New conversation").click()
    ole.settle()

    answer = ole.ask(f"What does the lift {WORD} cost a month?")

    expect(answer).not_to_contain_text("900 EUR")
    expect(ole.page.locator(".st-key-attached-files")).to_have_count(0)


def test_with_its_conversation_every_byte_of_it_goes(ole: Person) -> None:
    assert holding(ole.app, WORD)
    for _ in range(2):
        ole.page.get_by_role("button", name=re.compile("What does the lift")).first.click()
        ole.settle()
        ole.page.locator("[class*=st-key-more-] button").first.click()
        ole.page.get_by_role("button", name="Delete", exact=True).click()
        ole.settle()

    long_ago(ole.app)
    ole.app.cli("retention", "run")
    waited = 0
    while holding(ole.app, WORD) and waited < GONE_MS:
        ole.page.wait_for_timeout(1_000)
        waited += 1_000

    assert holding(ole.app, WORD) == []
    assert ole.complaints == []
