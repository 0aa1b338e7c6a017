"""Takes pictures of answers from the sample documents: `python -m tools.pictures FOLDER`.

Each question is a conversation of its own, asked in a real Chromium. The picture of an answer is
taken as a desk and as a phone show it, in light and dark, with its source open where the list says
so.
"""

import argparse
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tools.trial.browser import PASSWORD, QUIET
from tools.trial.served import ServedApp, app_on

EMAIL = "mara@nordhafen.example"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
THEMES = ("light", "dark")
PATIENCE_MS = 120_000
STILL = "[data-testid=stApp][data-test-script-state=notRunning]"
UNDRAWN = "[data-testid=stSkeleton]"
COMPOSER = re.compile("Ask about")
CODE = """# Label printers of the warehouses. Ask the Service Desk before you change a value.
label_printer:
  host: labels.nordhafen.example
  port: 9100
  retry_delay_seconds: 15
  retries: 4
  paper: 100x150mm
  alarm_after_minutes: 10
"""
SCAN = (
    "Inspection report, gantry crane 4, Bremerhaven",
    "",
    "Date of inspection: 14 April 2026.",
    "Inspector: Jonas Petersen, certificate 77-204.",
    "",
    "The hoist rope of gantry crane 4 shows wear on two strands",
    "and must be replaced before 30 June 2026.",
    "The brakes and the limit switches work as required.",
    "The next inspection is due in October 2026.",
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A question; `opens` tells whether the source of its answer is open beside it."""

    name: str
    question: str
    opens: bool = False


PICTURES = (
    Picture("empty", ""),
    Picture("fact", "How many days of parental leave do I get?"),
    Picture("fact-open", "How many days of parental leave do I get?", opens=True),
    Picture("table", "What is the hotel limit in London per night?"),
    Picture("table-open", "What is the hotel limit in London per night?", opens=True),
    Picture("list", "What should I check before I lift a load with a crane?"),
    Picture("long", "What happens if I fall ill during my holiday?"),
    Picture("long-open", "What happens if I fall ill during my holiday?", opens=True),
    Picture("scan-open", "When must the hoist rope of gantry crane 4 be replaced?", opens=True),
    Picture("sheet-open", "What does storage of a pallet in the cold store cost?", opens=True),
    Picture("directory-open", "Who is the site manager in Gdynia?", opens=True),
    Picture("mail-open", "What is the mileage rate for a private car?", opens=True),
    Picture("markdown-open", "I forgot my password. What can I do?", opens=True),
    Picture("web-page-open", "Which working hours must suppliers keep?", opens=True),
    Picture("slides-open", "What happens on Thursday of the first week?", opens=True),
    Picture("word-open", "May I enter customer data into an AI tool?", opens=True),
    Picture("code-open", "What is the retry delay of the label printer?", opens=True),
    Picture("not-found", "Who won the football world cup in 2022?"),
    Picture("nearest-open", "What is the gate code in Antwerp?", opens=True),
    Picture("possibly", "Am I allowed to bring my dog to the office?"),
    Picture("between", "How much notice must I give after six years?"),
    Picture("talk", "Hello, who are you?"),
    Picture("documents", "What documents do you have?"),
    Picture("german-open", "Wie viele Tage Elternzeit bekomme ich?", opens=True),
    Picture("outline", "Summarise the travel policy"),
    Picture("compare", "Compare London and Paris hotel limits"),
    Picture("cases", "What do we charge for a tail lift and for waiting at the ramp?"),
    Picture("two-things", "What is the hotel limit in Paris and how long is the probation period?"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Take the pictures that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="names of pictures; all without it")
    parser.add_argument("--sizes", nargs="*", default=list(SIZES), choices=list(SIZES))
    parser.add_argument("--themes", nargs="*", default=list(THEMES), choices=THEMES)
    parser.add_argument("--data", type=Path, help="where the app's data stay for the next time")
    chosen = parser.parse_args(arguments)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    pictures = [one for one in PICTURES if not chosen.only or one.name in chosen.only]
    with _app(chosen.data) as app, _browser() as browser:
        for size in chosen.sizes:
            with _visit(browser, app, size) as page:
                for picture in pictures:
                    _show(page, app, picture)
                    _take(page, chosen.folder / f"{picture.name}-{size}", chosen.themes)


@contextmanager
def _app(data: Path | None) -> Iterator[ServedApp]:
    """Serve the sample documents, a scan and a file of settings, to one person."""
    folder = data or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    app = app_on(folder, {"SANDBOX_SESSION__SECURE_COOKIE": "false"})
    is_new = not (folder / "sandbox.db").exists()
    app.cli("setup")
    if is_new:
        _prepare(app)
    app.start()
    try:
        yield app
    finally:
        app.stop()
        if data is None:
            shutil.rmtree(folder)


def _prepare(app: ServedApp) -> None:
    app.cli("users", "add", EMAIL, "--name", "Mara Lindqvist", "--role", "admin",
            "--password-stdin", stdin=f"{PASSWORD}\n")  # fmt: skip
    with tempfile.TemporaryDirectory() as extra:
        (Path(extra) / "label-printers.yaml").write_text(CODE, encoding="utf-8")
        (Path(extra) / "crane-inspection-scan.pdf").write_bytes(scan(SCAN))
        app.cli("ingest", extra, "--collection", "Company handbook")


def scan(lines: Sequence[str]) -> bytes:
    """Return a PDF of one slightly turned image without text, as a scanner makes it."""
    sheet = Image.new("L", (1240, 1754), 252)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=34)
    for number, line in enumerate(lines):
        pen.text((120, 160 + 62 * number), line, fill=30, font=font)
    stored = io.BytesIO()
    sheet.rotate(0.4, fillcolor=252).save(stored, "PDF", resolution=150)
    return stored.getvalue()


@contextmanager
def _browser() -> Iterator[Browser]:
    path = os.environ.get("SANDBOX_TEST_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield chromium
        chromium.close()


@contextmanager
def _visit(browser: Browser, app: ServedApp, size: str) -> Iterator[Page]:
    width, height = SIZES[size]
    context: BrowserContext = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(f"{app.url}/sign-in")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_placeholder(COMPOSER).wait_for(timeout=PATIENCE_MS)
    yield page
    context.close()


def _show(page: Page, app: ServedApp, picture: Picture) -> None:
    """Ask in a new conversation, and open the first source where the picture has it open."""
    page.goto(app.url)
    _settle(page)
    if not picture.question:
        return
    page.get_by_placeholder(COMPOSER).fill(picture.question)
    page.get_by_placeholder(COMPOSER).press("Enter")
    page.locator(".answer").wait_for(timeout=PATIENCE_MS)
    _settle(page)
    if picture.opens:
        page.locator(".answer .open, .answer .chip, [class*=st-key-nearest] button").first.click()
        _settle(page)


def _take(page: Page, path: Path, themes: Sequence[str]) -> None:
    for theme in themes:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.wait_for_timeout(700)
        page.screenshot(path=path.with_name(f"{path.name}-{theme}.png"))


def _settle(page: Page) -> None:
    page.wait_for_timeout(400)  # a run begins a moment after the click
    page.locator(STILL).wait_for(timeout=PATIENCE_MS)
    # Some elements load their code when they are first drawn.
    expect(page.locator(UNDRAWN)).to_have_count(0, timeout=PATIENCE_MS)
    page.wait_for_timeout(300)


if __name__ == "__main__":
    main()
