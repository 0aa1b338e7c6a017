"""Counts pieces of the app's memory, or erased words, that reach its files.

    python -m benchmarks.memory --runs 200 --apps 20

Each run fills the memory with words (a question, a key, a document, an erased text), frees most of
them, writes, deletes and rewrites vectors, and looks for the words in every file written. For each
app the same is done beside a whole one: documents are read, one is erased, a question is asked, and
every file of its data directory is searched while it runs. Results: benchmarks/results/memory.md.
"""

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.material.place import RESULTS, app_services_in
from bootstrap.services import Services
from core.domain.identity import SYSTEM
from core.domain.knowledge import Upload
from core.storage.vectors.process import VectorProcess

CANARIES = {
    "question": "how much does a zebrafink earn ",
    "key": "sk-quokkawind-key-",
    "document": "the lumenharz contract ends ",
    "erased": "the erased glasmoor letter ",
    "deleted": "the deleted falkenrost question ",
}
# Places where the app is meant to store words; everywhere else they are a leak.
MEANT = {
    ("sandbox.db", "question"),
    ("sandbox.db", "document"),
    ("originals", "document"),
}
COPIES = 2_000  # of each kind of word in memory, a kilobyte each
VECTORS = 300
KEPT_DOCUMENTS = 12
READ_SECONDS = 120
PASSWORD = "copper violin sunset 42"  # noqa: S105  of a data directory that goes away
TITLE, VECTORS_ALONE, WHOLE_APPS = (
    "Pieces of the app's memory in its files",
    "Vectors alone",
    "Whole apps",
)
RESULTS_FILE = RESULTS / "memory.md"


@dataclass(frozen=True, slots=True)
class Traces:
    """The files that one run left, their bytes, and how often each kind of word stood there."""

    files: int
    size: int
    found: dict[str, int]
    places: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The counts by the first part of the path below the folder, and kind of word."""
    sizes: Counter[str] = field(default_factory=Counter)

    @property
    def leaks(self) -> set[tuple[str, str]]:
        """The places with a kind of word that is not meant to be there."""
        return {leak for leak, count in self.places.items() if count and leak not in MEANT}


def look(folder: Path) -> Traces:
    """Read every file below the folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    places: Counter[tuple[str, str]] = Counter()
    sizes: Counter[str] = Counter()
    for path in paths:
        content = path.read_bytes().lower()
        place = _place(path.relative_to(folder))
        sizes[place] += len(content)
        for kind, word in CANARIES.items():
            places[place, kind] += content.count(word.encode())
    totals = {kind: sum(n for (_, of), n in places.items() if of == kind) for kind in CANARIES}
    return Traces(len(paths), sum(sizes.values()), totals, places, sizes)


def _place(path: Path) -> str:
    """Return the place of a file; an SQLite file and its logs are one place."""
    return path.parts[0].removesuffix("-wal").removesuffix("-shm")


@contextmanager
def words_in_memory(number: int) -> Iterator[None]:
    """Hold words of every kind, half of them in freed memory; the key in the environment too."""
    os.environ["SANDBOX_LLM__API_KEY"] = f"{CANARIES['key']}{number}"
    words = [f"{word}{number}-" * 40 for word in CANARIES.values() for _ in range(COPIES)]
    del words[::2]
    yield
    words.clear()  # held until here, beside the writes


