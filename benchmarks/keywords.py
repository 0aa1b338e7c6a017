"""Measures how fast both keyword indexes find 50 of many passages, and how far they agree.

    python -m benchmarks.keywords --database postgresql+psycopg://user@host/empty

Words are drawn by Zipf's law with the offset that Mandelbrot added; the 40 most common ones stand
for stop words and are left out. A query is 3 to 8 words of one passage. The database must be empty
and stays as the benchmark leaves it.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

import numpy as np

from core.domain.ports import KeywordEntry, KeywordIndex, WeightedText
from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.migrate import migrate
from core.storage.postgres_keyword_index import PostgresKeywordIndex

VOCABULARY, WORDS, STOP_WORDS = 60_000, 150, 40
EXPONENT, OFFSET = 1.07, 2.7
BATCH, BEST, SEED = 500, 50, 7

Query = Sequence[WeightedText]


def main() -> None:
    """Print one line for each index."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--database", required=True, help="URL of an empty PostgreSQL database.")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    passages = _passages(options.passages)
    queries = _queries(passages, options.queries)
    database = Database(options.database)
    migrate(database)
    with tempfile.TemporaryDirectory() as folder:
        tantivy, postgres = TantivyKeywordIndex(Path(folder)), PostgresKeywordIndex(database)
        results = [_measured(index, passages, queries) for index in (tantivy, postgres)]
    shared = fmean(len(a & b) / len(a | b or {0}) for a, b in zip(*results, strict=True))
    print(f"the same among the best {BEST}: {shared:.3f} (intersection by union)")


def _passages(count: int) -> list[list[str]]:
    weights = 1 / (np.arange(1, VOCABULARY + 1) + OFFSET) ** EXPONENT
    drawn = np.random.default_rng(SEED).choice(
        VOCABULARY, size=(count, WORDS), p=weights / weights.sum()
    )
    return [[f"w{word}x" for word in row if word >= STOP_WORDS] for row in drawn.tolist()]


def _queries(passages: Sequence[Sequence[str]], count: int) -> list[Query]:
    chance = random.Random(SEED)
    chosen = [sorted(set(chance.choice(passages))) for _ in range(count)]
    return [[WeightedText(" ".join(chance.sample(w, chance.randint(3, 8))))] for w in chosen]


def _measured(
    index: KeywordIndex, passages: Sequence[Sequence[str]], queries: Sequence[Query]
) -> list[set[int]]:
    entries = [KeywordEntry(n, "", "", " ".join(words)) for n, words in enumerate(passages)]
    started = time.perf_counter()
    for first in range(0, len(entries), BATCH):
        index.add("a", entries[first : first + BATCH])
    adding = time.perf_counter() - started
    results, times = [], []
    for query in queries:
        started = time.perf_counter()
        results.append({hit.chunk_id for hit in index.search(["a"], query, BEST)})
        times.append((time.perf_counter() - started) * 1000)
    p50, p95 = np.percentile(times, [50, 95])
    name = type(index).__name__
    print(f"{name}: {adding:.0f} s to add, p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    return results


if __name__ == "__main__":
    main()
