"""Measures how long the pages of ideas take to open with 5,000 of them, in a real Chromium.

    python -m benchmarks.ideas.pages [--ideas 5000] [--database URL] [--screenshots FOLDER]

SQLite in a temporary folder is always measured; a further database must be empty and stays as the
benchmark leaves it.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Locator, Page, sync_playwright

from benchmarks.ideas.portfolio import filled
from benchmarks.material.place import RESULTS
from core.storage.database import Database
from tools.trial.browser import PASSWORD, QUIET
from tools.trial.served import ServedApp, served_app

RESULTS_FILE = RESULTS / "idea_pages.md"
OPENINGS, PATIENCE_MS = 7, 120_000
EMAIL = "rita@nordhafen.example"
VIEWS = ("list", "board", "matrix", "ranking", "roadmap", "queue of a reviewer")


@dataclass(frozen=True, slots=True)
class Opened:
    """Seconds from the navigation until the page shows its ideas: median and slowest."""

    view: str
    middle: float
    slowest: float


def main() -> None:
    """Measure each database and write the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--ideas", type=int, default=5_000)
    parser.add_argument("--database", help="URL of an empty database.")
    parser.add_argument("--screenshots", type=Path)
    options = parser.parse_args()
    lines = [
        f"# Opening the pages of {options.ideas:,} ideas",
        "",
        "Seconds from the navigation until the ideas are there, in Chromium on the machine of the "
        f"app, {OPENINGS} openings each. `python -m benchmarks.ideas.pages` repeats it.",
    ]
    for url in filter(None, ("sqlite", options.database)):
        with tempfile.TemporaryDirectory() as folder:
            settings = {} if url == "sqlite" else {"SANDBOX_DATABASE__URL": url}
            with served_app(Path(folder), settings) as app:
                opened = list(_measured(app, options.ideas, options.screenshots))
        lines += ["", f"## {url.partition('+')[0].partition(':')[0]}", ""]
        lines += ["| view | median | slowest |", "|---|---:|---:|"]
        lines += [f"| {o.view} | {o.middle:.2f} | {o.slowest:.2f} |" for o in opened]
    RESULTS_FILE.write_text("\n".join([*lines, ""]), encoding="utf-8")
    print(RESULTS_FILE.read_text(encoding="utf-8"))


def _measured(app: ServedApp, count: int, screenshots: Path | None) -> Iterator[Opened]:
    options = ("--role", "reviewer", "--name", "Rita", "--password-stdin")
    app.cli("users", "add", EMAIL, *options, stdin=f"{PASSWORD}\n")
    url = app.environment.get("SANDBOX_DATABASE__URL", f"sqlite:///{app.data_dir / 'sandbox.db'}")
    database = Database(url)
    filled(database, count)
    database.close()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(QUIET)
        )
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(PATIENCE_MS)
        _sign_in(page, app.url)
        for view in VIEWS:
            seconds = [_open(page, app.url, view) for _ in range(OPENINGS + 1)][1:]
            if screenshots:
                page.wait_for_timeout(1_000)
                page.screenshot(path=screenshots / f"many-ideas-{view.partition(' ')[0]}.png")
            yield Opened(view, median(seconds), max(seconds))
        browser.close()


def _sign_in(page: Page, url: str) -> None:
    page.goto(f"{url}/sign-in")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_placeholder("Ask about the company's documents").wait_for()


def _open(page: Page, url: str, view: str) -> float:
    page.goto("about:blank")
    started = time.perf_counter()
    page.goto(f"{url}/{_address(view)}")
    _sign_of(page, view).wait_for()
    return time.perf_counter() - started


def _address(view: str) -> str:
    match view:
        case "list":
            return "ideas"
        case "queue of a reviewer":
            return "idea-review"
        case _:
            return f"portfolio?view={view}"


def _sign_of(page: Page, view: str) -> Locator:
    """Return the last thing that the page draws."""
    match view:
        case "matrix" | "ranking":
            return page.locator("[data-testid=stDataFrame] canvas").last
        case "queue of a reviewer":
            return page.locator("[class*=st-key-queue-] button").first
        case _:
            return page.locator("a", has_text="Excel").last


if __name__ == "__main__":
    main()
