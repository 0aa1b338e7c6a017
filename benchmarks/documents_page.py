"""Measures how long the Documents page takes to open with 20,000 documents, in a real Chromium.

Run: python -m benchmarks.documents_page [--documents 20000] [--screenshots FOLDER]
"""

import argparse
import random
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import insert
from sqlmodel import select

from benchmarks.material.place import RESULTS
from core.domain.clock import new_id, now
from core.storage.database import Database
from core.storage.tables import (
    ChunkRow,
    CollectionRow,
    DocumentRow,
    DocumentVersionRow,
    PageRow,
)
from tools.trial.browser import PASSWORD, QUIET
from tools.trial.served import served_app

OPENINGS = 7
ROWS_AT_ONCE = 2000
PAGES, PASSAGES = 3, 3
STATES = ["ready"] * 96 + ["failed", "failed", "quarantined", "cancelled"]
RESULTS_FILE = RESULTS / "documents_page.md"


def seed(database: Database, number: int) -> None:
    """Add documents with one to three versions, and pages and passages for the newest."""
    rng = random.Random(7)
    with database.begin() as session:
        collection_id = session.exec(select(CollectionRow.id)).one()
        for start in range(0, number, ROWS_AT_ONCE):
            documents = [
                _document(rng, collection_id, n) for n in range(start, start + ROWS_AT_ONCE)
            ]
            versions = [row for document in documents for row in _versions(rng, document)]
            session.execute(insert(DocumentRow), documents)
            session.execute(insert(DocumentVersionRow), versions)
            newest = list({row["document_id"]: row for row in versions}.values())
            session.execute(insert(PageRow), [row for version in newest for row in _pages(version)])
            session.execute(
                insert(ChunkRow),
                [row for version in newest for row in _chunks(version, collection_id)],
            )


def _document(rng: random.Random, collection_id: str, number: int) -> dict[str, object]:
    review = now().date() + timedelta(days=rng.randint(-5, 600))
    return {
        "id": new_id(),
        "collection_id": collection_id,
        "source_key": f"seed-{number}.pdf",
        "title": f"{rng.choice(['Manual', 'Policy', 'Minutes', 'Report'])} {number:,}",
        "review_by": review if rng.random() < 0.5 else None,
        "current_version_id": new_id(),
    }


def _versions(rng: random.Random, document: dict[str, object]) -> Iterator[dict[str, object]]:
    count = rng.choice([1, 1, 1, 2, 3])
    for number in range(1, count + 1):
        is_newest = number == count
        uploaded_at = now() - timedelta(days=rng.uniform(1, 900))
        yield {
            "id": document["current_version_id"] if is_newest else new_id(),
            "document_id": document["id"],
            "number": number,
            "file_name": document["source_key"],
            "media_type": "application/pdf",
            "sha256": new_id() * 2,
            "size_bytes": rng.randint(10_000, 5_000_000),
            "state": rng.choice(STATES) if is_newest else "ready",
            "reason": "",
            "page_count": PAGES,
            "chunk_count": PASSAGES,
            "progress": 1.0,
            "uploaded_at": uploaded_at,
            "upload_id": new_id(),
        }


def _pages(version: dict[str, object]) -> Iterator[dict[str, object]]:
    for number in range(1, PAGES + 1):
        yield {
            "version_id": version["id"],
            "number": number,
            "start": 1800 * number,
            "text": "Words of a page. " * 100,
            "quality": 0.95,
        }


def _chunks(version: dict[str, object], collection_id: str) -> Iterator[dict[str, object]]:
    for ordinal in range(PASSAGES):
        yield {
            "collection_id": collection_id,
            "document_id": version["document_id"],
            "version_id": version["id"],
            "ordinal": ordinal,
            "page_from": ordinal + 1,
            "page_to": ordinal + 1,
            "start": 0,
            "end": 900,
            "headings": ["Part"],
            "text": "Words of a page. " * 50,
            "is_ready": True,
        }


def set_up(page: Page, link: str) -> None:
    """Create the first administrator through the printed link."""
    page.goto(link)
    page.get_by_label("E-mail").fill("mara@nordhafen.example")
    page.get_by_label("Name").fill("Mara Lindt")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Repeat the password").fill(PASSWORD)
    page.get_by_role("button").click()
    page.get_by_placeholder(re.compile("Ask about")).wait_for()


def open_seconds(page: Page, url: str) -> float:
    """Return the seconds from the navigation until the table has its rows."""
    page.goto("about:blank")
    started = time.perf_counter()
    page.goto(f"{url}/documents")
    page.locator("[data-testid=stDataFrame] canvas").last.wait_for()
    page.get_by_text(re.compile(r"documents.*Select a row")).wait_for()
    return time.perf_counter() - started


def main() -> None:
    """Seed the database, open the page and write the result."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--screenshots", type=Path)
    options = parser.parse_args()
    chromium = shutil.which("chromium")
    with (
        tempfile.TemporaryDirectory() as folder,
        served_app(Path(folder)) as app,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        set_up(page, app.setup_link)
        with_few = [open_seconds(page, app.url) for _ in range(OPENINGS)]
        database = Database(f"sqlite:///{Path(folder) / 'sandbox.db'}")
        seed(database, options.documents)
        database.close()
        with_many = [open_seconds(page, app.url) for _ in range(OPENINGS)]
        if options.screenshots:
            page.wait_for_timeout(1000)
            page.screenshot(path=options.screenshots / "many-documents.png")
        browser.close()
    lines = [
        "# Opening the Documents page",
        "",
        "From the navigation until the table is there, in Chromium on the machine of the app,",
        f"{OPENINGS} openings each. `python -m benchmarks.documents_page` repeats it.",
        "",
        "| documents | median, s | slowest, s |",
        "|---:|---:|---:|",
        f"| 20 | {statistics.median(with_few):.2f} | {max(with_few):.2f} |",
        f"| {options.documents:,} | {statistics.median(with_many):.2f} | {max(with_many):.2f} |",
    ]
    RESULTS_FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