def run(folder: Path, number: int) -> Traces:
    """Write vectors beside words in memory."""
    with words_in_memory(number):
        random = np.random.default_rng(number)
        store = VectorProcess(folder)
        try:
            vectors = random.standard_normal((VECTORS, 384)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            store.upsert("c-a", range(1, VECTORS + 1), vectors)
            store.nearest("c-a", vectors[0], 5)
            store.delete("c-a", range(1, VECTORS // 2))
            store.upsert("c-b", range(1, 20), vectors[:19])
            store.drop("c-b")
        finally:
            store.close()
    return look(folder)


def run_app(folder: Path, number: int) -> Traces:
    """Read, ask and erase in a whole app beside words in memory; look while it runs."""
    with words_in_memory(number):
        services = app_services_in(folder)
        services.worker.start()
        try:
            _work(services, number)
            return look(folder)
        finally:
            services.worker.stop()
            services.database.close()


def _work(services: Services, number: int) -> None:
    collection = services.collections.add(SYSTEM, "Contracts", is_open=True)
    letter = f"Dear Ms Berg, {CANARIES['erased']}{number} was sent in May to the office in Kassel."
    contracts = [
        Upload(f"contract-{n}.md", f"# Contract {n}\n\nNote that {_long(n)}.\n".encode())
        for n in range(KEPT_DOCUMENTS)
    ]
    receipts = services.documents.upload(
        SYSTEM, collection.id, [Upload("letter.txt", letter.encode()), *contracts]
    )
    _wait(services, [receipt.version_id or "" for receipt in receipts])
    services.lifecycle.erasure.erase(SYSTEM, [receipts[0].document_id or ""])
    person = services.people.add(SYSTEM, "anna@nordhafen.example", name="Anna", password=PASSWORD)
    list(services.chat.ask(person, f"Is {CANARIES['deleted']}{number} known in Kassel?"))
    services.personal_conversations.delete(SYSTEM, person)
    list(services.chat.ask(person, f"Do you know {CANARIES['question']}in Kassel?"))


def _long(number: int) -> str:
    return ", and ".join(f"{CANARIES['document']}{number} in month {m}" for m in range(30))


def _wait(services: Services, version_ids: list[str]) -> None:
    end = time.monotonic() + READ_SECONDS
    while not all(s.state.is_final for s in services.documents.states(SYSTEM, version_ids)):
        if time.monotonic() > end:
            raise RuntimeError(f"not read after {READ_SECONDS} seconds")
        time.sleep(0.1)


def main() -> None:
    """Print a line per run and write the totals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=0, help="of the vectors alone")
    parser.add_argument("--apps", type=int, default=0, help="whole apps")
    arguments = parser.parse_args()
    sections = _sections()
    if arguments.runs:
        total = _measured(run, arguments.runs)
        sections[VECTORS_ALONE] = (
            f"`python -m benchmarks.memory --runs {arguments.runs}`, {_today()}: {total.summary()}"
            f"\n\n{total.table()}"
        )
    if arguments.apps:
        total = _measured(run_app, arguments.apps)
        sections[WHOLE_APPS] = (
            f"`python -m benchmarks.memory --apps {arguments.apps}`, {_today()}, each looked at "
            f"while it ran: {total.summary()} A question and a document that are kept stand in the "
            f"database and the originals, where they are meant to be (–).\n\n{total.table()}"
        )
    parts = (f"## {title}\n\n{text.strip()}\n" for title, text in sections.items())
    RESULTS_FILE.write_text("\n".join((f"# {TITLE}\n", *parts)), encoding="utf-8")


def _sections() -> dict[str, str]:
    """Return the sections of the results by title; those not measured again stay."""
    if not RESULTS_FILE.exists():
        return {}
    _, *parts = RESULTS_FILE.read_text(encoding="utf-8").split("\n## ")
    return dict(part.split("\n", 1) for part in parts)


def _today() -> str:
    return time.strftime("%Y-%m-%d")


def _measured(measured: Callable[[Path, int], Traces], runs: int) -> "_Total":
    total = _Total()
    for number in range(runs):
        _add(total, measured, number)
    return total


@dataclass(slots=True)
class _Total:
    runs: int = 0
    files: int = 0
    sizes: Counter[str] = field(default_factory=Counter)
    places: Counter[tuple[str, str]] = field(default_factory=Counter)

    def summary(self) -> str:
        size = sum(self.sizes.values()) / 2**20
        return f"{self.files:,} files with {size:,.0f} MB were read after {self.runs} runs."

    def table(self) -> str:
        """Return a table whose rows are places and whose columns are kinds of words."""
        head = f"| place | MB | {' | '.join(CANARIES)} |\n|---|---|{'---|' * len(CANARIES)}\n"
        return head + "".join(
            f"| {place} | {size / 2**20:,.1f} | "
            f"{' | '.join(self._cell(place, kind) for kind in CANARIES)} |\n"
            for place, size in sorted(self.sizes.items())
        )

    def _cell(self, place: str, kind: str) -> str:
        return "–" if (place, kind) in MEANT else str(self.places[place, kind])


def _add(total: _Total, measured: Callable[[Path, int], Traces], number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        traces = measured(Path(folder) / "data", number)
    total.runs, total.files = total.runs + 1, total.files + traces.files
    total.sizes += traces.sizes
    total.places += traces.places
    print(f"{measured.__name__} {number + 1} {sorted(traces.leaks)}", flush=True)


if __name__ == "__main__":
    main()
