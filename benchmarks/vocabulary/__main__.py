"""Measures what synonyms change: `python -m benchmarks.vocabulary FOLDER ...`.

Asks the golden questions, the employee questions to develop with, and the questions of each folder,
a retrieval set in the layout of BEIR, with each weight of synonyms. What is shown is measured as
benchmarks.quotes does, in folders where queries have `answers`. Writes the table to
benchmarks/results/vocabulary.md.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from statistics import fmean

from benchmarks.golden import CLOSED, SAMPLES
from benchmarks.material.place import RESULTS, services_in
from bootstrap.services import Services
from core.domain.identity import SYSTEM
from core.domain.knowledge import Upload
from evaluation.beir import load_beir
from evaluation.datasets import GOLDEN_NAME, Case, load_shipped
from evaluation.metrics.passages import quote_recall, search_measures
from evaluation.service import OUTSIDER, RunOptions

WEIGHT = "SANDBOX_RETRIEVAL__SYNONYM_WEIGHT"
DATASETS = (GOLDEN_NAME, "employees_dev")
MEASURES = {
    "false_abstention": "answerable, refused",
    "abstention": "unanswerable, refused",
    "right_page": "right page cited",
    "quote_overlap": "words of the evidence quoted",
}
FIRST = (3, 5)
K = 10
PASSAGES = 50
"""Enough passages for ten documents to be among them."""

Figures = dict[str, float]
"""Values by what they measure."""


def main() -> None:
    """Measure with every weight and write the table."""
    options = _options()
    columns = []
    for weight in options.weights:
        os.environ[WEIGHT] = str(weight)
        figures = dict(chain(_samples(), *(_set(f, options.queries) for f in options.folders)))
        columns.append(figures)
        print(weight, figures, flush=True)
    text = _markdown(options.weights, columns, options.queries)
    (RESULTS / "vocabulary.md").write_text(text, encoding="utf-8")
    print(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--weights", type=float, nargs="+", default=[0.0, 0.4])
    parser.add_argument("--queries", type=int, default=150, help="judged queries of each set")
    return parser.parse_args()


def _samples() -> Iterator[tuple[str, float]]:
    """Yield the figures of the questions about the sample documents."""
    with tempfile.TemporaryDirectory() as folder:
        services = services_in(Path(folder))
        for documents in (SAMPLES, CLOSED):
            paths = sorted(documents.iterdir())
            uploads = [Upload(path.name, path.read_bytes()) for path in paths]
            _add(services, documents.name, uploads, is_open=documents == SAMPLES)
        for name in DATASETS:
            yield from _asked(services, name)
        services.worker.stop()


def _asked(services: Services, name: str) -> Iterator[tuple[str, float]]:
    dataset = load_shipped(name)
    run = services.evaluations.run(SYSTEM, dataset, RunOptions(asker=OUTSIDER))
    for measure, title in MEASURES.items():
        yield f"{name}: {title}", run.means[measure]
    cases = [case for case in dataset.cases if case.is_answerable]
    found = [
        services.chat.search(OUTSIDER, case.text, k=max(FIRST), history=case.history)
        for case in cases
    ]
    for k in FIRST:
        shares = [quote_recall(c.evidence, hits[:k]) for c, hits in zip(cases, found, strict=True)]
        yield f"{name}: evidence in the first {k} passages", fmean(shares)
    yield from _shown(name)


def _set(folder: Path, queries: int) -> Iterator[tuple[str, float]]:
    """Yield the figures of a retrieval set, and of its quotes where its queries have answers."""
    cases = load_beir(folder).cases[:queries]
    with tempfile.TemporaryDirectory() as data_folder:
        services = services_in(Path(data_folder))
        corpus = Upload("corpus.jsonl", (folder / "corpus.jsonl").read_bytes())
        _add(services, folder.name, [corpus], is_open=True)
        yield f"{folder.name}: nDCG@{K}", fmean(_ndcg(services, case) for case in cases)
        services.worker.stop()
    if '"answers"' in (folder / "queries.jsonl").read_text(encoding="utf-8"):
        yield from _shown(str(folder))


def _add(services: Services, name: str, uploads: Sequence[Upload], *, is_open: bool) -> None:
    collection = services.collections.add(SYSTEM, name, is_open=is_open)
    services.documents.upload(SYSTEM, collection.id, uploads)


def _ndcg(services: Services, case: Case) -> float:
    hits = services.chat.search(SYSTEM, case.text, k=PASSAGES)
    return dict(search_measures(case, hits, K))[f"ndcg@{K}"]


def _shown(dataset: str) -> Iterator[tuple[str, float]]:
    """Yield what benchmarks.quotes measures of a dataset or folder, in a process of its own."""
    with tempfile.TemporaryDirectory() as results:
        output = Path(results) / "quotes.md"
        command = [sys.executable, "-m", "benchmarks.quotes", dataset, "--output", str(output)]
        subprocess.run(command, check=True)
        rows = [line.split("|") for line in output.read_text(encoding="utf-8").splitlines()]
    table = [[cell.strip() for cell in row[1:-1]] for row in rows if len(row) > 1]
    names, values = table[0], table[-1]
    for name, value in zip(names, values, strict=True):
        if "." in value:
            yield f"{Path(dataset).name}: {name}", float(value)


def _markdown(
    weights: Sequence[float], columns: Sequence[Mapping[str, float]], queries: int
) -> str:
    lines = [
        f"| {name} | {' | '.join(f'{figures[name]:.3f}' for figures in columns)} |"
        for name in columns[0]
    ]
    return (
        "# What synonyms change\n\nEach column is a weight of synonyms beside the words of a "
        "question; 0 looks for none.\nOf the retrieval sets the first "
        f"{queries} judged queries are asked.\n\n"
        f"| | {' | '.join(map(str, weights))} |\n|---{'|---:' * len(weights)}|\n"
        + "\n".join(lines)
        + "\n"
    )


if __name__ == "__main__":
    main()
