"""A real Chromium, and people who use the app in it."""

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from tests.conftest import require
from tools.trial.browser import PASSWORD, QUIET
from tools.trial.served import ServedApp, app_on, served_app

PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("SANDBOX_TEST_CHROMIUM") or shutil.which("chromium")
    if path is None:
        require("no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory as `setup` leaves it; all processes of a run of tests share it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    target = folder / "filled"
    with FileLock(folder / "filled.lock"):
        if not target.exists():
            beginning = folder / "filling"
            beginning.mkdir()
            app_on(beginning).cli("setup")
            beginning.rename(target)
    return target


@pytest.fixture(scope="module")
def app(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    """The app in passage mode with the sample documents and nobody in it yet."""
    with served_app(tmp_path_factory.mktemp("app"), filled=filled) as running:
        yield running


@dataclass
class Person:
    """Somebody at a browser; collects what the browser complains about."""

    app: ServedApp
    context: BrowserContext
    page: Page
    complaints: list[str]

    def open(self, path: str = "/") -> None:
        """Opens a page of the app and waits until it stands still."""
        self.page.goto(f"{self.app.url}{path}")
        self.settle()

    def settle(self) -> None:
        """Waits until no page run is going on."""
        self.page.wait_for_timeout(300)  # a run begins a moment after the click
        still = self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
        still.wait_for(timeout=PATIENCE_MS)

    def set_up(self, email: str, name: str) -> None:
        """Creates the first administrator through the printed link."""
        self.page.goto(self.app.setup_link)
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_label("Repeat the password").fill(PASSWORD)
        self.page.get_by_role("button").click()
        self.composer.wait_for(timeout=PATIENCE_MS)

    def sign_in(self, email: str) -> None:
        """Signs in on the sign-in page."""
        self.page.goto(f"{self.app.url}/sign-in")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.composer.wait_for(timeout=PATIENCE_MS)
        self.settle()

    @property
    def composer(self) -> Locator:
        return self.page.get_by_placeholder(re.compile("Ask about"))

    @property
    def answers(self) -> Locator:
        return self.page.locator(".answer")

    @property
    def panel(self) -> Locator:
        return self.page.locator(".st-key-source-panel")

    def ask(self, question: str) -> Locator:
        """Asks in the chat and returns the finished answer."""
        self.settle()
        before = self.answers.count()
        self.composer.fill(question)
        self.composer.press("Enter")
        expect(self.answers).to_have_count(before + 1)
        self.settle()
        return self.answers.last

    def screenshot(self, name: str) -> None:
        """Writes a picture if SANDBOX_SCREENSHOTS names a folder."""
        folder = os.environ.get("SANDBOX_SCREENSHOTS")
        if folder:
            self.settle()
            self.page.wait_for_timeout(500)
            self.page.screenshot(path=Path(folder) / f"{name}.png")


def person(browser: Browser, app: ServedApp, **options: object) -> Person:
    """A fresh browser profile; everything the console or the network refuses is a complaint."""
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})  # type: ignore[arg-type]  # options of new_context
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: _note(complaints, message))
    page.on("request", lambda r: None if _is_local(r.url, app) else complaints.append(r.url))
    return Person(app, context, page, complaints)


def _note(complaints: list[str], message: ConsoleMessage) -> None:
    address = str(message.location["url"])
    # Opened below the root, Streamlit first looks for its server below that path.
    is_probe = "/_stcore/" in address and "404" in message.text
    if message.type == "error" and not is_probe:
        complaints.append(f"{message.text} {address}")


def _is_local(url: str, app: ServedApp) -> bool:
    return url.startswith((app.url, app.url.replace("http", "ws"), "data:", "blob:"))
