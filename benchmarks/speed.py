"""Measures how fast passages are found: `python -m benchmarks.speed FOLDER ...`.

The folders are retrieval sets in the layout of BEIR; their sentences make up the passages (see
recombined.py) and their queries are asked. The product and LangChain's stock parts hold the same
1,000, 10,000 and 100,000 passages in the same run. Writes benchmarks/results/speed.md and .svg.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever

from benchmarks.material.peers import StockPipeline, stock_embeddings
from benchmarks.material.place import RESULTS, services_in, settings_in
from benchmarks.material.recombined import Recombined, Sentences, read_sentences, recombine
from benchmarks.material.stage import corpus, store
from core.domain.identity import SYSTEM
from core.models.embeddings import build_embedder
from evaluation.beir import load_beir

SIZES = (1_000, 10_000, 100_000)
WARM_UP, K = 20, 10


@dataclass(frozen=True, slots=True)
class Measured:
    """Times of one system with one number of passages, milliseconds."""

    system: str
    passages: int
    milliseconds: tuple[float, ...]

    def percentile(self, share: float) -> float:
        return float(np.percentile(self.milliseconds, share))


def main() -> None:
    """Measure every size and write table and plot."""
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as models_folder:
        embedder = build_embedder("all-MiniLM-L6-v2", settings_in(Path(models_folder)).models_dir)
        sources = [source for folder in arguments.folders for source in corpus(folder)]
        sentences = read_sentences(sources[: arguments.documents], embedder)
    queries = [case.text for folder in arguments.folders for case in load_beir(folder).cases]
    chosen = queries[:: max(1, len(queries) // arguments.queries)][: arguments.queries]
    measured = [m for size in arguments.sizes for m in _measure(sentences, size, chosen)]
    _write(measured)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--documents", type=int, default=3_000, help="read for their sentences")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    return parser.parse_args()


def _measure(sentences: Sentences, size: int, queries: Sequence[str]) -> Iterator[Measured]:
    passages = recombine(sentences, size)
    with tempfile.TemporaryDirectory() as data_folder:
        services = services_in(Path(data_folder))
        store(services, settings_in(Path(data_folder)), passages)
        yield _timed("GenAI Sandbox", size, queries, services.chat.as_retriever(SYSTEM, k=K))
    with tempfile.TemporaryDirectory() as data_folder:
        stock = StockPipeline(Path(data_folder), _Prepared(passages), _documents(passages))
        yield _timed("LangChain similarity search", size, queries, stock.similar(K))
        slow = queries[: max(10, len(queries) // (1 + size // 10_000))]
        yield _timed("LangChain EnsembleRetriever", size, slow, stock.ensemble(K))


class _Prepared(Embeddings):
    """Embeds queries with the real model; passages come with their vectors."""

    def __init__(self, passages: Sequence[Recombined]) -> None:
        self._model = stock_embeddings()
        self._vectors = {passage.text: passage.vector for passage in passages}

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self._vectors[text].tolist() for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return self._model.embed_query(text)


def _documents(passages: Sequence[Recombined]) -> list[Document]:
    return [Document(p.text, metadata={"source": str(n)}) for n, p in enumerate(passages)]


def _timed(system: str, size: int, queries: Sequence[str], retriever: BaseRetriever) -> Measured:
    for query in queries[:WARM_UP]:
        retriever.invoke(query.upper())  # warm, and not yet in any cache of queries
    times = []
    for query in queries:
        started = time.perf_counter()
        retriever.invoke(query)
        times.append((time.perf_counter() - started) * 1000)
    timings = Measured(system, size, tuple(times))
    print(f"{system:28} {size:7,} passages: p95 {timings.percentile(95):.1f} ms", flush=True)
    return timings


def _write(measured: Sequence[Measured]) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "speed.md").write_text(_markdown(measured), encoding="utf-8")
    rows = [
        {"system": m.system, "passages": m.passages, "p95 (ms)": m.percentile(95)} for m in measured
    ]
    lines = (
        alt.Chart(pd.DataFrame(rows), title="95th percentile of a search")
        .mark_line(point=True)
        .encode(
            alt.X("passages", scale=alt.Scale(type="log")),
            alt.Y("p95 (ms)", scale=alt.Scale(type="log")),
            alt.Color("system", title=None),
        )
        .properties(width=560, height=320)
    )
    lines.save(RESULTS / "speed.svg")


def _markdown(measured: Sequence[Measured]) -> str:
    lines = [
        f"| {m.passages:,} | {m.system} | {m.percentile(50):.1f} | {m.percentile(95):.1f} |"
        for m in measured
    ]
    return (
        "# Speed of a search\n\nOne process, warm, queries of the sets, each asked once; the "
        "embedding of the query is part of it. Machines differ: compare the rows of one run.\n\n"
        "| passages | system | p50, ms | p95, ms |\n|---:|---|---:|---:|\n"
        + "\n".join(lines)
        + "\n\n![Plot](speed.svg)\n"
    )


if __name__ == "__main__":
    main()
