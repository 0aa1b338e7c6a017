"""Whether pieces of the app's memory reach the files of the vectors: a count, not an estimate.

    python -m benchmarks.memory --runs 200

Each run fills the app's memory with words (a question, a key, a document, an erased text), frees
most of them, writes, deletes and rewrites vectors, and looks for the words in every file written.
Results: benchmarks/results/memory.md.
"""

import argparse
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.storage.vectors.process import VectorProcess

CANARIES = {
    "question": "how-much-does-zebrafink-earn-",
    "key": "sk-quokkawind-key-",
    "document": "the-lumenharz-contract-ends-",
    "erased": "the-erased-glasmoor-letter-",
}
COPIES = 2_000  # of each in the memory, a kilobyte each
VECTORS = 300
RESULTS = Path(__file__).parent / "results" / "memory.md"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one run left: files, their bytes, and how often each kind of word stood there."""

    files: int
    size: int
    found: dict[str, int]


def look(folder: Path) -> Seen:
    """Reads every file below the folder."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    contents = [path.read_bytes() for path in paths]
    found = {
        kind: sum(content.count(word.encode()) for content in contents)
        for kind, word in CANARIES.items()
    }
    return Seen(len(paths), sum(map(len, contents)), found)


def run(folder: Path, number: int) -> Seen:
    """Writes vectors beside words in memory; the words are in the environment too."""
    os.environ["SANDBOX_LLM__API_KEY"] = f"{CANARIES['key']}{number}"
    words = [f"{word}{number}-" * 40 for word in CANARIES.values() for _ in range(COPIES)]
    del words[::2]  # freed memory that still holds them
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
    words.clear()  # held until here, beside the writes
    return look(folder)


def main() -> None:
    """Prints a line a run and writes the totals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    runs = parser.parse_args().runs
    totals = dict.fromkeys(CANARIES, 0)
    files = size = 0
    for number in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            seen = run(Path(folder) / "vectors", number)
        files, size = files + seen.files, size + seen.size
        totals = {kind: totals[kind] + seen.found[kind] for kind in totals}
        print(f"{number + 1}/{runs} {sum(totals.values())} found", flush=True)
    rows = "\n".join(f"| {kind} | {count} |" for kind, count in totals.items())
    RESULTS.write_text(
        "# Pieces of the app's memory in the files of the vectors\n\n"
        f"`python -m benchmarks.memory --runs {runs}`: {files:,} files with {size / 2**20:,.0f} MB "
        f"were read after {runs} runs.\n\n| kind of words | found |\n|---|---|\n{rows}\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
