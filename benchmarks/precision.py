"""Measures what quantising the embedding model costs: `python -m benchmarks.precision FOLDER ...`.

Each folder is a retrieval set in the layout of BEIR. The product reads and searches it twice, with
the converted model as it is and with the same model in 32-bit floats; nDCG@10 over documents in the
order of their best passage. Writes benchmarks/results/precision.md.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from benchmarks.material.place import RESULTS, services_in, settings_in
from core.domain.identity import SYSTEM
from core.domain.knowledge import Upload
from core.models.onnx_conversion import write_model
from core.models.onnx_model import onnx_folder, weight_bits
from core.models.weights import find_weights
from evaluation.beir import load_beir
from evaluation.datasets import Case
from evaluation.metrics.ranking import ndcg

K, PASSAGES = 10, 50


def main() -> None:
    """Measure every set and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--queries", type=int, default=300, help="judged queries of each set")
    arguments = parser.parse_args()
    rows: list[tuple[str, float, float]] = []
    with tempfile.TemporaryDirectory() as work_folder:
        exact = _exact_models(Path(work_folder, "models"))
        for folder in arguments.folders:
            cases = load_beir(folder).cases[: arguments.queries]
            eight, thirty_two = (
                _score(folder, cases, Path(work_folder, f"{folder.name}-{number}"), models)
                for number, models in enumerate((None, exact))
            )
            rows.append((folder.name, eight, thirty_two))
            print(rows[-1], flush=True)
    _write(rows, arguments.queries)


def _exact_models(models_dir: Path) -> Path:
    """Return a folder of models whose model is not quantised."""
    folder = onnx_folder(models_dir)
    folder.mkdir(parents=True)
    write_model(find_weights(), folder, bits=None)
    return models_dir


def _score(folder: Path, cases: Sequence[Case], data_folder: Path, models: Path | None) -> float:
    services = services_in(data_folder, models or settings_in(data_folder).models_dir)
    collection = services.collections.add(SYSTEM, folder.name, is_open=True)
    upload = Upload("corpus.jsonl", (folder / "corpus.jsonl").read_bytes())
    services.documents.upload(SYSTEM, collection.id, [upload])
    return fmean(
        ndcg(
            list(
                dict.fromkeys(
                    hit.chunk.external_id or ""
                    for hit in services.chat.search(SYSTEM, case.text, k=PASSAGES)
                )
            )[:K],
            case.relevant,
            K,
        )
        for case in cases
    )


def _write(rows: Sequence[tuple[str, float, float]], queries: int) -> None:
    lines = [
        "# What quantised embeddings cost in quality",
        "",
        f"`python -m benchmarks.precision`, {time.strftime('%Y-%m-%d')}: nDCG@{K} of the product's "
        f"search, at most {queries} judged queries of each set.",
        "",
        f"| set | {weight_bits()} bits | 32 bits | difference |",
        "|---|---:|---:|---:|",
        *(f"| {name} | {a:.4f} | {b:.4f} | {a - b:+.4f} |" for name, a, b in rows),
    ]
    (RESULTS / "precision.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
