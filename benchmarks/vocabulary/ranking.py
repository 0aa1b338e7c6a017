"""Measures what synonyms change of rankings: `python -m benchmarks.vocabulary.ranking FOLDER ...`.

Each folder is a retrieval set in the layout of BEIR. Its documents are read once, and queries are
asked with synonyms and acronyms, and without them where any were found. `--queries` draws some of
them at random, and `--keep` keeps what was read in a folder for the next run. Writes
benchmarks/results/vocabulary_ranking.md.
"""

import argparse
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev

from benchmarks.material.place import RESULTS, services_in, settings_in
from bootstrap.embedders import build_embedders
from bootstrap.knowledge import build_search
from bootstrap.search import Stores, open_stores
from core.domain.answers import RetrievedChunk
from core.domain.identity import SYSTEM
from core.domain.knowledge import Upload
from core.settings import Settings
from evaluation.beir import load_beir
from evaluation.datasets import Case
from evaluation.metrics.passages import search_measures
from rag.finding.retrieval import HybridRetriever
from rag.finding.rewriting import search_query

SEED = 7
K = 10
PASSAGES = 50
"""Enough passages for ten documents to be among them."""

HEAD = (
    "| set | queries | without | with | difference | standard error | searched with more "
    "| better | worse |"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its nDCG@10, and whether any synonym or acronym was found for it."""

    query: str
    without: float
    with_synonyms: float
    is_expanded: bool

    @property
    def gain(self) -> float:
        return self.with_synonyms - self.without


def main() -> None:
    """Measure every folder and write the table."""
    options = _options()
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        for folder in options.folders:
            data_folder = (options.keep or Path(temporary)) / folder.name
            if not data_folder.exists():
                _store(folder, data_folder)
            asked = _asked(data_folder, _drawn(folder, options.queries))
            rows.append(_row(folder.name, asked))
            print(rows[-1], flush=True)
            if options.changed:
                _print_changed(asked)
    table = "\n".join([HEAD, "|---" + "|---:" * 8 + "|", *rows])
    text = f"# What synonyms and acronyms change of rankings\n\nnDCG@{K}.\n\n{table}\n"
    (RESULTS / "vocabulary_ranking.md").write_text(text, encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--queries", type=int, default=300, help="at most, of each set")
    parser.add_argument("--keep", type=Path, help="folder for the indexes; else a temporary one")
    parser.add_argument("--changed", action="store_true", help="print queries that changed")
    return parser.parse_args()


def _drawn(folder: Path, queries: int) -> Sequence[Case]:
    cases = load_beir(folder).cases
    return random.Random(SEED).sample(cases, min(queries, len(cases)))


def _store(folder: Path, data_folder: Path) -> None:
    services = services_in(data_folder)
    collection = services.collections.add(SYSTEM, folder.name, is_open=True)
    upload = Upload("corpus.jsonl", (folder / "corpus.jsonl").read_bytes())
    services.documents.upload(SYSTEM, collection.id, [upload])
    services.worker.stop()


def _asked(data_folder: Path, cases: Sequence[Case]) -> list[Asked]:
    settings = settings_in(data_folder)
    stores = open_stores(settings)
    with_synonyms = _retriever(settings, stores)
    settings.retrieval.synonym_weight = 0
    without = _retriever(settings, stores)
    asked = [_both(case, without, with_synonyms) for case in cases]
    stores.vectors.store.close()
    return asked


def _retriever(settings: Settings, stores: Stores) -> HybridRetriever:
    embedders = build_embedders(settings)
    return build_search(settings, stores, embedders, embedders).retriever


def _both(case: Case, without: HybridRetriever, with_synonyms: HybridRetriever) -> Asked:
    query = search_query(case.text, case.history)
    found = with_synonyms.retrieve(SYSTEM, query, PASSAGES)
    value = _ndcg(case, found.chunks)
    if not found.synonyms:
        return Asked(case.text, value, value, is_expanded=False)
    plain = _ndcg(case, without.retrieve(SYSTEM, query, PASSAGES).chunks)
    return Asked(case.text, plain, value, is_expanded=True)


def _ndcg(case: Case, chunks: Sequence[RetrievedChunk]) -> float:
    return dict(search_measures(case, chunks, K))[f"ndcg@{K}"]


def _row(name: str, asked: Sequence[Asked]) -> str:
    gains = [one.gain for one in asked]
    cells = [
        name,
        f"{len(asked):,}",
        f"{fmean(one.without for one in asked):.3f}",
        f"{fmean(one.with_synonyms for one in asked):.3f}",
        f"{fmean(gains):+.4f}",
        f"{stdev(gains) / len(gains) ** 0.5:.4f}",
        str(sum(one.is_expanded for one in asked)),
        str(sum(gain > 0 for gain in gains)),
        str(sum(gain < 0 for gain in gains)),
    ]
    return f"| {' | '.join(cells)} |"


def _print_changed(asked: Sequence[Asked]) -> None:
    for one in sorted(asked, key=lambda one: one.gain):
        if one.gain:
            print(f"  {one.gain:+.3f} {one.query}")


if __name__ == "__main__":
    main()
