"""Measures how quick searches stay while documents are ingested: `python -m benchmarks.busy`.

One process, as the app runs: its worker ingests 500 documents of about a page while searches are
made one after the other, and as many before. Documents are sentences of the sample documents in
another order; questions are the golden ones. Writes benchmarks/results/busy.md.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.material.place import RESULTS, ROOT, app_services_in
from bootstrap.services import Services
from core.domain.identity import SYSTEM
from core.domain.knowledge import DocumentState, Upload
from core.domain.text.sentences import text_units
from evaluation.datasets import load_golden

BEFORE, SENTENCES, PAUSE_S = 300, 40, 0.05
WAITING = (DocumentState.QUEUED, DocumentState.PARSING, DocumentState.INDEXING)


def main() -> None:
    """Search an idle app, then one that ingests, and write both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--searches", type=int, default=300)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        services = app_services_in(Path(folder))
        services.worker.start()
        collection = services.collections.add(SYSTEM, "All", is_open=True).id
        documents = _documents()
        _upload(services, collection, [next(documents) for _ in range(BEFORE)])
        while _is_working(services):
            time.sleep(0.5)
        questions = _questions()
        _milliseconds(services, questions, lambda count: count < 50)  # warm
        idle = _milliseconds(services, questions, lambda count: count < arguments.searches)
        started = time.monotonic()
        _upload(services, collection, [next(documents) for _ in range(arguments.documents)])
        busy = _milliseconds(services, questions, lambda _: _is_working(services))
        seconds = time.monotonic() - started
        services.worker.stop()
    _write(idle, busy, arguments.documents, seconds)


def _milliseconds(
    services: Services, questions: Iterator[str], go_on: Callable[[int], bool]
) -> list[float]:
    durations: list[float] = []
    while go_on(len(durations)):
        question = next(questions)
        started = time.perf_counter()
        services.chat.search(SYSTEM, question)
        durations.append(1000 * (time.perf_counter() - started))
        time.sleep(PAUSE_S)
    return durations


def _questions() -> Iterator[str]:
    """Yield the golden questions over and over, each time as another text that no cache knows."""
    cases = [case.text for case in load_golden().cases]
    number = 0
    while True:
        for case in cases:
            number += 1
            yield f"{case} ({number})"


def _documents() -> Iterator[Upload]:
    pool = [
        unit.text
        for path in sorted((ROOT / "tools/samples/content").glob("*.md"))
        for unit in text_units(path.read_text(encoding="utf-8"))
    ]
    chance, number = random.Random(3), 0
    while True:
        number += 1
        text = f"# Document {number}\n\n" + "\n\n".join(chance.sample(pool, SENTENCES))
        yield Upload(f"{number}.md", text.encode())


def _upload(services: Services, collection: str, uploads: list[Upload]) -> None:
    services.documents.upload(SYSTEM, collection, uploads)


def _is_working(services: Services) -> bool:
    return any(services.documents.count(SYSTEM, state=state) for state in WAITING)


def _write(idle: list[float], busy: list[float], documents: int, seconds: float) -> None:
    rows = [
        (name, len(t), *np.percentile(t, [50, 95]))
        for name, t in (("idle", idle), (f"while {documents} documents are ingested", busy))
    ]
    lines = [
        "# Searches while documents are ingested",
        "",
        f"`python -m benchmarks.busy`, {time.strftime('%Y-%m-%d')}: "
        f"{documents} documents in {seconds:.0f} s.",
        "",
        "| | searches | p50, ms | p95, ms |",
        "|---|---|---|---|",
        *(f"| {name} | {count} | {p50:.1f} | {p95:.1f} |" for name, count, p50, p95 in rows),
        "",
        f"p95 while ingesting is {rows[1][3] / rows[0][3]:.1f} times that at rest.",
    ]
    (RESULTS / "busy.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
