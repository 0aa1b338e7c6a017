"""Measures how well documents are found: `python -m benchmarks.retrieval FOLDER ...`.

Each folder is a retrieval set in the layout of BEIR. The product and LangChain's stock parts read
the same documents and answer the same questions; nDCG@10 over documents in the order of their best
passage. Writes benchmarks/results/retrieval.md.
"""

import argparse
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean

from langchain_core.retrievers import BaseRetriever

from benchmarks.material.peers import StockPipeline, sources, stock_chunks, stock_embeddings
from benchmarks.material.place import RESULTS, services_in
from benchmarks.material.stage import corpus
from core.domain.identity import SYSTEM
from core.domain.knowledge import Upload
from evaluation.beir import load_beir
from evaluation.datasets import Case
from evaluation.metrics.ranking import ndcg

K = 10
PASSAGES = 50
"""Enough passages for ten documents to be among them."""


def main() -> None:
    """Measure every set and write the table."""
    arguments = _arguments()
    rows: dict[str, dict[str, float]] = {}
    for folder in arguments.folders:
        cases = load_beir(folder).cases[: arguments.queries]
        with tempfile.TemporaryDirectory() as data_folder:
            systems = {
                **_stock(folder, Path(data_folder) / "stock"),
                **_ours(folder, Path(data_folder)),
            }
            rows[folder.name] = {
                name: _score(cases, retriever) for name, retriever in systems.items()
            }
        print(folder.name, rows[folder.name])
    text = _markdown(rows, arguments.queries)
    (RESULTS / "retrieval.md").write_text(text, encoding="utf-8")
    print(text)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--queries", type=int, default=100, help="judged queries of each set")
    return parser.parse_args()


def _stock(folder: Path, data_folder: Path) -> dict[str, BaseRetriever]:
    pipeline = StockPipeline(data_folder, stock_embeddings(), stock_chunks(corpus(folder)))
    return {
        "LangChain similarity search": pipeline.similar(PASSAGES),
        "LangChain EnsembleRetriever": pipeline.ensemble(PASSAGES),
    }


def _ours(folder: Path, data_folder: Path) -> dict[str, BaseRetriever]:
    services = services_in(data_folder)
    collection = services.collections.add(SYSTEM, folder.name, is_open=True)
    upload = Upload("corpus.jsonl", (folder / "corpus.jsonl").read_bytes())
    services.documents.upload(SYSTEM, collection.id, [upload])
    return {"GenAI Sandbox": services.chat.as_retriever(SYSTEM, k=PASSAGES)}


def _score(cases: Sequence[Case], retriever: BaseRetriever) -> float:
    return fmean(ndcg(sources(retriever, case.text)[:K], case.relevant, K) for case in cases)


def _markdown(rows: Mapping[str, Mapping[str, float]], queries: int) -> str:
    names = list(next(iter(rows.values())))
    head = f"| set | {' | '.join(names)} |\n|---{'|---:' * len(names)}|\n"
    lines = [f"| {name} | {_cells(row.values())} |" for name, row in rows.items()]
    means = [fmean(row[name] for row in rows.values()) for name in names]
    lines.append(f"| **mean** | {_cells(means)} |")
    return (
        f"# Retrieval quality: nDCG@{K}\n\nThe first {queries} judged queries of each set, the "
        f"same weights (all-MiniLM-L6-v2) everywhere.\n\n{head}" + "\n".join(lines) + "\n"
    )


def _cells(values: Iterable[float]) -> str:
    return " | ".join(f"{value:.3f}" for value in values)


if __name__ == "__main__":
    main()
