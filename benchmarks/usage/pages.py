"""Measures how long the pages of administrators take with a million answers, in a real Chromium.

    python -m benchmarks.usage.pages [--answers 1000000] [--database URL] [--folder FOLDER]

SQLite is always measured, a further database if it is named; it must be empty, or filled by this
benchmark before, as must the folder, which is temporary unless it is named.
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import text
from sqlmodel import func, select

from benchmarks.material.place import RESULTS
from benchmarks.usage.million import fill
from core.storage.database import Database
from core.storage.tables import AnswerUsageRow
from tools.trial.browser import PASSWORD, QUIET
from tools.trial.served import ServedApp, app_on

RESULTS_FILE = RESULTS / "usage_pages.md"
OPENINGS, PATIENCE_MS, REST_SECONDS = 5, 120_000, 5
EMAIL = "ada@nordhafen.example"
PAGES = {
    "usage": "Usage",
    "my-usage": "My usage",
    "costs": "Costs and value",
    "quality": "Quality",
    "kpis": "KPIs",
    "gaps": "Knowledge gaps",
}
"""The title of each page, by its address."""
DRAWN = "[data-test-script-state=notRunning]"
"""How Streamlit marks a page that is drawn to its end."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Seconds from the navigation until the page is drawn, and the memory of the app in MiB."""

    page: str
    first: float
    middle: float
    slowest: float
    grown: float


def main() -> None:
    """Measure each database and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--answers", type=int, default=1_000_000)
    parser.add_argument("--database", help="URL of a further database.")
    parser.add_argument("--folder", type=Path, help="Where data directories are kept.")
    options = parser.parse_args()
    lines = [
        f"# Opening pages with {options.answers:,} answers of one year",
        "",
        "Seconds from the navigation until the page is drawn to its end, in Chromium on the "
        f"machine of the app: the first opening, then median and slowest of {OPENINGS}. Memory is "
        "how much the app's resident memory grew over all openings. "
        "`python -m benchmarks.usage.pages` "
        "repeats it.",
    ]
    with tempfile.TemporaryDirectory() as temporary:
        for url in filter(None, ("sqlite", options.database)):
            kind = url.partition("+")[0].partition(":")[0]
            folder = (options.folder or Path(temporary)) / kind
            settings = {} if url == "sqlite" else {"SANDBOX_DATABASE__URL": url}
            app = app_on(folder, settings)
            added_up = _prepare(app, options.answers)
            lines += ["", f"## {kind}", "", added_up, ""]
            lines += ["| page | first | median | slowest | memory grown, MiB |"]
            lines += ["|---|---:|---:|---:|---:|"]
            lines += [_row(one) for one in _measured(app)]
    RESULTS_FILE.write_text("\n".join([*lines, ""]), encoding="utf-8")
    print(RESULTS_FILE.read_text(encoding="utf-8"))


def _row(one: Opened) -> str:
    times = f"{one.first:.2f} | {one.middle:.2f} | {one.slowest:.2f}"
    return f"| {one.page} | {times} | {one.grown:.0f} |"


def _prepare(app: ServedApp, answers: int) -> str:
    """Fill an empty database, and add its days up; return what was done."""
    app.data_dir.mkdir(parents=True, exist_ok=True)
    app.cli("setup")
    url = app.environment.get("SANDBOX_DATABASE__URL", f"sqlite:///{app.data_dir / 'sandbox.db'}")
    database = Database(url)
    with database.read() as session:
        number = session.exec(select(func.count()).select_from(AnswerUsageRow)).one()
    if number < answers:
        options = ("--role", "admin", "--name", "Ada", "--password-stdin")
        app.cli("users", "add", EMAIL, *options, stdin=f"{PASSWORD}\n")
        fill(database, answers - number)
    started = time.perf_counter()
    app.cli("usage", "--days", "1")
    seconds = time.perf_counter() - started
    _tidy(database)
    database.close()
    if number >= answers:
        return "The database was filled before."
    return f"Adding the days of all answers up took {seconds:.0f} s, once."


def _tidy(database: Database) -> None:
    """Do what PostgreSQL does by itself soon after so many rows, unless autovacuum is off."""
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as tidying:
            tidying.execute(text("VACUUM ANALYZE"))


def _measured(app: ServedApp) -> Iterator[Opened]:
    app.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=list(QUIET)
            )
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            page.set_default_timeout(PATIENCE_MS)
            _sign_in(page, app.url)
            for address, title in PAGES.items():
                time.sleep(REST_SECONDS)
                before = _memory(app)
                first, *others = [
                    _open(page, f"{app.url}/{address}", title) for _ in range(OPENINGS + 1)
                ]
                grown = _memory(app) - before
                yield Opened(address, first, median(others), max(others), grown)
            browser.close()
    finally:
        app.stop()


def _sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_placeholder("Ask about the company's documents").wait_for()


def _open(page: Page, address: str, title: str) -> float:
    page.goto("about:blank")
    started = time.perf_counter()
    page.goto(address)
    page.get_by_role("heading", name=title, exact=True, level=1).wait_for()
    page.locator(DRAWN).wait_for()
    return time.perf_counter() - started


def _memory(app: ServedApp) -> float:
    """Return the resident memory of the app's process in MiB."""
    if app.process is None:
        raise RuntimeError("the app is not running")
    told = subprocess.check_output(["ps", "-o", "rss=", "-p", str(app.process.pid)], text=True)
    return int(told) / 1024


if __name__ == "__main__":
    main()
